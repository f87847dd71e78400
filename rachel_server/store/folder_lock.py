"""Whether a server runs on a data folder: asked without loading what runs one."""

from pathlib import Path
from typing import Final

LOCK_FILE: Final = "lock"
"""What a server holds in its data folder."""


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
