"""Checks whether there is a recent backup."""

import os
import time
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import URL

from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, passed, warned
from rachel_server.store.backup_files import DIRECTIVE, BackupKind, backup_kind
from rachel_server.store.database_url import sqlite_file

_AGE_MAX_H: Final = 26
"""A day, and some time for writing the backup."""

_HOUR_S: Final = 3600
_OTHERS: Final = 0o007
_CURE: Final = "run rachel backup every day, by cron or a timer, and look at what it says"


class _Copy(NamedTuple):
    """A file that may be a backup.

    Attributes:
        written: when, in Unix time.
        path: where it is.
        trouble: what is wrong with it; None if nothing is.
        other: whether it is no backup of this database at all.
    """

    written: float
    path: Path
    trouble: str | None = None
    other: bool = False


def check_backups(deployment: Deployment) -> Iterator[Finding]:
    """Yield findings about the newest backup; only a restore tells whether it is complete."""
    where = deployment.backups
    if where is None:
        yield warned(
            "backup",
            "not looked at: no folder was named",
            "run rachel backup every day, and name the folder: --backups FOLDER",
        )
        return
    try:
        copies = _copies(where, _kind(deployment.database))
    except OSError as error:
        found = f"{where} cannot be looked at ({error.strerror})"
        yield deployment.grave("backup", found, "run this as the user who writes the backups")
        return
    if not copies:
        yield deployment.grave("backup", f"there is none: {where}", _CURE)
        return
    newest = max(copies, key=lambda copy: copy.written)
    age_h = (time.time() - newest.written) / _HOUR_S
    if newest.trouble:
        yield deployment.grave("backup", f"{newest.path} {newest.trouble}", _CURE)
    elif age_h > _AGE_MAX_H:
        found = f"the newest, {newest.path}, is {_age(age_h)} old"
        yield deployment.grave("backup", found, _CURE)
    else:
        yield passed("backup", f"{newest.path} is {_age(age_h)} old")
    if os.name == "posix" and not newest.trouble and newest.path.stat().st_mode & _OTHERS:
        found = f"{newest.path} can be read by everybody on this machine"
        yield deployment.grave("private backup", found, f"chmod o= {newest.path}")


def _copies(where: str, kind: BackupKind | None) -> list[_Copy]:
    """Return the backups in a folder, or all files whose names fit a pattern."""
    if Path(where).is_dir():
        found = [_copy(path, kind) for path in Path(where).iterdir() if not path.is_dir()]
        found = [copy for copy in found if not copy.other]
    else:
        names = glob(DIRECTIVE.sub("*", where))  # noqa: PTH207 - may begin at the root
        found = [_copy(Path(name), kind) for name in names]
    return [copy for copy in found if copy.path.suffix != ".partial"]


def _copy(path: Path, kind: BackupKind | None) -> _Copy:
    try:
        status = path.stat()
        if not status.st_size:
            return _Copy(status.st_mtime, path, "is empty")
        held = backup_kind(path)
    except OSError as error:
        return _Copy(path.lstat().st_mtime, path, f"cannot be read ({error.strerror})")
    if held is None:
        return _Copy(status.st_mtime, path, "is no backup", other=True)
    if kind is not None and held is not kind:
        return _Copy(status.st_mtime, path, "is of another kind of database", other=True)
    return _Copy(status.st_mtime, path)


def _kind(url: URL | None) -> BackupKind | None:
    if url is None:
        return None
    return BackupKind.POSTGRESQL if sqlite_file(url) is None else BackupKind.SQLITE


def _age(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
