"""Somebody with an account at a running server, who types commands on a machine of their own."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from accounts_harness import PASSWORD
from api_client import Api, api_on
from databases import Database
from play_process import run_rachel

from rachel_server.core.table_settings import TableSettings

AT_ONCE = TableSettings(seats=2, start_delay_s=0.0, bot_delay_s=0.0, turn_time_s=None)
"""A bot takes the other seat as soon as somebody sits down."""


class Done(NamedTuple):
    """What came of a command."""

    status: int
    output: str
    errors: str


class Member:
    """One person.

    Attributes:
        api: the server as a program sees it.
        folder: where their files are.
        host: what they type for the server's HTTP side.
        rubp: what they type to play there.
        username: what their account is called.
    """

    def __init__(self, api: Api, folder: Path, username: str) -> None:
        self.api = api
        self.folder = folder
        self.host = f"localhost:{api.served.port}"
        self.rubp = f"localhost:{api.served.server.rubp_ports[0]}"
        self.username = username

    @property
    def logins(self) -> dict[str, Any]:
        """What is kept of logins, empty when there is no file."""
        file = self.folder / "rachel" / "logins.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        assert isinstance(kept, dict)
        return kept

    async def types(self, *arguments: str, typed: str = "") -> Done:
        """Run a command, with ``typed`` piped into it."""
        done: subprocess.CompletedProcess[bytes] = await asyncio.to_thread(
            run_rachel, self.folder, typed, *arguments
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    async def logs_in(self, password: str = PASSWORD) -> Done:
        """Log in, as scripts do."""
        options = ("--username", self.username, "--password-stdin")
        return await self.types("login", self.host, *options, typed=f"{password}\n")

    def games(self) -> list[tuple[str, str, str | None]]:
        """Return room, name and account of every stored seat that is a person's, in order."""
        rows = self.api.database.rows(
            "SELECT games.room, seats.name, accounts.username FROM seats"
            " JOIN games ON games.id = seats.game"
            " LEFT JOIN accounts ON accounts.id = seats.account"
            " WHERE seats.bot_level IS NULL ORDER BY games.started_at, seats.seat"
        )
        return [(str(room), str(name), account) for room, name, account in rows]

    def sessions(self) -> int:
        """Return how many sessions the server keeps."""
        count = self.api.database.rows("SELECT count(*) FROM sessions")[0][0]
        assert isinstance(count, int)
        return count


@asynccontextmanager
async def member_of(
    database: Database, folder: Path, *, username: str = "ann_1", **chosen: object
) -> AsyncIterator[Member]:
    """Run a server on which somebody has an account already."""
    async with api_on(database, **{"table": AT_ONCE, **chosen}) as api:
        await api.register(username)
        yield Member(api, folder, username)
