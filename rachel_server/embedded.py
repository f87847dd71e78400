"""The server inside the terminal client: a solo game's table, in a thread of its own.

A solo game is an ordinary game with a journal of its own, so that it survives a closed terminal
(docs/ARCHITECTURE.md, decision 5). Its player sits down in memory.
"""

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Final, Self

from rachel.formats.record import RecordJson
from rachel_server.core.house import House
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.memory import MemoryLine, dial
from rachel_server.runtime import Runtime
from rachel_server.store.cleanup import delete_abandoned, sweeping_file
from rachel_server.store.data_dir import DataDir, set_games_aside
from rachel_server.store.journal import Journal
from rachel_server.store.recovery import Recovery
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.sqlite_games import SqliteGames
from rachel_server.store.sqlite_ready import prepare
from rachel_server.store.sqlite_writer import SqliteWriter
from rachel_server.store.stored_record import record_of
from rachel_server.store.thread_scribe import ThreadScribe

_HURRIED_DELAY_S: Final = 0.02
"""How long a bot waits in a game that is fast-forwarded: what happens can be seen, not read."""


class EmbeddedServer:
    """A solo game's server, without ports, until the context ends.

    Attributes:
        data_dir: its folder.

    Raises:
        DataDirInUse: on entering, when another solo game runs there.
        Exception: on entering, one of `trouble.TROUBLES`, when the folder or the database in it
            cannot be used.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        seats: int,
        bot_level: str,
        bot_delay_s: float,
        fresh: bool = False,
    ) -> None:
        """Take a folder; ``fresh`` sets the games in it aside, in a folder within it."""
        self.data_dir = data_dir
        self._fresh = fresh
        self._table = TableSettings(
            seats=seats,
            start_delay_s=0.0,
            bot_delay_s=bot_delay_s,
            turn_time_s=None,
            solo=True,
            bot_level=bot_level,
        )
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._runtime: Runtime | None = None
        self._limits = AddressLimits()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="rachel-server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *exc: object) -> None:
        """Save everything and stop."""
        if self._loop is not None and self._leave is not None:
            self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()

    async def dial(self) -> MemoryLine:
        """Connect to the server, from the running event loop.

        Raises:
            ConnectionRefusedError: the server is gone.
        """
        if self._runtime is None or self._loop is None:
            raise ConnectionRefusedError("the solo game has ended")
        return await dial(self._loop, self._runtime, self._limits)

    def hurry(self, hurried: bool) -> None:
        """Let the bots of the game play nearly without a pause, or at their own pace again.

        It can be called in any thread.
        """
        if self._runtime is not None and self._loop is not None:
            bot_delay_s = _HURRIED_DELAY_S if hurried else self._table.bot_delay_s
            self._loop.call_soon_threadsafe(self._runtime.hurry, bot_delay_s)

    async def record(self, game_id: int) -> RecordJson | None:
        """Return the record of a table's game that has just ended, None while it goes on.

        It can be asked for in any event loop.

        Raises:
            UnreadableGame: it cannot be read.
            sqlite3.Error: the database fails.
        """
        if self._runtime is None:
            return None
        table = self._runtime.house.lobby.tables.get(game_id)
        if table is None or table.game is None:
            return None
        stored = await SqliteGames(self.data_dir / DATABASE_FILE).game(table.game)
        record = None if stored is None else record_of(stored, time.time())
        return None if record is None else record.to_json()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        if self._fresh:
            set_games_aside(self.data_dir)
        with DataDir(self.data_dir):
            await self._play()

    async def _play(self) -> None:
        """Bring back the game in the folder, and run it until the end of the context."""
        assert self._leave is not None
        file = self.data_dir / DATABASE_FILE
        prepare(file)
        await delete_abandoned(sweeping_file(file), time.time())
        house = House(self._table, entropy=os.urandom, unix_time=time.time)
        journal = Journal(ThreadScribe(SqliteWriter(file)))
        recovery = Recovery(SqliteGames(file), journal)
        runtime = Runtime(house, recovery, asyncio.get_running_loop())
        journal.on_saved, journal.on_stall = runtime.saved, runtime.stall
        journal.on_refused = runtime.refused
        recovery.on_restored, recovery.on_set_aside = runtime.restored, runtime.set_aside
        await recovery.bring_back_all(time.time() - self._table.abandon_s)
        journal.start()
        self._runtime = runtime
        self._ready.set()
        await self._leave.wait()
        runtime.stop_play("Your game is saved")
        await recovery.save_all()
        await runtime.close()
