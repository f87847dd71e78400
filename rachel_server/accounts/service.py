"""The services of accounts put together, on one database and with one mailer."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.account import Account, Tables
from rachel_server.accounts.keys import Keys
from rachel_server.accounts.leaving import delete_account, export_account
from rachel_server.accounts.mail_texts import Mail, MailTexts
from rachel_server.accounts.mailer import Mailer, MailFate
from rachel_server.accounts.mailgun import Mailgun
from rachel_server.accounts.password_change import PasswordChange
from rachel_server.accounts.passwords import Passwords
from rachel_server.accounts.registration import Registration
from rachel_server.accounts.sessions import Sessions
from rachel_server.core.names import Names
from rachel_server.ops.reached import pages_url
from rachel_server.ops.settings import ServerSettings

_OUTBOX: Final = "outbox"


class Accounts:
    """What HTTP handlers call; only profiles, histories and the leaderboard are elsewhere.

    Args:
        engine: the engine of the database.
        mailer: sends the mails; its maker closes it.
        base_url: where people reach the server, such as ``https://cards.example.org``.
        clock: Unix time in seconds.
        names: the names that are not for new accounts, to be told of those that come and go.
        tables: told when a right to play ends.

    Attributes:
        registration: registers and confirms accounts.
        sessions: logs in and out, and finds who is logged in.
        password_change: changes and resets passwords.
        keys: finds, ties and removes SSH keys.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        mailer: Mailer,
        base_url: str,
        clock: Callable[[], float],
        *,
        names: Names,
        tables: Tables,
    ) -> None:
        self._engine = engine
        self._names = names
        self._tables = tables
        self._passwords = Passwords()
        texts = MailTexts(base_url)
        self.sessions = Sessions(engine, self._passwords, clock, tables)
        self.keys = Keys(engine, clock, names, tables)
        self.registration = Registration(engine, self._passwords, mailer, texts, clock, names)
        self.password_change = PasswordChange(engine, self._passwords, mailer, texts, clock, tables)

    async def delete(self, account: Account, password: str) -> None:
        """Delete an account for good, and what it plays; see `delete_account`.

        Raises:
            AccountError: WRONG_PASSWORD, or BUSY.
        """
        await delete_account(self._engine, self._passwords, account, password)
        self._names.release(account.username)
        self._tables.logged_out(account.id, deleted=True)

    async def export(self, account: Account) -> dict[str, Any]:
        """Return all that is stored of an account; see `export_account`."""
        return await export_account(self._engine, account)

    def close(self) -> None:
        """End the threads that hash passwords."""
        self._passwords.close()


@asynccontextmanager
async def open_accounts(
    settings: ServerSettings,
    engine: AsyncEngine,
    mailed: Callable[[MailFate], None] = lambda _: None,
    *,
    mail_kept: Callable[[Mail], None] = lambda _: None,
    names: Names,
    tables: Tables,
) -> AsyncIterator[Accounts]:
    """Open the accounts of a server.

    On leaving, pending mails are sent, or put into the folder ``outbox`` of the data folder.

    Args:
        settings: the server's settings.
        engine: the engine of its database.
        mailed: called with what became of each mail, perhaps in another thread.
        mail_kept: called with each mail that went to the outbox, perhaps in another thread.
        names: as for `Accounts`, like the next one.
        tables: told when a right to play ends.
    """
    async with AsyncExitStack() as stack:
        mailgun = None
        if settings.mailgun_api_key is not None and settings.mailgun_domain is not None:
            access = Mailgun(
                settings.mailgun_api_key, settings.mailgun_domain, settings.mailgun_base_url
            )
            mailgun = await stack.enter_async_context(access)
        sender = f"Rachel <rachel@{settings.mailgun_domain or settings.public_host}>"
        mailer = Mailer(
            settings.data_dir / _OUTBOX,
            sender,
            time.time,
            mailgun=mailgun,
            mailed=mailed,
            kept=mail_kept,
        )
        stack.push_async_callback(mailer.close)
        accounts = Accounts(
            engine, mailer, pages_url(settings), time.time, names=names, tables=tables
        )
        stack.callback(accounts.close)
        yield accounts
