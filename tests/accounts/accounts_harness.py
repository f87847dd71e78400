"""A server's accounts without the server: every service on a real database, mails in a folder."""

import email
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

import pytest
from databases import Database
from sqlalchemy.ext.asyncio import AsyncEngine
from store_harness import opened, played_game, store_games

from rachel_server.accounts.account import Account
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.mailer import Mailer
from rachel_server.accounts.service import Accounts
from rachel_server.core.entries import GameEnded, StoredGame
from rachel_server.core.names import Names

BASE_URL: Final = "https://cards.example.org"
PASSWORD: Final = "correct horse battery"
BROWSER: Final = "Mozilla/5.0"
DAY_S: Final = 24 * 3600.0

_LINK: Final = re.compile(rf"{BASE_URL}(/account/\w+)\?token=([\w-]+)")
TABLES: Final = ("accounts", "registrations", "password_resets", "sessions", "ratings", "seats")


class Clock:
    """A clock that a test moves; Unix time in seconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Tables:
    """What a server's tables are told of its accounts: account, session and whether it is gone."""

    def __init__(self) -> None:
        self.told: list[tuple[int, bytes | None, bool]] = []

    def logged_out(
        self, account: int, session: bytes | None = None, *, deleted: bool = False
    ) -> None:
        """Keep it."""
        self.told.append((account, session, deleted))


class Site:
    """A server's accounts.

    Attributes:
        database: where they are stored.
        engine: for it.
        clock: what time it is for them.
        names: the names that are not for new accounts.
        tables: what tables are told.
        accounts: the services.
        outbox: where their mails go.
    """

    def __init__(self, database: Database, engine: AsyncEngine) -> None:
        self.database = database
        self.engine = engine
        self.clock = Clock()
        self.outbox = database.data_dir / "outbox"
        self._mailer = Mailer(self.outbox, "Rachel <rachel@example.org>", self.clock)
        self.names, self.tables = Names(["rascal"]), Tables()
        self.accounts = Accounts(
            engine, self._mailer, BASE_URL, self.clock, names=self.names, tables=self.tables
        )
        self._read: set[Path] = set()

    async def close(self) -> None:
        """End what goes on in the background."""
        self.accounts.close()
        await self._mailer.close()

    async def mails(self) -> list[tuple[str, str, str]]:
        """Return reader, subject and text of the mails since the last call, in this order."""
        await self._mailer.close()  # whatever is on its way has arrived then
        new = set(self.outbox.glob("*.eml")) - self._read
        self._read |= new
        return sorted(map(read_mail, new))

    async def token(self, path: str) -> str:
        """Return the token in the link of the only new mail, which leads to this page."""
        (mail,) = await self.mails()
        (found,) = _LINK.findall(mail[2])
        assert found[0] == path
        return str(found[1])

    async def account(self, username: str, password: str = PASSWORD) -> Account:
        """Register somebody with an address of their own, and confirm it."""
        await self.accounts.registration.register(username, f"{username}@example.org", password)
        return await self.accounts.registration.confirm(await self.token("/account/confirm"))

    async def log_in(self, username: str, password: str = PASSWORD) -> str:
        """Return the token of a new session."""
        return (await self.accounts.sessions.log_in(username, password, BROWSER)).token

    async def play(self, number: int, sitting: dict[int, Account]) -> StoredGame:
        """Store a finished game whose seats belong to accounts; bots played it."""
        game = with_accounts(played_game(number), {n: it.id for n, it in sitting.items()})
        await store_games(self.database.url, game)
        return game

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        count = self.database.rows(f"SELECT count(*) FROM {table}")[0][0]
        assert isinstance(count, int)
        return count

    def everything(self) -> str:
        """Return all that is stored of accounts, as text."""
        return repr({table: self.database.rows(f"SELECT * FROM {table}") for table in TABLES})


def with_accounts(game: StoredGame, accounts: dict[int, int]) -> StoredGame:
    """Return a game whose seats belong to accounts, with results for every seat if it is over."""
    seats = tuple(
        replace(seat, account=accounts.get(number)) for number, seat in enumerate(game.start.seats)
    )
    end = game.end
    if end is not None and end.places:
        end = replace(
            end,
            cards_left=tuple(3 if seat == end.places[-1] else 0 for seat in range(len(seats))),
            attack_dealt=tuple(10 + seat for seat in range(len(seats))),
            attack_taken=tuple(20 + seat for seat in range(len(seats))),
        )
    return replace(game, start=replace(game.start, seats=seats), end=end)


def end_of(game: StoredGame) -> GameEnded:
    """Return the end of a game that is over."""
    assert game.end is not None
    return game.end


async def refused(code: AccountErrorCode, call: Awaitable[Any]) -> None:
    """Expect a refusal, which has something to say in one line."""
    with pytest.raises(AccountError) as raised:
        await call
    assert raised.value.code is code
    assert str(raised.value)
    assert "\n" not in str(raised.value)


def read_mail(file: Path) -> tuple[str, str, str]:
    """Return reader, subject and text of a mail in a file."""
    message = email.message_from_bytes(file.read_bytes(), policy=SMTP)
    return message["To"], message["Subject"], message.get_content()


@asynccontextmanager
async def open_site(database: Database) -> AsyncIterator[Site]:
    """Open the accounts of a server."""
    async with opened(database.url) as engine:
        site = Site(database, engine)
        try:
            yield site
        finally:
            await site.close()
