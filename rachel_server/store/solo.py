"""The file of a solo game, made ready."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from rachel_server.core.entries import ABANDONED_KEPT_S, GameStatus
from rachel_server.store.revisions import head, migrations_folder
from rachel_server.store.soundness import require_sound, warn_of_lost
from rachel_server.store.sqlite_file import OWNER_ONLY, connected


def prepare(file: Path, now: float) -> None:
    """Make the database in a solo game's folder ready, which nobody else uses.

    A new file gets the tables as the migrations have left them; an older one is migrated. Games
    abandoned long before ``now``, a Unix time, are deleted.

    Raises:
        DatabaseDamaged: it is damaged; the text says how to put a backup in its place.
        UnknownSchema: a newer Rachel made it.
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
        from rachel_server.store.database_url import sqlite_url
        from rachel_server.store.migrate import upgrade

        upgrade(sqlite_url(file.parent))
    with closing(connected(file)) as connection:
        old = GameStatus.ABANDONED.value, now - ABANDONED_KEPT_S
        connection.execute("DELETE FROM games WHERE status = ? AND finished_at <= ?", old)


def _revision(file: Path) -> str | None:
    """Return the revision of a database that has tables, None if it does not say."""
    with closing(connected(file)) as connection, suppress(sqlite3.OperationalError):
        for (revision,) in connection.execute("SELECT version_num FROM alembic_version"):
            return str(revision)
    return None
