"""Registration: an account comes to be when the owner of its e-mail address says so.

Until then there is only a registration, which takes no name from anybody: several people may try
for the same one. So the answer to a stranger is the same whether or not an address has an account,
and nobody can keep names or other people's addresses from being used.
"""

from collections.abc import Callable
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
from rachel_server.store.elo import START
from rachel_server.store.engine import one_at_a_time, writing
from rachel_server.store.schema import accounts, registrations

REGISTRATION_S: Final = 3 * 24 * 3600.0
"""How long an address can be confirmed."""

_MAILS_MAX: Final = 3
_MAILS_WITHIN_S: Final = 3600.0
"""So many mails go to an address in this time, whoever asks for them."""


class Registration:
    """Registers people and confirms their addresses."""

    def __init__(
        self,
        engine: AsyncEngine,
        passwords: Passwords,
        mailer: Mailer,
        texts: MailTexts,
        clock: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._mailer = mailer
        self._texts = texts
        self._clock = clock

    async def register(self, username: str, email: str, password: str) -> None:
        """Send a mail to confirm the address, or to tell its owner that they have an account.

        Raises:
            AccountError: a value is none, USERNAME_TAKEN or BUSY; nothing about the address.
        """
        require_username(username)
        require_email(email)
        require_password(password)
        async with self._engine.connect() as connection:
            await _require_free_name(connection, username)
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
        """Make the account for which a mail with this token was sent.

        Raises:
            AccountError: LINK_INVALID; USERNAME_TAKEN or EMAIL_TAKEN since then.
        """
        try:
            return await self._confirm(token)
        except IntegrityError:  # the name or the address was taken at the same moment
            return await self._confirm(token)

    async def _mail(
        self, connection: AsyncConnection, username: str, email: str, token: str
    ) -> Mail | None:
        """Return the mail to send to an address, None when it gets too many."""
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
            await _require_free_name(connection, registration.username)
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
        """Take away all registrations of an address, and return the one that a token is for."""
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


async def _require_free_name(connection: AsyncConnection, username: str) -> None:
    taken = await connection.execute(
        select(accounts.c.id).where(accounts.c.username_key == key_of(username))
    )
    if taken.first() is not None:
        raise AccountError(AccountErrorCode.USERNAME_TAKEN)
