"""A SQLite file, made ready for a server, a host's or a solo game's."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from rachel_server.store.revisions import head, migrations_folder
from rachel_server.store.soundness import require_sound, warn_of_lost
from rachel_server.store.sqlite_file import OWNER_ONLY, connected


def prepare(file: Path) -> None:
    """Make a database ready, which nobody else uses.

    A new file gets the tables as the migrations have left them; an older one is migrated, for which
    alone Alembic and SQLAlchemy are loaded.

    Raises:
        DatabaseDamaged: it is damaged; the text says how to put a backup in its place.
        UnknownSchema: a newer Rachel made it.
        SQLAlchemyError: it cannot be migrated.
        sqlite3.Error: it cannot be read or written.
        OSError: it cannot be created.
    """
    warn_of_lost(require_sound(file))
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    with closing(connected(file)) as connection:
        is_new = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if is_new:
            connection.executescript((migrations_folder() / "sqlite.sql").read_text())
    if not is_new and _revision(file) != head():
        from rachel_server.store.database_url import file_url
        from rachel_server.store.migrate import upgrade

        upgrade(file_url(file))


def _revision(file: Path) -> str | None:
    """Return the revision of a database that has tables, None if it does not say."""
    with closing(connected(file)) as connection, suppress(sqlite3.OperationalError):
        for (revision,) in connection.execute("SELECT version_num FROM alembic_version"):
            return str(revision)
    return None
