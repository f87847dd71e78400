"""The server inside the terminal client: a solo game's table, in a thread of its own.

A solo game is an ordinary game with a journal of its own, so that it survives a closed terminal
(docs/ARCHITECTURE.md, decision 5). Its player sits down in memory.
"""

import asyncio
import threading
from pathlib import Path
from typing import Final, Self

from rachel_server.app import Server
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.memory import MemoryLine
from rachel_server.ops.settings import ServerSettings
from rachel_server.store.data_dir import DataDirInUse, set_games_aside

_FOLDERS_MAX: Final = 9


class EmbeddedServer:
    """A server without ports, until the context ends.

    Attributes:
        data_dir: the folder in use: the one asked for, or a numbered sibling of it while another
            solo game runs there.

    Raises:
        DataDirInUse: on entering, when that many solo games run already.
        Exception: on entering, what a `Server` raises, when the folder or the database in it
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
            bot_level=bot_level,
        )
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._server: Server | None = None
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
        if self._server is None or self._loop is None:
            raise ConnectionRefusedError("the solo game has ended")
        return await self._server.dial(self._loop)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        wanted = self.data_dir
        for number in range(1, _FOLDERS_MAX + 1):
            if number > 1:
                self.data_dir = wanted.with_name(f"{wanted.name}-{number}")
            settings = ServerSettings(
                data_dir=self.data_dir,
                rubp_ports=(),
                table=self._table,
                mdns=False,
            )
            try:
                if self._fresh:
                    set_games_aside(self.data_dir)
                async with Server(settings) as server:
                    self._server = server
                    self._ready.set()
                    await self._leave.wait()
                return
            except DataDirInUse:
                if number == _FOLDERS_MAX:
                    raise
