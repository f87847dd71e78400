"""All that a server keeps in a SQLite file, without SQLAlchemy as long as nobody asks for it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rachel_server.store.cleanup import sweeping_file
from rachel_server.store.process_scribe import ProcessScribe
from rachel_server.store.scribe import Scribe
from rachel_server.store.sqlite_file import LOCK_WAIT_S
from rachel_server.store.sqlite_games import SqliteGames
from rachel_server.store.sqlite_ready import prepare
from rachel_server.store.sqlite_writer import SqliteWriter
from rachel_server.store.thread_scribe import ThreadScribe

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class SqliteStore:
    """A file.

    Attributes:
        file: where it is.
        games: those that are played on.
        sweep: deletes what has had its time.
    """

    def __init__(self, file: Path, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self.file = file
        self.games = SqliteGames(file)
        self.sweep = sweeping_file(file)
        self._lock_wait_s = lock_wait_s
        self._engine: AsyncEngine | None = None

    def make_ready(self) -> None:
        """Check and migrate it; see `prepare`. It blocks."""
        prepare(self.file)

    def scribe(self) -> Scribe:
        """Return what writes for a journal: a process, where sockets can be handed to one."""
        if sys.platform == "win32":
            return ThreadScribe(SqliteWriter(self.file, self._lock_wait_s))
        return ProcessScribe(self.file, self._lock_wait_s)

    def engine(self) -> "AsyncEngine":
        """Return the engine for questions about anything else, always the same."""
        if self._engine is None:
            from rachel_server.store.database_url import file_url
            from rachel_server.store.engine import create_engine

            url = file_url(self.file)
            wait_s = str(self._lock_wait_s)
            self._engine = create_engine(url.update_query_dict({"timeout": wait_s}))
        return self._engine

    async def close(self) -> None:
        """End the engine's connections."""
        if self._engine is not None:
            await self._engine.dispose()
