"""Connections to the database, set up to lose nothing and to wait for nothing for long.

The store reads through an `AsyncEngine`. The journal writes through a blocking engine in a thread
of its own, and so do migrations: one commit is then one hand-over between threads instead of five.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, event, func, select
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from rachel_server.store.database_url import database_url

POOL_SIZE: Final = 10
"""Connections to PostgreSQL that answer questions, unless the host chooses (POOL_SIZE)."""

_POOL_TIMEOUT_S: Final = 5.0
"""How long a question waits for a connection when all are busy."""

_PRAGMAS: Final = (
    # Readers, such as `rachel games`, never wait for the writer, nor it for them.
    "PRAGMA journal_mode = WAL",
    # Every commit reaches the disk before it counts: frames leave on its word.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

_WRITES: Final = "rachel_writes"
"""The execution option of a connection that begins its transactions as their only writer."""

_READING: Final = {"statement_timeout": "30s"}
_WRITING: Final = {"statement_timeout": "5s"}
_POSTGRESQL: Final = {
    # As with SQLite: on the disk before it counts, whatever the server's own default.
    "synchronous_commit": "on",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "30s",
    # The server lets go of what a lost client held as soon as the client can be known to be lost.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


def create_engine(url: str | URL, *, pool_size: int = POOL_SIZE) -> AsyncEngine:
    """Return an engine for reading on an event loop; nothing is connected yet.

    Args:
        url: of the database, see `database_url`.
        pool_size: connections to PostgreSQL at most.

    Raises:
        BadDatabaseUrl: the URL is none that Rachel can use.
    """
    url = database_url(url)
    options = _options(url)
    if url.get_backend_name() == "postgresql":
        options |= {
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_timeout": _POOL_TIMEOUT_S,
            # A connection that did not survive the night, or the database, costs nobody an error.
            "pool_pre_ping": True,
        }
    engine = create_async_engine(url, **options)
    _set_up(engine.sync_engine, _READING)
    return engine


def create_blocking_engine(url: str | URL) -> Engine:
    """Return an engine for the same database that blocks its thread; nothing is connected yet.

    Each connection is one of its own, and closed for good.

    Raises:
        BadDatabaseUrl: the URL is none that Rachel can use.
    """
    url = database_url(url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = _create_engine(url, poolclass=NullPool, **_options(url))
    _set_up(engine, _WRITING)
    return engine


@asynccontextmanager
async def one_moment(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Connect for several questions that are all answered as of the moment of the first."""
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite does so by itself
            await connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that will write, and commit it in the end.

    What it reads before it writes cannot be outdated by then on SQLite, which lets one write at a
    time; elsewhere that takes locks, as ever.
    """
    async with engine.connect() as connection:
        await connection.execution_options(**{_WRITES: True})
        async with connection.begin():
            yield connection


async def one_at_a_time(connection: AsyncConnection, key: str) -> None:
    """Wait until no other transaction is about ``key``, and keep others waiting until this ends.

    What is counted from now on cannot be outdated. On SQLite, which lets one transaction write at
    a time, that is so for all of `writing`.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _options(url: URL) -> dict[str, Any]:
    """Return what the engine must know beyond the URL."""
    if url.get_backend_name() != "sqlite":
        return {}
    # The driver would begin transactions only for some statements; SQLAlchemy begins them all.
    return {"connect_args": {"isolation_level": None}}


def _set_up(engine: Engine, timeouts: dict[str, str]) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it warns of, it raises as well
    settings = _POSTGRESQL | timeouts
    calls = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())

    def set_session(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SELECT {calls}")
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", set_session)


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
