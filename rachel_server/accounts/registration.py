"""Registration: an account is made when the owner of its e-mail address confirms it.

Until then there is only a registration, which reserves neither name nor address: several people may
register the same ones. So strangers cannot block them, and the answer to a stranger is the same
whether or not an address has an account.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel_server.accounts.account import ACCOUNT_COLUMNS, Account
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.mail_texts import Mail, MailTexts
from rachel_server.accounts.mailer import Mailer
from rachel_server.accounts.passwords import Passwords
from rachel_server.accounts.tokens import new_token, token_hash
from rachel_server.accounts.validation import (
    key_of,
    require_email,
    require_password,
    require_username,
)
from rachel_server.core.names import Names
from rachel_server.store.elo import START
from rachel_server.store.engine import one_at_a_time, writing
from rachel_server.store.schema import accounts, registrations

REGISTRATION_S: Final = 3 * 24 * 3600.0
"""How long a mailed link confirms an address."""

_MAILS_MAX: Final = 3
_MAILS_WITHIN_S: Final = 3600.0
"""At most `_MAILS_MAX` mails go to an address in this time, whatever addresses ask for them."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Registers people and confirms their addresses."""

    _engine: AsyncEngine
    _passwords: Passwords
    _mailer: Mailer
    _texts: MailTexts
    _clock: Callable[[], float]
    _names: Names

    async def register(self, username: str, email: str, password: str) -> None:
        """Mail a link that confirms the address, or tell its owner that they have an account.

        Raises:
            AccountError: USERNAME_INVALID, EMAIL_INVALID, PASSWORD_INVALID, USERNAME_TAKEN or BUSY.
        """
        username = require_username(username)
        email = require_email(email)
        require_password(password)
        async with self._engine.connect() as connection:
            await self._require_free_name(connection, username)
        password_hash = await self._passwords.hash(password)
        token, hashed = new_token()
        async with writing(self._engine) as connection:
            await one_at_a_time(connection, key_of(email))
            mail = await self._mail(connection, username, email, token)
            await connection.execute(
                insert(registrations).values(
                    token_hash=hashed,
                    username=username,
                    email=email,
                    email_key=key_of(email),
                    password_hash=password_hash,
                    expires_at=self._clock() + REGISTRATION_S,
                )
            )
        if mail is not None:
            self._mailer.send(mail)

    async def confirm(self, token: str) -> Account:
        """Make the account for which the link with this token was mailed.

        Raises:
            AccountError: LINK_INVALID, or USERNAME_TAKEN or EMAIL_TAKEN if that happened meanwhile.
        """
        try:
            account = await self._confirm(token)
        except IntegrityError:
            # Another transaction took the name or the address at the same moment. Its row can be
            # seen by now, so that the second attempt says which of the two it was.
            account = await self._confirm(token)
        self._names.register(account.username)
        return account

    async def _mail(
        self, connection: AsyncConnection, username: str, email: str, token: str
    ) -> Mail | None:
        """Return the mail to send to an address; None if it got too many lately."""
        lately = self._clock() - _MAILS_WITHIN_S
        asked = await connection.execute(
            select(func.count())
            .select_from(registrations)
            .where(registrations.c.email_key == key_of(email))
            .where(registrations.c.expires_at > lately + REGISTRATION_S)
        )
        found = await connection.execute(
            select(accounts.c.email, accounts.c.username).where(
                accounts.c.email_key == key_of(email)
            )
        )
        owner = found.one_or_none()
        if asked.scalar_one() >= _MAILS_MAX:
            return None
        if owner is not None:
            return self._texts.already_registered(owner.email, owner.username)
        return self._texts.confirm(email, username, token)

    async def _confirm(self, token: str) -> Account:
        async with writing(self._engine) as connection:
            registration = await self._take(connection, token)
            owner = await connection.execute(
                select(accounts.c.id).where(accounts.c.email_key == registration.email_key)
            )
            if owner.first() is not None:
                raise AccountError(AccountErrorCode.EMAIL_TAKEN)
            await self._require_free_name(connection, registration.username)
            added = await connection.execute(
                insert(accounts)
                .values(
                    username=registration.username,
                    username_key=key_of(registration.username),
                    email=registration.email,
                    email_key=registration.email_key,
                    password_hash=registration.password_hash,
                    created_at=self._clock(),
                    rating=START,
                    rated_games=0,
                )
                .returning(*ACCOUNT_COLUMNS)
            )
            return Account.from_row(added.one())

    async def _take(self, connection: AsyncConnection, token: str) -> Row[Any]:
        """Delete all registrations of the address that a token confirms; return the token's own.

        Raises:
            AccountError: LINK_INVALID.
        """
        hashed = token_hash(token)
        wanted = select(registrations.c.email_key).where(
            registrations.c.token_hash == (hashed or b""),
            registrations.c.expires_at > self._clock(),
        )
        taken = await connection.execute(
            delete(registrations)
            .where(registrations.c.email_key.in_(wanted))
            .returning(registrations)
        )
        for registration in taken:
            if registration.token_hash == hashed:
                return registration
        raise AccountError(AccountErrorCode.LINK_INVALID)

    async def _require_free_name(self, connection: AsyncConnection, username: str) -> None:
        """Make sure that a name is no account's, looks like none, and is not the host's.

        Raises:
            AccountError: USERNAME_TAKEN.
        """
        taken = await connection.execute(
            select(accounts.c.id).where(accounts.c.username_key == key_of(username))
        )
        if taken.first() is not None or not self._names.is_free(username):
            raise AccountError(AccountErrorCode.USERNAME_TAKEN)
