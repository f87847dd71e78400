"""Migrates a database to the schema this Rachel needs, or back to an earlier one.

Alembic runs the migrations. It is slow to import, and therefore imported only when a database has
to be migrated. All functions here block.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, func, inspect, select, text

from rachel_server.store.database_url import database_url, shown_url, sqlite_file
from rachel_server.store.engine import create_blocking_engine
from rachel_server.store.revisions import Migration, head, migrations, migrations_folder
from rachel_server.store.schema import games
from rachel_server.store.server_lock import no_server
from rachel_server.store.sqlite_file import OWNER_ONLY

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATING: Final = int.from_bytes(b"migrate", "big")

_ENCODINGS: Final = frozenset({"UTF8", "SQL_ASCII"})
"""SQL_ASCII, what ``LANG=C initdb`` makes, takes any bytes: we only send UTF-8."""

_PATIENT: Final = ("statement_timeout = 0", "lock_timeout = '30s'")
"""Migrations of PostgreSQL may take any time, and wait for other transactions' locks longer."""


class UnknownSchema(Exception):  # noqa: N818 - says what is the matter
    """The database has a schema that this Rachel does not know: a newer one made it."""


class LostSchema(UnknownSchema):
    """The database has tables, and does not say which schema they are of."""


class WrongEncoding(Exception):  # noqa: N818 - says what is the matter
    """The database cannot store the names of all players."""


class TooManySteps(Exception):  # noqa: N818 - says what is the matter
    """The database has taken fewer migrations than are to be taken back."""


def current(url: str | URL) -> str | None:
    """Return the revision a database is at; None when it has no tables or does not exist.

    Raises:
        WrongEncoding: it is PostgreSQL, and not in UTF-8.
        SQLAlchemyError: the database cannot be read.
    """
    file = sqlite_file(database_url(url))
    if file is not None and not file.exists():
        return None
    with create_blocking_engine(url).connect() as connection:
        if connection.dialect.name == "postgresql":
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
            if encoding not in _ENCODINGS:
                raise WrongEncoding(
                    f"the database is in {encoding}, which cannot hold every name:"
                    " createdb --encoding=UTF8 --template=template0 makes one that can"
                )
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the connected database; None when it has no tables.

    Raises:
        LostSchema: it has tables, and does not say of which revision they are.
    """
    tables = inspect(connection)
    found: list[str] = []
    if tables.has_table("alembic_version"):
        found += connection.scalars(text("SELECT version_num FROM alembic_version"))
    if len(found) == 1:
        return found[0]
    if found or tables.has_table(games.name):
        raise LostSchema(
            f"{shown_url(connection.engine.url)} does not say which schema it has (in the table"
            " alembic_version): rachel restore BACKUP --replace puts a backup in its place"
        )
    return None


def require_known(revision: str | None, shown: object) -> None:
    """Make sure that the revision of a database, if it has one, is known to this Rachel.

    Raises:
        UnknownSchema: it is unknown; the text says so of ``shown``.
    """
    if revision is not None and revision not in {step.revision for step in migrations()}:
        raise UnknownSchema(
            f"a newer version of Rachel made {shown} (schema {revision}); update Rachel"
        )


def upgrade(url: str | URL) -> list[Migration]:
    """Migrate a database to the schema this Rachel needs; create a SQLite file if need be.

    Either all migrations happen or none. A new file can be read by its owner only. Of two processes
    that do this at the same time, one waits for the other.

    Returns:
        The migrations that were run; none if the schema was current.

    Raises:
        UnknownSchema: a newer Rachel made the database.
        SQLAlchemyError: the database cannot be read or written.
        OSError: the file cannot be created.
    """
    revision = current(url)
    if revision == head():
        return []
    require_known(revision, shown_url(url))
    file = sqlite_file(database_url(url))
    if file is not None:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    from alembic import command

    with migrating(url) as config:
        # Read again now that others are locked out: another process may just have migrated.
        revision = revision_of(config.attributes["connection"])
        command.upgrade(config, "head")
    return [step for step in migrations() if revision is None or step.revision > revision]


def downgrade(url: str | URL, steps: int = 1) -> list[Migration]:
    """Take back the latest migrations, and lose what is stored in their tables and columns.

    Returns:
        The migrations that were taken back, the latest first.

    Raises:
        TooManySteps: the database has taken fewer migrations.
        DatabaseInUse: a server runs on the database.
        UnknownSchema: a newer Rachel made it.
        SQLAlchemyError: it cannot be read or written.
        OSError: the folder of a SQLite database cannot be written to.
    """
    from alembic import command

    with no_server(url):
        revision = current(url)
        require_known(revision, shown_url(url))
        taken = [step for step in migrations() if revision and step.revision <= revision]
        if steps > len(taken):
            raise TooManySteps(f"the database has taken {len(taken)} steps, not {steps}")
        kept = taken[: len(taken) - steps]
        with migrating(url) as config:
            command.downgrade(config, kept[-1].revision if kept else "base")
    return taken[: -steps - 1 : -1]


@contextmanager
def migrating(url: str | URL) -> "Iterator[Config]":
    """Yield a configuration for Alembic's commands, which then share one transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with create_blocking_engine(url).connect() as connection:
        if connection.dialect.name == "sqlite":
            _stop_cascades(connection)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                _wait_for_others(connection)
            config.attributes["connection"] = connection
            yield config


def _wait_for_others(connection: Connection) -> None:
    """Wait for other processes that migrate PostgreSQL, and lock them out until the end."""
    for setting in _PATIENT:
        connection.execute(text(f"SET LOCAL {setting}"))
    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


def _stop_cascades(connection: Connection) -> None:
    """Keep SQLite from deleting referring rows when a table is rebuilt, which drops the old one.

    The pragma has no effect inside a transaction. SQLAlchemy would begin one, so the statement goes
    to the driver's own cursor.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()
