"""Connections to the database: where it is, and how SQLite must be set up to lose nothing.

The store reads through an `AsyncEngine`. The journal writes through a blocking engine in a thread
of its own, and so do migrations: one commit is then one hand-over between threads instead of five.
"""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_FILE: Final = "rachel.db"

_BUSY_TIMEOUT_S: Final = "2"
"""Seconds SQLite waits for another process's lock before it gives up."""

_PRAGMAS: Final = (
    # Readers, such as `rachel games`, never wait for the writer, nor it for them.
    "PRAGMA journal_mode = WAL",
    # Every commit reaches the disk before it counts: frames leave on its word.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def sqlite_url(data_dir: Path) -> str:
    """Return the URL of the database in a server's data folder."""
    path = str(data_dir.absolute() / DATABASE_FILE)
    return URL.create("sqlite+aiosqlite", database=path).render_as_string(hide_password=False)


def create_engine(url: str | URL) -> AsyncEngine:
    """Return an engine for reading on an event loop; nothing is connected yet."""
    engine = create_async_engine(_complete(make_url(url)), **_options(make_url(url)))
    _set_up(engine.sync_engine)
    return engine


def create_blocking_engine(url: str | URL) -> Engine:
    """Return an engine for the same database that blocks its thread; nothing is connected yet."""
    url = _complete(make_url(url))
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = _create_engine(url, **_options(url))
    _set_up(engine)
    return engine


def sqlite_file(url: str | URL) -> Path | None:
    """Return the file of a SQLite database, None for any other database."""
    url = make_url(url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database)


def _complete(url: URL) -> URL:
    """Return the URL with a limit on waiting for locks, unless it says one."""
    if url.get_backend_name() != "sqlite" or "timeout" in url.query:
        return url
    return url.update_query_dict({"timeout": _BUSY_TIMEOUT_S})


def _options(url: URL) -> dict[str, Any]:
    """Return what the engine must know beyond the URL."""
    if url.get_backend_name() != "sqlite":
        return {}
    # The driver would begin transactions only for some statements; SQLAlchemy begins them all.
    return {"connect_args": {"isolation_level": None}}


def _set_up(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
