"""What goes wrong with files and databases, in one line: where, what, and what to do about it."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from rachel_server.store.backup_files import BackupFailed
from rachel_server.store.data_dir import DataDirInUse
from rachel_server.store.database_url import sqlite_file
from rachel_server.store.migrate import TooManySteps, UnknownSchema, WrongEncoding
from rachel_server.store.ready import OlderSchema
from rachel_server.store.refusal import reason
from rachel_server.store.server_lock import DatabaseInUse
from rachel_server.store.soundness import DatabaseDamaged

REFUSALS: Final = (
    *(BackupFailed, DataDirInUse, DatabaseDamaged, DatabaseInUse),
    *(OlderSchema, TooManySteps, UnknownSchema, WrongEncoding),
)
"""What the store raises by itself: the text of each is such a line already."""

TROUBLES: Final = (*REFUSALS, OSError, SQLAlchemyError, sqlite3.Error)
"""What `trouble` has a line for."""

UNREADABLE: Final = (DatabaseDamaged, UnknownSchema)
"""Those of them after which a database will never be of use to this Rachel."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_OURS: Final = frozenset({errno.EACCES, errno.EPERM})
_SQLITE_NOT_OURS: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_SQLITE_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def trouble(error: BaseException, where: URL | Path) -> str:
    """Return what went wrong in one line; it holds no password.

    Args:
        error: one of `TROUBLES`.
        where: the database, or the file or folder that was being written.
    """
    file = where if isinstance(where, Path) else sqlite_file(where)
    if isinstance(error, OSError):
        unnamed = file if error.errno in _NO_ROOM | {errno.EROFS, errno.EIO} else None
        named = Path(error.filename) if isinstance(error.filename, str) else unnamed
        if named is None or error.strerror is None:
            return reason(error)
        return f"{named}: {error.strerror.lower()}{_cure(error.errno, named)}"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(cause, sqlite3.Error) and file is not None:
        # Of an extended code the low byte is the primary one. The driver has none for its own.
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code in _SQLITE_DAMAGED:
            return str(DatabaseDamaged(file, str(cause)))
        number = {sqlite3.SQLITE_FULL: errno.ENOSPC} | dict.fromkeys(_SQLITE_NOT_OURS, errno.EACCES)
        return f"{file}: {reason(cause)}{_cure(number.get(code), file)}"
    if isinstance(error, SQLAlchemyError):
        return f"the database cannot be used: {reason(error)}"
    return str(error)


def _cure(number: int | None, file: Path) -> str:
    """Return what to do about an error of the operating system, as the end of a sentence."""
    if number in _NO_ROOM:
        return "; make room on its disk"
    if number == errno.EROFS:
        return "; its disk is mounted read-only"
    if number in _NOT_OURS:
        return f"; {_who(file)}"
    return ""


def _who(file: Path) -> str:
    """Return who may use a file: the owner of it, or of the nearest folder that can be seen."""
    for path in (file, *file.absolute().parents):
        try:
            if path.stat().st_uid == os.geteuid():
                break
            return f"run this as its owner, {path.owner()}"
        except (OSError, KeyError, NotImplementedError):
            continue
    return f"you may not: chmod u+rwX {path} lets you"
