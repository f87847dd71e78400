"""SSH keys as identities: whoever proves to hold one is its account, without a password.

A key that comes for the first time gets an account of its own, which only keys open: it has no
address and no password. A code from an account's page ties a key to that account instead. Only
fingerprints are stored, never a key.
"""

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import String, cast, delete, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel_server.accounts.account import ACCOUNT_COLUMNS, Account, Tables
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.validation import key_of
from rachel_server.core.names import Names
from rachel_server.store.elo import START
from rachel_server.store.engine import writing
from rachel_server.store.schema import accounts, key_codes, seats, ssh_keys

CODE_S: Final = 600.0
"""How long a code can tie a key."""
KEYS_MAX: Final = 20
"""Keys of one account."""

_CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH: Final = 8
_USED_EVERY_S: Final = 3600.0
"""The last use of a key is noted at most this often, to spare the database writes."""
_NAME_MAX: Final = 20
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an account.

    Attributes:
        fingerprint: SHA-256 of the public key, 32 bytes.
        kind: its algorithm, such as ``ssh-ed25519``.
        added_at: Unix time in seconds, like the next one.
        last_used_at: to the hour.
    """

    fingerprint: bytes
    kind: str
    added_at: float
    last_used_at: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Finds, ties and removes the keys of accounts."""

    _engine: AsyncEngine
    _clock: Callable[[], float]
    _names: Names
    _tables: Tables

    async def find(self, fingerprint: bytes) -> Account | None:
        """Return the account of a key, and note that it was used; None if it has none."""
        wanted = (
            select(*ACCOUNT_COLUMNS, ssh_keys.c.last_used_at)
            .join(ssh_keys, ssh_keys.c.account == accounts.c.id)
            .where(ssh_keys.c.fingerprint == fingerprint)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        now = self._clock()
        if now - row.last_used_at >= _USED_EVERY_S:
            used = update(ssh_keys).where(ssh_keys.c.fingerprint == fingerprint)
            async with writing(self._engine) as connection:
                await connection.execute(used.values(last_used_at=now))
        return Account.from_row(row)

    async def join(self, fingerprint: bytes, kind: str, name: str) -> Account:
        """Return the account of a key; if it has none, make one that goes by ``name`` or nearly."""
        found = await self.find(fingerprint)
        if found is not None:
            return found
        for username in _candidates(name):
            if not self._names.is_free(username):
                continue
            try:
                async with writing(self._engine) as connection:
                    account = await self._new_account(connection, fingerprint, username)
                    await self._tie(connection, fingerprint, kind, account.id)
            except IntegrityError:  # the name, or this very key, came in at the same moment
                found = await self.find(fingerprint)
                if found is not None:
                    return found
                continue
            self._names.register(username)
            return account
        raise AccountError(AccountErrorCode.USERNAME_TAKEN)

    async def code(self, account: int) -> str:
        """Return a new code of 8 letters and digits that ties a key to an account, once."""
        code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
        async with writing(self._engine) as connection:
            await connection.execute(delete(key_codes).where(key_codes.c.account == account))
            await connection.execute(
                insert(key_codes).values(
                    code_hash=_hash(code), account=account, expires_at=self._clock() + CODE_S
                )
            )
        return code

    async def link(self, fingerprint: bytes, kind: str, code: str) -> Account:
        """Tie a key to the account that a code comes from.

        An account that only this key opened is gone then: its games are the other's from now on,
        its name is free and its rating is lost.

        Raises:
            AccountError: CODE_INVALID, or TOO_MANY_KEYS.
        """
        async with writing(self._engine) as connection:
            used = await connection.execute(
                delete(key_codes)
                .where(key_codes.c.code_hash == _hash(code))
                .where(key_codes.c.expires_at > self._clock())
                .returning(key_codes.c.account)
            )
            goal = used.scalar_one_or_none()
            if goal is None:
                raise AccountError(AccountErrorCode.CODE_INVALID)
            held = select(func.count()).select_from(ssh_keys).where(ssh_keys.c.account == goal)
            if (await connection.execute(held)).scalar_one() >= KEYS_MAX:
                raise AccountError(AccountErrorCode.TOO_MANY_KEYS)
            untied = await connection.execute(
                delete(ssh_keys)
                .where(ssh_keys.c.fingerprint == fingerprint)
                .returning(ssh_keys.c.account)
            )
            former = untied.scalar_one_or_none()
            await self._tie(connection, fingerprint, kind, goal)
            left = None if former in (None, goal) else await _unopened(connection, former)
            if left is not None:
                await _hand_over(connection, left.id, goal)
            wanted = select(*ACCOUNT_COLUMNS).where(accounts.c.id == goal)
            account = Account.from_row((await connection.execute(wanted)).one())
        if former != goal:
            self._tell(former, left, fingerprint)
        return account

    async def of(self, account: int) -> Sequence[Key]:
        """Return the keys of an account, the newest first."""
        wanted = (
            select(ssh_keys)
            .where(ssh_keys.c.account == account)
            .order_by(ssh_keys.c.added_at.desc())
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return [Key(row.fingerprint, row.kind, row.added_at, row.last_used_at) for row in rows]

    async def remove(self, account: int, fingerprint: bytes) -> None:
        """Take a key from an account, and end what it plays; without that key nothing happens."""
        async with writing(self._engine) as connection:
            removed = await connection.execute(
                delete(ssh_keys).where(
                    ssh_keys.c.fingerprint == fingerprint, ssh_keys.c.account == account
                )
            )
        if removed.rowcount:
            self._tables.logged_out(account, fingerprint)

    async def forget(self, fingerprint: bytes) -> None:
        """Take a key from its account, and delete that account, too, if nothing else opens it.

        Its games stay for the other players, without its name.
        """
        async with writing(self._engine) as connection:
            untied = await connection.execute(
                delete(ssh_keys)
                .where(ssh_keys.c.fingerprint == fingerprint)
                .returning(ssh_keys.c.account)
            )
            former = untied.scalar_one_or_none()
            left = None if former is None else await _unopened(connection, former)
            if left is not None:
                await forget_seats(connection, left.id)
                await connection.execute(delete(accounts).where(accounts.c.id == left.id))
        self._tell(former, left, fingerprint)

    def _tell(self, former: int | None, left: Account | None, fingerprint: bytes) -> None:
        """Tell tables and names that a key has left an account; ``left`` is gone with it."""
        if left is not None:
            self._names.release(left.username)
            self._tables.logged_out(left.id, deleted=True)
        elif former is not None:
            self._tables.logged_out(former, fingerprint)

    async def _new_account(
        self, connection: AsyncConnection, fingerprint: bytes, username: str
    ) -> Account:
        added = await connection.execute(
            insert(accounts)
            .values(
                username=username,
                username_key=key_of(username),
                email="",
                email_key=f"ssh {fingerprint.hex()}",
                password_hash="",
                created_at=self._clock(),
                rating=START,
                rated_games=0,
            )
            .returning(*ACCOUNT_COLUMNS)
        )
        return Account.from_row(added.one())

    async def _tie(
        self, connection: AsyncConnection, fingerprint: bytes, kind: str, account: int
    ) -> None:
        now = self._clock()
        await connection.execute(
            insert(ssh_keys).values(
                fingerprint=fingerprint, account=account, kind=kind, added_at=now, last_used_at=now
            )
        )


async def forget_seats(connection: AsyncConnection, account: int) -> None:
    """Make the seats of an account those of ``Player N``."""
    number = cast(seats.c.seat + 1, String)
    await connection.execute(
        update(seats)
        .where(seats.c.account == account)
        .values(account=None, name=literal("Player ").concat(number))
    )


def fingerprint_text(fingerprint: bytes) -> str:
    """Return a key's fingerprint as SSH clients print it: ``SHA256:`` and base64."""
    return f"SHA256:{b64encode(fingerprint).decode().rstrip('=')}"


async def _unopened(connection: AsyncConnection, account: int) -> Account | None:
    """Return an account if neither a password nor a key opens it any more."""
    opened = select(ssh_keys.c.account).where(ssh_keys.c.account == account)
    wanted = select(*ACCOUNT_COLUMNS).where(
        accounts.c.id == account, accounts.c.password_hash == "", ~opened.exists()
    )
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else Account.from_row(row)


async def _hand_over(connection: AsyncConnection, former: int, goal: int) -> None:
    """Delete an account whose games become another's, but for those that both played."""
    sits_there = select(seats.c.game).where(seats.c.account == goal)
    await connection.execute(
        update(seats)
        .where(seats.c.account == former, seats.c.game.not_in(sits_there))
        .values(account=goal)
    )
    await forget_seats(connection, former)
    await connection.execute(delete(accounts).where(accounts.c.id == former))


def _candidates(name: str) -> list[str]:
    """Return the usernames to try for somebody who goes by a name, the nearest first."""
    plain = _NOT_IN_NAMES.sub("_", name).strip("_")[:_NAME_MAX]
    if len(plain) < 3:  # a username has three letters at least
        plain = f"{plain}_ssh".lstrip("_")
    numbered = [f"{plain[: _NAME_MAX - 3]}_{number}" for number in range(2, 100)]
    return [plain, *numbered, f"player_{secrets.token_hex(4)}"]


def _hash(code: str) -> bytes:
    """Return the hash of a code, which may be typed in any case and with spaces or hyphens."""
    plain = re.sub(r"[\s-]+", "", code).upper()
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()
