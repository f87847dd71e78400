"""Backups of SQLite and PostgreSQL: written while a server runs, restored while none does.

A backup holds every table. Games that were running when it was written go on after a restore.
"""

import sqlite3
import tempfile
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import URL, func, inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError

from rachel_server.core.entries import GameStatus
from rachel_server.store.backup_files import BackupFailed, BackupKind, backup_kind, written_whole
from rachel_server.store.database_url import database_url, shown_url, sqlite_file
from rachel_server.store.engine import create_blocking_engine, server_version
from rachel_server.store.migrate import (
    LostSchema,
    current,
    require_known,
    revision_of,
)
from rachel_server.store.postgres_dump import (
    dump_postgres,
    require_recent_pg_dump,
    restore_postgres,
    revision_in,
    rows_in,
)
from rachel_server.store.schema import accounts, games
from rachel_server.store.server_lock import no_server
from rachel_server.store.sqlite_backup import dump_sqlite, put_in_place, unpacked
from rachel_server.store.sqlite_file import DATABASE_FILE


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database or a backup.

    Attributes:
        revision: the revision of its schema.
        games: the number of games.
        running: how many of these are still being played.
        accounts: the number of accounts.
    """

    revision: str
    games: int
    running: int
    accounts: int


def write_backup(url: str | URL, file: Path | IO[bytes]) -> str:
    """Write a backup of a database to a file or pipe; an older backup there is replaced.

    Returns:
        The revision of its schema and, for PostgreSQL, the versions: ``schema 0004, PostgreSQL 15
        copied by pg_dump 17``.

    Raises:
        BackupFailed: the backup cannot be written; the text says why.
        UnknownSchema: a newer Rachel made the database.
        SQLAlchemyError: the database cannot be read.
        OSError: the file cannot be written.
    """
    url = database_url(url)
    revision = current(url)
    require_known(revision, shown_url(url))
    if revision is None:
        raise BackupFailed(f"there is nothing to back up in {shown_url(url)}: run rachel migrate")
    database = sqlite_file(url)
    made = f"schema {revision}"
    if database is None:
        server = _server_version(url)
        made += f", PostgreSQL {server} copied by pg_dump {require_recent_pg_dump(server)}"
    with ExitStack() as stack:
        if isinstance(file, Path):
            beside = file
            out: IO[bytes] = stack.enter_context(
                stack.enter_context(written_whole(file)).open("wb")
            )
        else:
            beside, out = Path(tempfile.gettempdir()) / DATABASE_FILE, file
        if database is None:
            dump_postgres(url, out)
        else:
            dump_sqlite(database, out, beside)
    return made


def _server_version(url: URL) -> int:
    """Return the major version of a PostgreSQL server."""
    with create_blocking_engine(url).connect() as connection:
        return server_version(connection)


def finished_games(file: Path) -> int:
    """Return how many finished games a backup holds: 0 if it cannot be read.

    In a database that is well they only become more.
    """
    with suppress(BackupFailed, sqlite3.Error, OSError):
        if backup_kind(file) is BackupKind.POSTGRESQL:
            rows = rows_in(file, games.name)
            return sum(row["status"] == GameStatus.FINISHED.value for row in rows)
        with unpacked(file, file) as copy, closing(sqlite3.connect(copy)) as database:
            finished = database.execute(
                "SELECT count(*) FROM games WHERE status = ?", (GameStatus.FINISHED.value,)
            )
            return int(finished.fetchone()[0])
    return 0


def restore_backup(url: str | URL, file: Path, *, replace: bool = False) -> Contents:
    """Replace the contents of a database by those of a backup: all of them, or nothing changes.

    Args:
        url: the database; a SQLite file need not exist.
        file: the backup, which must be of the same kind of database.
        replace: whether games and accounts in the database may be lost.

    Raises:
        BackupFailed: the backup cannot be restored; the text says why.
        DatabaseInUse: a server runs on the database.
        UnknownSchema: a newer Rachel made the database, or the backup.
        SQLAlchemyError: the database cannot be read.
        OSError: the backup cannot be read, or the database cannot be written.
    """
    url = database_url(url)
    database = sqlite_file(url)
    kind = backup_kind(file)
    if kind is None:
        raise BackupFailed(f"{file} is no backup")
    if (kind is BackupKind.SQLITE) is (database is None):
        wanted = "PostgreSQL" if database is None else "SQLite"
        raise BackupFailed(f"{file} is no backup of a {wanted} database, as {shown_url(url)} is")
    with no_server(url):  # from here on no server can start and write what would then be lost
        if not replace:
            _require_empty(url)
        if database is None:
            with suppress(LostSchema):  # a newer schema has tables that would be left over
                require_known(current(url), shown_url(url))
            require_known(revision_in(file), file)
            restore_postgres(url, file)
        else:
            with unpacked(file, database) as copy:
                inside = _contents(URL.create("sqlite", database=str(copy)))
                if inside is None:
                    raise BackupFailed(f"{file} is no backup of Rachel's")
                require_known(inside.revision, file)
                put_in_place(copy, database)
        restored = _contents(url)
    assert restored is not None
    return restored


def _require_empty(url: URL) -> None:
    """Make sure that a database holds no games and no accounts.

    Raises:
        BackupFailed: it holds some, or cannot be read.
    """
    try:
        there = _contents(url)
    except OperationalError:
        raise
    except (DatabaseError, LostSchema):
        why = "cannot be read"
    else:
        if there is None or not (there.games or there.accounts):
            return
        why = f"holds {there.games} games and {there.accounts} accounts"
    raise BackupFailed(f"{shown_url(url)} {why}: --replace puts the backup in its place")


def _contents(url: URL) -> Contents | None:
    """Return what is in a database; None if it has no tables or does not exist."""
    database = sqlite_file(url)
    if database is not None and not database.exists():
        return None
    playing = games.c.status == GameStatus.PLAYING.value
    with create_blocking_engine(url).connect() as connection:
        revision = revision_of(connection)
        if revision is None:
            return None
        count = select(func.count(), func.count().filter(playing)).select_from(games)
        total, running = connection.execute(count).one()
        people = 0
        if inspect(connection).has_table(accounts.name):  # the oldest schema has none
            people = connection.execute(select(func.count()).select_from(accounts)).scalar_one()
    return Contents(revision, total, running, people)
