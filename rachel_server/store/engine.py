"""Engines for SQLite and PostgreSQL, with durable commits and short timeouts.

The store reads through an `AsyncEngine`. The journal writes through a blocking engine in a thread
of its own, and so do migrations: a commit then crosses threads once instead of five times.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, NullPool, event, func, select
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from rachel_server.store.database_url import database_url
from rachel_server.store.sqlite_file import PRAGMAS, decoded

POOL_SIZE: Final = 10
"""Connections in the pool for PostgreSQL, unless the host sets POOL_SIZE."""

_POOL_TIMEOUT_S: Final = 5.0
"""How long a query waits for a connection of the pool when all are busy."""

_WRITES: Final = "rachel_writes"
"""The execution option of a connection whose transactions begin by taking SQLite's write lock."""

_writers: Final[WeakKeyDictionary[AsyncEngine, asyncio.Lock]] = WeakKeyDictionary()
"""Who may write next, for each engine for SQLite."""

_READING: Final = {"statement_timeout": "30s"}
_WRITING: Final = {"statement_timeout": "5s"}
_POSTGRESQL: Final = {
    # As with SQLite, whatever the default of the database server is.
    "synchronous_commit": "on",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "30s",
    # The database server releases the locks of a lost client within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


def create_engine(url: str | URL, *, pool_size: int = POOL_SIZE) -> AsyncEngine:
    """Return an engine for reading on an event loop; it has not connected yet.

    Args:
        url: the database, see `database_url`.
        pool_size: the most connections to PostgreSQL.

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
            # A connection that has died in the pool is replaced instead of failing a query.
            "pool_pre_ping": True,
        }
    engine = create_async_engine(url, **options)
    _set_up(engine.sync_engine, _READING)
    return engine


def create_blocking_engine(url: str | URL) -> Engine:
    """Return an engine whose calls block; it has not connected yet.

    There is no pool: closing a connection closes it for good.

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
    """Connect for several queries that all see the database as it is at the first one."""
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite does so by itself
            await connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that will write, and commit it on leaving.

    On SQLite it takes the write lock at once, so that what it reads cannot change before it writes.
    On PostgreSQL that takes locks on rows, or `one_at_a_time`.
    """
    async with _turn(engine), engine.connect() as connection:
        await connection.execution_options(**{_WRITES: True})
        async with connection.begin():
            yield connection


def _turn(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """Return what waits until nobody else on this engine writes.

    SQLite's own lock goes to a writer by chance, so that of many one can wait in vain.
    """
    if engine.dialect.name == "postgresql":
        return nullcontext()
    return _writers.setdefault(engine, asyncio.Lock())


def server_version(connection: Connection) -> int:
    """Return the major version of the PostgreSQL server that is connected."""
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


async def one_at_a_time(connection: AsyncConnection, key: str) -> None:
    """Hold a lock on ``key`` until the transaction ends; wait while another transaction holds it.

    So a row that is counted after this call cannot be outdone by a concurrent insert. On SQLite the
    write lock of `writing` has the same effect.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _options(url: URL) -> dict[str, Any]:
    """Return the keyword arguments of the engine that depend on the kind of database."""
    if url.get_backend_name() != "sqlite":
        return {}
    # The driver begins transactions for some statements only; `_begin` does it for all instead.
    return {"connect_args": {"isolation_level": None}}


def _set_up(engine: Engine, timeouts: dict[str, str]) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it raises what it warns of
    settings = _POSTGRESQL | timeouts
    calls = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())

    def set_session(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SELECT {calls}")
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", set_session)


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    driver: Any = getattr(connection, "driver_connection", connection)  # behind the async one
    driver.text_factory = decoded
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
