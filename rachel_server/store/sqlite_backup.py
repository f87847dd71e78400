"""Compressed copies of a SQLite database: taken while a server writes, and restored."""

import errno
import gzip
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

from rachel_server.store.backup_files import BackupFailed, flush, naming, scratch
from rachel_server.store.soundness import damage

_PATIENCE_S: Final = 10.0
_UNWRITTEN: Final = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR_WRITE: errno.EIO}
_LEFTOVERS: Final = ("-wal", "-shm", "-journal")


def dump_sqlite(database: Path, out: IO[bytes], beside: Path) -> None:
    """Write a compressed copy of a database, as of one moment.

    Args:
        database: the database.
        out: where the copy goes.
        beside: a file that need not exist; its folder has room for the copy before it is packed.

    Raises:
        BackupFailed: the database is damaged.
        sqlite3.Error: it cannot be read.
        OSError: the copy cannot be written.
    """
    with scratch(beside) as copy:
        with (
            closing(sqlite3.connect(database, timeout=_PATIENCE_S)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            target.execute("PRAGMA journal_mode = OFF")  # no second file beside it
            _copy(source, target, beside)
            target.execute("PRAGMA journal_mode = DELETE")  # nor for who unpacks it
            _require_sound(target, database)
        with copy.open("rb") as plain, gzip.open(out, "wb") as packed:
            shutil.copyfileobj(plain, packed)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, file: Path) -> None:
    """Copy a database into another, which is written to the disk of ``file``.

    Raises:
        sqlite3.Error: the database cannot be read.
        OSError: the copy cannot be written.
    """
    try:
        source.backup(target)
    except sqlite3.OperationalError as error:
        number = _UNWRITTEN.get(error.sqlite_errorcode)
        if number is None:
            raise
        raise OSError(number, os.strerror(number), str(file)) from None


@contextmanager
def unpacked(file: Path, beside: Path) -> Iterator[Path]:
    """Unpack a backup into a file beside another and yield it; delete it on leaving if still there.

    Raises:
        BackupFailed: on entering, when the backup is damaged.
        OSError: on entering, when it cannot be read, or the folder cannot be written to.
    """
    with scratch(beside) as copy:
        try:
            with naming(beside), copy.open("wb") as plain, gzip.open(file) as packed:
                shutil.copyfileobj(packed, plain)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise BackupFailed(f"{file} is damaged: it does not unpack") from None
        try:
            with closing(sqlite3.connect(copy)) as database:
                _require_sound(database, file)
        except sqlite3.OperationalError as error:
            raise BackupFailed(f"{file} cannot be read: {error}") from None
        yield copy


def put_in_place(copy: Path, database: Path) -> None:
    """Move a database to a place where an older one may be, which no process may be using.

    Raises:
        BackupFailed: a process is using it.
    """
    if database.exists():
        _settle(database)
    for ending in _LEFTOVERS:
        database.with_name(database.name + ending).unlink(missing_ok=True)
    flush(copy)
    copy.replace(database)
    flush(database.parent)


def _settle(database: Path) -> None:
    """Let SQLite move everything into the one file, so that `_LEFTOVERS` may be deleted.

    Otherwise a crash after they are deleted and before the file is replaced would lose the latest
    games of the old database.
    """
    with closing(sqlite3.connect(database, timeout=1.0)) as old:
        try:
            old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise BackupFailed(f"{database} is in use: {error}") from None
        except sqlite3.DatabaseError:
            return  # damaged beyond reading: there is nothing to keep


def _require_sound(database: sqlite3.Connection, shown: Path) -> None:
    """Make sure that a database passes SQLite's own check.

    Raises:
        BackupFailed: it does not; the text names ``shown``.
    """
    what = damage(database)
    if what is not None:
        raise BackupFailed(f"{shown} is damaged: {what}")
