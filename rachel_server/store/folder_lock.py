"""Whether a server runs on a data folder: asked without loading what runs one."""

import os
from pathlib import Path
from typing import Final

LOCK_FILE: Final = "lock"
"""What a server holds in its data folder."""
JOURNAL_LOCK_FILE: Final = "journal-lock"
"""What the process that writes a server's journal holds: it may outlive a server that is killed."""
LOCK_MODE: Final = 0o600
"""Whoever may open a lock can take it, and keep a server from starting."""


def is_held(folder: Path) -> bool:
    """Tell whether a server runs on a data folder; False where the system cannot tell."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        with (folder / LOCK_FILE).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class JournalLock:
    """The lock on the journal in a data folder, held until this process ends."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / JOURNAL_LOCK_FILE
        self._descriptor: int | None = None

    def hold(self) -> None:
        """Take the lock, unless it is held here; wait for another process that holds it.

        Raises:
            OSError: the lock cannot be made.
        """
        if self._descriptor is None:
            import fcntl

            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, LOCK_MODE)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._descriptor = descriptor
