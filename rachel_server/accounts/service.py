"""The accounts of a server: every service, on one database, with one mailer."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.account import Account
from rachel_server.accounts.deletion import delete_account, delete_expired
from rachel_server.accounts.export import export_account
from rachel_server.accounts.mail_texts import MailTexts
from rachel_server.accounts.mailer import Mailer
from rachel_server.accounts.password_change import PasswordChange
from rachel_server.accounts.passwords import Passwords
from rachel_server.accounts.registration import Registration
from rachel_server.accounts.sessions import Sessions


class Accounts:
    """What the routes call. Profiles, histories and the leaderboard need only the engine.

    Args:
        engine: for the database.
        mailer: sends the mails; whoever made it closes it.
        base_url: where people reach the server, such as ``https://cards.example.org``.
        clock: Unix time in seconds.

    Attributes:
        registration: register, confirm.
        sessions: log in, find, log out.
        password_change: change, request a reset, reset.
    """

    def __init__(
        self, engine: AsyncEngine, mailer: Mailer, base_url: str, clock: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._passwords = Passwords()
        self._clock = clock
        texts = MailTexts(base_url)
        self.sessions = Sessions(engine, self._passwords, clock)
        self.registration = Registration(engine, self._passwords, mailer, texts, clock)
        self.password_change = PasswordChange(engine, self._passwords, mailer, texts, clock)

    async def delete(self, account: Account, password: str) -> None:
        """Delete an account for good; see `delete_account`.

        Raises:
            AccountError: WRONG_PASSWORD, or BUSY.
        """
        await delete_account(self._engine, self._passwords, account, password)

    async def export(self, account: Account) -> dict[str, Any]:
        """Return all that is stored of an account; see `export_account`."""
        return await export_account(self._engine, account)

    async def delete_expired(self) -> int:
        """Delete sessions, links and registrations that count no more; return how many."""
        return await delete_expired(self._engine, self._clock())

    def close(self) -> None:
        """Let the threads that hash passwords end."""
        self._passwords.close()
