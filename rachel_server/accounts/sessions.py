"""Sessions: a person stays logged in until 14 days after the last request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel.text import clean_text
from rachel_server.accounts.account import ACCOUNT_COLUMNS, Account, Tables, goes_by
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.passwords import Passwords
from rachel_server.accounts.tokens import new_token, token_hash
from rachel_server.store.engine import writing
from rachel_server.store.schema import accounts, sessions

SESSION_S: Final = 14 * 24 * 3600.0
"""How long an unused session lasts."""
_RENEW_AFTER_S: Final = 3600.0
"""A session is prolonged at most this often, to spare the database writes."""
_USER_AGENT_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun. Only now is its token known: the store keeps a hash.

    Attributes:
        token: what the client sends from now on, 43 characters.
        expires_at: when the session ends unless it is used.
        account: the account that is logged in.
    """

    token: str
    expires_at: float
    account: Account

    def __repr__(self) -> str:
        return f"NewSession(account={self.account.id})"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Logs people in and out, and finds who is logged in."""

    _engine: AsyncEngine
    _passwords: Passwords
    _clock: Callable[[], float]
    _tables: Tables

    async def log_in(self, name: str, password: str, user_agent: str) -> NewSession:
        """Begin a session for the account with this username or e-mail address and this password.

        Neither the answer nor the time it takes tells whether the name exists.

        Raises:
            AccountError: WRONG_CREDENTIALS, or BUSY.
        """
        who = goes_by(name)
        stored = None
        if who is not None:
            wanted = select(accounts.c.id, accounts.c.password_hash).where(who)
            async with self._engine.connect() as connection:
                stored = (await connection.execute(wanted)).one_or_none()
        right = await self._passwords.is_right(password, stored and stored.password_hash)
        if stored is None or not right:
            raise AccountError(AccountErrorCode.WRONG_CREDENTIALS)
        current = stored.password_hash
        if self._passwords.is_outdated(current):
            current = await self._passwords.hash(password)
        async with writing(self._engine) as connection:
            # The condition on the hash fails if the password was changed meanwhile: that ended all
            # sessions, and the old password must not begin a new one.
            unchanged = await connection.execute(
                update(accounts)
                .where(accounts.c.id == stored.id)
                .where(accounts.c.password_hash == stored.password_hash)
                .values(password_hash=current)
            )
            if not unchanged.rowcount:
                raise AccountError(AccountErrorCode.WRONG_CREDENTIALS)
            return await begin_session(connection, stored.id, user_agent, self._clock())

    async def find(self, token: str) -> Account | None:
        """Return the account of a session's token and prolong the session; None if it has ended."""
        hashed = token_hash(token)
        if hashed is None:
            return None
        now = self._clock()
        wanted = (
            select(*ACCOUNT_COLUMNS, sessions.c.last_used_at)
            .join(sessions, sessions.c.account == accounts.c.id)
            .where(sessions.c.token_hash == hashed, sessions.c.expires_at > now)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        if now - row.last_used_at >= _RENEW_AFTER_S:
            renewed = (
                update(sessions)
                .where(sessions.c.token_hash == hashed)
                .values(last_used_at=now, expires_at=now + SESSION_S)
            )
            async with writing(self._engine) as connection:
                await connection.execute(renewed)
        return Account.from_row(row)

    async def log_out(self, token: str) -> None:
        """End the session of a token, if there is one, and what it plays."""
        hashed = token_hash(token) or b""
        for account in await self._end(sessions.c.token_hash == hashed):
            self._tables.logged_out(account, hashed)

    async def log_out_everywhere(self, account: int) -> None:
        """End every session of an account, and what it plays."""
        await self._end(sessions.c.account == account)
        self._tables.logged_out(account)

    async def _end(self, which: ColumnElement[bool]) -> Sequence[int]:
        """End sessions; return the account of each."""
        ended = delete(sessions).where(which).returning(sessions.c.account)
        async with writing(self._engine) as connection:
            return (await connection.scalars(ended)).all()


async def begin_session(
    connection: AsyncConnection, account: int, user_agent: str, now: float
) -> NewSession:
    """Begin a session for an existing account, in the caller's transaction."""
    token, hashed = new_token()
    expires_at = now + SESSION_S
    await connection.execute(
        insert(sessions).values(
            token_hash=hashed,
            account=account,
            created_at=now,
            last_used_at=now,
            expires_at=expires_at,
            user_agent=clean_text(user_agent)[:_USER_AGENT_MAX],
        )
    )
    wanted = select(*ACCOUNT_COLUMNS).where(accounts.c.id == account)
    row = (await connection.execute(wanted)).one()
    return NewSession(token, expires_at, Account.from_row(row))
