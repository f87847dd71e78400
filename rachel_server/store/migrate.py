"""Brings a database to the schema this Rachel needs, or back to an earlier one.

The migrations are in the folder ``migrations``: at the top of a checkout, inside the package when
installed. Alembic runs them; it is imported only when there is something to do, so that a server
whose database is current starts at once. Everything here blocks.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, inspect, text

from rachel_server.store.engine import create_blocking_engine, sqlite_file

if TYPE_CHECKING:
    from alembic.config import Config

_INSTALLED: Final = Path(__file__).parents[1] / "migrations"
_CHECKOUT: Final = Path(__file__).parents[2] / "migrations"

_OWNER_ONLY: Final = 0o600
"""The database holds the seeds of running games: who can read it can see every hand."""


class UnknownSchema(Exception):  # noqa: N818 - says what is the matter
    """The database has a schema that this Rachel does not know: a newer one made it."""


def migrations_folder() -> Path:
    """Return the folder with ``env.py`` and ``versions``."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def head() -> str:
    """Return the revision this Rachel needs: ``0001`` and so on."""
    return max(_revisions())


def current(url: str | URL) -> str | None:
    """Return the revision a database is at; None when it has no tables or does not exist.

    Raises:
        SQLAlchemyError: the database cannot be read.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return None
    engine = create_blocking_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision = connection.execute(text("SELECT version_num FROM alembic_version"))
            return revision.scalar_one_or_none()
    finally:
        engine.dispose()


def is_current(url: str | URL) -> bool:
    """Tell whether a database has the schema this Rachel needs.

    Raises:
        SQLAlchemyError: the database cannot be read.
    """
    return current(url) == head()


def upgrade(url: str | URL) -> None:
    """Bring a database to the schema this Rachel needs, creating a SQLite file if need be.

    Either all of it happens or nothing. A new file can be read by its owner only.

    Raises:
        UnknownSchema: a newer Rachel made the database.
        SQLAlchemyError: the database cannot be read or written.
        OSError: the file cannot be created.
    """
    revision = current(url)
    if revision == head():
        return
    _require_known(revision)
    file = sqlite_file(url)
    if file is not None:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    from alembic import command

    with migrating(url) as config:
        command.upgrade(config, "head")


def downgrade(url: str | URL, revision: str = "-1") -> None:
    """Take a database back to an earlier ``revision``; ``-1`` is one step, ``base`` all of them.

    Raises:
        UnknownSchema: a newer Rachel made the database.
        SQLAlchemyError: the database cannot be read or written.
    """
    _require_known(current(url))
    from alembic import command

    with migrating(url) as config:
        command.downgrade(config, revision)


@contextmanager
def migrating(url: str | URL) -> "Iterator[Config]":
    """Give Alembic one transaction to take steps in; all of them happen or none."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = create_blocking_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _stop_cascades(connection)
            with connection.begin():
                config.attributes["connection"] = connection
                yield config
    finally:
        engine.dispose()


def _revisions() -> set[str]:
    """Return every revision: the names of the files begin with them."""
    files = (migrations_folder() / "versions").glob("[0-9]*_*.py")
    return {file.name.partition("_")[0] for file in files}


def _require_known(revision: str | None) -> None:
    if revision is not None and revision not in _revisions():
        raise UnknownSchema(
            f"a newer version of Rachel made this database (schema {revision}); update Rachel"
        )


def _stop_cascades(connection: Connection) -> None:
    """Let SQLite rebuild a table, which drops the old one, without deleting what refers to it.

    Has no effect inside a transaction, so that it goes past SQLAlchemy, which would begin one.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()
