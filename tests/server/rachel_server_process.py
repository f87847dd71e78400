"""`rachel serve` as a process of its own, for tests."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Self

from databases import Database, SqliteDatabase
from tcp_player import DEADLINE_S

_COMMAND: Final = (sys.executable, "-c", "from rachel.cli import main; main()", "serve")
_TESTING: Final = (
    *("--host", "127.0.0.1", "--no-mdns", "--port", "0"),
    *("--bot-delay", "0", "--turn-time", "0"),
)


class ServeProcess:
    """A running `rachel serve`.

    Attributes:
        process: the process.
        ports: the ports it printed.
        first_line: all of that line.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.ports: list[int] = []
        self.first_line = ""

    @classmethod
    async def start(cls, where: Path | Database, *options: str) -> Self:
        """Start it and wait for the line that says that it listens."""
        served = cls(await start_serve(where, *options))
        assert served.process.stdout is not None
        async with asyncio.timeout(DEADLINE_S):
            line = await served.process.stdout.readline()
        served.first_line = line.decode()
        if not line:
            raise AssertionError((await served.ended())[2])
        served.ports = ports_for_games(served.first_line)
        return served

    async def ended(self) -> tuple[int, str, str]:
        """Wait until it has ended; return exit code, further output and log."""
        async with asyncio.timeout(DEADLINE_S):
            output, log = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, output.decode(), log.decode()


def ports_for_games(first_line: str) -> list[int]:
    """Return the ports for games in the line that says that a server listens."""
    games = re.split("[,;]", first_line)[0]  # what follows are pages, SSH, and the database
    return [int(number) for number in re.findall(r"\d+", games)]


async def start_serve(where: Path | Database, *options: str) -> asyncio.subprocess.Process:
    """Start `rachel serve`, on loopback and a free port unless told otherwise.

    Its database is the one given, or that in a data folder.
    """
    database = SqliteDatabase(where) if isinstance(where, Path) else where
    if "--rubp-port" not in options:
        options = (*options, "--rubp-port", "0")
    return await asyncio.create_subprocess_exec(
        *_COMMAND,
        *_TESTING,
        *("--data", str(database.data_dir)),
        *options,
        env=os.environ | {"DATABASE_URL": ""} | database.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def serving(where: Path | Database, *options: str) -> AsyncIterator[ServeProcess]:
    """Run `rachel serve`; it is killed in the end if it still runs."""
    served = await ServeProcess.start(where, *options)
    try:
        yield served
    finally:
        if served.process.returncode is None:
            served.process.kill()
        await served.ended()
