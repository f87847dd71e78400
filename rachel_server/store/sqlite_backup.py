"""Copies of a SQLite database: taken while a server writes, compressed, and put back."""

import gzip
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from rachel_server.store.backup_files import BackupFailed, flush

_PATIENCE_S: Final = 10.0
_LEFTOVERS: Final = ("-wal", "-shm", "-journal")


def dump_sqlite(database: Path, file: Path) -> None:
    """Write a compressed copy of a database, as of one moment, into a file that is there.

    Raises:
        BackupFailed: the database is damaged.
        sqlite3.Error: it cannot be read.
        OSError: the copy cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=f"{file.name}.", dir=file.parent) as folder:
        copy = Path(folder) / "copy"
        with (
            closing(sqlite3.connect(database, timeout=_PATIENCE_S)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
            _require_sound(target, database)
        with copy.open("rb") as plain, gzip.open(file, "wb") as packed:
            shutil.copyfileobj(plain, packed)


@contextmanager
def unpacked(file: Path, folder: Path) -> Iterator[Path]:
    """Yield the database in a backup as a file in a folder, which is gone or moved in the end.

    Raises:
        BackupFailed: on entering, when the backup is damaged.
        OSError: on entering, when it cannot be read, or the folder cannot be written to.
    """
    descriptor, name = tempfile.mkstemp(".restoring", "rachel.db.", folder)
    copy = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "wb") as plain, gzip.open(file) as packed:
                shutil.copyfileobj(packed, plain)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise BackupFailed(f"{file} is damaged: it does not unpack") from None
        try:
            with closing(sqlite3.connect(copy)) as database:
                _require_sound(database, file)
        except sqlite3.DatabaseError as error:
            raise BackupFailed(f"{file} is damaged: {error}") from None
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def put_in_place(copy: Path, database: Path) -> None:
    """Put a database where another may be; nobody may be using that one.

    Raises:
        BackupFailed: somebody is.
    """
    if database.exists():
        _settle(database)
    for ending in _LEFTOVERS:
        database.with_name(database.name + ending).unlink(missing_ok=True)
    flush(copy)
    copy.replace(database)
    flush(database.parent)


def _settle(database: Path) -> None:
    """Let SQLite move everything into the one file, so that its others may be deleted.

    Without that a crash between deleting them and replacing the file would cost its latest games.
    """
    with closing(sqlite3.connect(database, timeout=1.0)) as old:
        try:
            old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise BackupFailed(f"{database} is in use: {error}") from None
        except sqlite3.DatabaseError:
            return  # so damaged that nothing can be lost


def _require_sound(database: sqlite3.Connection, shown: Path) -> None:
    with suppress(sqlite3.DatabaseError):
        if database.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]:
            return
    raise BackupFailed(f"{shown} is damaged")
