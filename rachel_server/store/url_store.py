"""All that a server keeps in the database of a URL."""

from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.store.cleanup import sweeping
from rachel_server.store.database_url import database_url, lock_wait_s, sqlite_file
from rachel_server.store.engine import create_blocking_engine, create_engine
from rachel_server.store.games import HostGames
from rachel_server.store.postgres_writer import PostgresWriter
from rachel_server.store.ready import make_ready
from rachel_server.store.scribe import Scribe
from rachel_server.store.sqlite_store import SqliteStore
from rachel_server.store.thread_scribe import ThreadScribe


class PostgresStore:
    """A PostgreSQL database; as `SqliteStore`."""

    file = None

    def __init__(self, url: str, pool_size: int) -> None:
        self._engine = create_engine(url, pool_size=pool_size)
        self.games = HostGames(self._engine)
        self.sweep = sweeping(self._engine)

    def make_ready(self) -> None:
        """Make sure of its schema; see `rachel_server.store.ready.make_ready`. It blocks."""
        make_ready(self._engine.url)

    def scribe(self) -> Scribe:
        """Return what writes for a journal, and keeps other servers away."""
        return ThreadScribe(PostgresWriter(create_blocking_engine(self._engine.url)))

    def engine(self) -> AsyncEngine:
        """Return the engine for questions about anything else, always the same."""
        return self._engine

    async def close(self) -> None:
        """End the engine's connections."""
        await self._engine.dispose()


def store_at(url: str, pool_size: int) -> SqliteStore | PostgresStore:
    """Return the store at a URL.

    Raises:
        BadDatabaseUrl: the URL is none that Rachel can use.
    """
    whole = database_url(url)
    file = sqlite_file(whole)
    if file is None:
        return PostgresStore(url, pool_size)
    return SqliteStore(file, lock_wait_s(whole))
