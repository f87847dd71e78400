"""New passwords, set with the old password or with a link that was mailed.

Either way every session of the account ends, with what it plays, and every other mailed link
becomes invalid.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel_server.accounts.account import Account, Tables
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.mail_texts import MailTexts
from rachel_server.accounts.mailer import Mailer
from rachel_server.accounts.passwords import Passwords
from rachel_server.accounts.sessions import NewSession, begin_session
from rachel_server.accounts.tokens import new_token, token_hash
from rachel_server.accounts.validation import key_of, require_email, require_password
from rachel_server.store.engine import one_at_a_time, writing
from rachel_server.store.schema import accounts, password_resets, sessions

RESET_S: Final = 3600.0
"""How long a mailed link is valid."""

_MAILS_MAX: Final = 3
"""Mails to an account in that time, whatever addresses ask for them."""


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """Changes passwords, and mails links for changing them."""

    _engine: AsyncEngine
    _passwords: Passwords
    _mailer: Mailer
    _texts: MailTexts
    _clock: Callable[[], float]
    _tables: Tables

    async def request_reset(self, email: str) -> None:
        """Mail a link to an address if it has an account.

        If it has none, the same rows are written, so that the time taken does not tell.

        Raises:
            AccountError: EMAIL_INVALID.
        """
        email = require_email(email)
        token, hashed = new_token()
        now = self._clock()
        async with writing(self._engine) as connection:
            await one_at_a_time(connection, key_of(email))
            found = await connection.execute(
                select(accounts.c.id, accounts.c.email, accounts.c.username).where(
                    accounts.c.email_key == key_of(email)
                )
            )
            owner = found.one_or_none()
            account = None if owner is None else owner.id
            asked = await connection.execute(
                select(func.count())
                .select_from(password_resets)
                .where(password_resets.c.account == account, password_resets.c.expires_at > now)
            )
            too_often = asked.scalar_one() >= _MAILS_MAX
            await connection.execute(
                insert(password_resets).values(
                    token_hash=hashed, account=account, expires_at=now + RESET_S
                )
            )
        if owner is not None and not too_often:
            self._mailer.send(self._texts.reset(owner.email, owner.username, token))

    async def reset(self, token: str, password: str) -> None:
        """Set a new password for the account to which the link with this token was mailed.

        Raises:
            AccountError: LINK_INVALID, PASSWORD_INVALID or BUSY.
        """
        require_password(password)
        link = password_resets.c.token_hash == (token_hash(token) or b"")
        valid = (
            select(password_resets.c.account)
            .where(link, password_resets.c.account.is_not(None))
            .where(password_resets.c.expires_at > self._clock())
        )
        async with self._engine.connect() as connection:
            account = (await connection.execute(valid)).scalar_one_or_none()
        if account is None:
            raise AccountError(AccountErrorCode.LINK_INVALID)
        password_hash = await self._passwords.hash(password)
        async with writing(self._engine) as connection:
            changed = await connection.execute(
                update(accounts)
                .where(accounts.c.id == account)
                .values(password_hash=password_hash)
                .returning(accounts.c.email, accounts.c.username)
            )
            owner = changed.one_or_none()
            # Of two requests with one link, the second waits for the first one's row lock above,
            # and then finds the link deleted.
            used = await connection.execute(delete(password_resets).where(link))
            if owner is None or not used.rowcount:
                raise AccountError(AccountErrorCode.LINK_INVALID)
            await _end_everything(connection, account)
        self._tables.logged_out(account)
        self._mailer.send(self._texts.password_changed(owner.email, owner.username))

    async def change(
        self, account: Account, current: str, password: str, user_agent: str
    ) -> NewSession:
        """Set a new password, end all sessions, and begin a new one.

        Raises:
            AccountError: WRONG_PASSWORD, PASSWORD_INVALID or BUSY.
        """
        require_password(password)
        stored = await right_password_hash(self._engine, self._passwords, account.id, current)
        password_hash = await self._passwords.hash(password)
        async with writing(self._engine) as connection:
            changed = await connection.execute(
                update(accounts)
                .where(accounts.c.id == account.id, accounts.c.password_hash == stored)
                .values(password_hash=password_hash)
            )
            if not changed.rowcount:
                raise AccountError(AccountErrorCode.WRONG_PASSWORD)
            await _end_everything(connection, account.id)
            session = await begin_session(connection, account.id, user_agent, self._clock())
        self._tables.logged_out(account.id)
        self._mailer.send(self._texts.password_changed(account.email, account.username))
        return session


async def right_password_hash(
    engine: AsyncEngine, passwords: Passwords, account: int, password: str
) -> str:
    """Return the hash of an account's password if ``password`` is right.

    Raises:
        AccountError: WRONG_PASSWORD, or BUSY.
    """
    wanted = select(accounts.c.password_hash).where(accounts.c.id == account)
    async with engine.connect() as connection:
        stored = (await connection.execute(wanted)).scalar_one_or_none()
    if stored is None or not await passwords.is_right(password, stored):
        raise AccountError(AccountErrorCode.WRONG_PASSWORD)
    return str(stored)


async def _end_everything(connection: AsyncConnection, account: int) -> None:
    """End all sessions of an account, and delete all links that could set its password."""
    await connection.execute(delete(sessions).where(sessions.c.account == account))
    await connection.execute(delete(password_resets).where(password_resets.c.account == account))
