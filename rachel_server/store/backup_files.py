"""The files of backups: written whole or not at all, told apart, and deleted after some days."""

import fcntl
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Final

SCRATCH: Final = ".rachel.partial"
"""How the names of files end that are not whole yet."""

DIRECTIVE: Final = re.compile(r"%[A-Za-z]")
"""What stands for a part of the date in the pattern of a name: ``%Y`` and the like."""
ALWAYS_KEPT: Final = 7
"""How many backups stay beside a new one, however old they are."""
_DAY_S: Final = 86_400


class BackupFailed(Exception):  # noqa: N818 - says what is the matter
    """A backup cannot be written or restored; the text says why in one line."""


class BackupKind(Enum):
    """The kind of database a backup is of; the value is how such a file begins."""

    SQLITE = b"\x1f\x8b"
    """A SQLite database, compressed with gzip."""

    POSTGRESQL = b"PGDMP"
    """What pg_dump writes in its custom format."""


def backup_kind(file: Path) -> BackupKind | None:
    """Return the kind of a backup by its first bytes, None if the file is no backup.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        beginning = stream.read(max(len(kind.value) for kind in BackupKind))
    return next((kind for kind in BackupKind if beginning.startswith(kind.value)), None)


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """Yield an empty file beside ``file``, for its owner only, that replaces ``file`` on leaving.

    From then on it survives a power cut. If the context raises, ``file`` is as it was.

    Raises:
        BackupFailed: on entering, when ``file`` exists and is no backup, or its folder is missing.
        OSError: on entering, when the folder cannot be written to.
    """
    if file.exists() and (not file.is_file() or backup_kind(file) is None):
        raise BackupFailed(f"{file} is there already and is no backup; choose another name")
    if not file.parent.is_dir():
        raise BackupFailed(f"there is no folder {file.parent}; make it first")
    with scratch(file) as partial:
        with naming(file):
            yield partial
        flush(partial)
        partial.replace(file)
    # The contents were flushed before the renaming; now the folder, which holds the new name.
    flush(file.parent)


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """Yield an empty file beside another, for its owner only; delete it on leaving if still there.

    Raises:
        OSError: on entering, when the folder cannot be written to.
    """
    sweep(beside.parent)
    while True:
        descriptor, name = tempfile.mkstemp(SCRATCH, f"{beside.name}.", beside.parent)
        mine = Path(name)
        if _hold(descriptor) and mine.exists():
            break
        os.close(descriptor)  # another process has just taken it for left
    try:
        yield mine
    finally:
        mine.unlink(missing_ok=True)
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Delete what killed processes have left of `scratch` in a folder.

    A file is in use while somebody has its lock.
    """
    for left in folder.glob(f"*{SCRATCH}"):
        with suppress(OSError), left.open("rb") as stream:
            if _hold(stream.fileno()):
                left.unlink()


def _hold(descriptor: int) -> bool:
    """Lock a file for as long as it is open; tell whether nobody else has done so."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Name a file in errors that name none: a full disk comes without a name."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(file)
        raise


def flush(path: Path) -> None:
    """Wait until the contents of a file, or the list of a folder's files, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def dated(pattern: Path, now: datetime) -> Path:
    """Return a file name with ``%Y%m%d`` and the like replaced by parts of the date."""
    if not DIRECTIVE.search(pattern.name):
        return pattern
    return pattern.with_name(now.strftime(pattern.name))


def expired(pattern: Path, written: Path, days: int) -> list[Path]:
    """Return the files named after a pattern that were last written more than ``days`` ago.

    The `ALWAYS_KEPT` that were written last are never among them, whatever the clock says.

    Args:
        pattern: the pattern that `dated` filled in.
        written: the file that is being written now, which is not looked at.
        days: days of 24 hours.

    Raises:
        BackupFailed: the pattern has no date, or one that cannot be read back from a name.
    """
    if not DIRECTIVE.search(pattern.name) or not _has_name(written, pattern):
        raise BackupFailed(
            "old backups are known by the date in their names, such as rachel-%Y%m%d-%H%M.dump"
        )
    oldest = time.time() - days * _DAY_S
    others = sorted(
        (file.stat().st_mtime, file)
        for file in pattern.parent.iterdir()
        if file != written and _has_name(file, pattern) and file.is_file()
    )
    return [file for at, file in others[:-ALWAYS_KEPT] if at < oldest]


def _has_name(file: Path, pattern: Path) -> bool:
    try:
        time.strptime(file.name, pattern.name)
    except ValueError:
        return False
    return True
