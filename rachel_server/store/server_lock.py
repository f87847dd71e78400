"""One server at a time on a database, so that two never play the same games.

On SQLite the lock of the data folder ensures it. On PostgreSQL the journal's connection holds an
advisory lock, which ends with the connection. So the last transaction of a server that was cut off
is either committed or rolled back before the next server reads its games.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from rachel_server.store.data_dir import DataDir, DataDirInUse
from rachel_server.store.database_url import shown_url, sqlite_file
from rachel_server.store.engine import create_blocking_engine

_SERVER: Final = int.from_bytes(b"rachel", "big")
_LOCK_NOT_AVAILABLE: Final = "55P03"


class DatabaseInUse(Exception):  # noqa: N818 - says what is the matter
    """A server runs on the database."""


def claim(connection: Connection) -> None:
    """Take the lock of a PostgreSQL server for as long as the connection lasts.

    Waits some seconds for a server that is about to go.

    Raises:
        DatabaseInUse: a server has it, and keeps it.
        SQLAlchemyError: the database failed.
    """
    if connection.dialect.name != "postgresql":
        return
    try:
        with connection.begin():
            connection.execute(text("SET LOCAL lock_timeout = '3s'"))
            connection.execute(select(func.pg_advisory_lock(_SERVER)))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            where = shown_url(connection.engine.url)
            raise DatabaseInUse(f"another server is running on {where}") from None
        raise


@contextmanager
def no_server(url: str | URL) -> Iterator[None]:
    """Keep servers from starting on a database while the context lasts.

    Raises:
        DatabaseInUse: on entering, when a server runs on it.
        SQLAlchemyError: on entering, when PostgreSQL cannot be reached.
        OSError: on entering, when the folder of a SQLite database cannot be written to.
    """
    file = sqlite_file(url)
    if file is not None:
        try:
            with DataDir(file.parent):
                yield
        except DataDirInUse as error:
            raise DatabaseInUse(str(error)) from None
        return
    with create_blocking_engine(url).connect() as connection:
        claim(connection)
        yield
