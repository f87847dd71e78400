"""Which terminal of this machine plays from a kept seat: two of them would fight for it."""

from contextlib import suppress
from pathlib import Path
from typing import TextIO


class SeatInUse(Exception):  # noqa: N818 - says what is the matter
    """Another terminal of this machine plays from the seat."""


class SeatLock:
    """Holds the seat that is kept under a key, until `release` or the end of the process.

    Where the system has no file locks, or the folder cannot be written, nothing is held.

    Raises:
        SeatInUse: another terminal holds it.
    """

    def __init__(self, seats_path: Path, key: str) -> None:
        self._file: TextIO | None = None
        try:
            import fcntl
        except ImportError:
            return
        from hashlib import sha256  # its library is large, and most players have left no game

        name = f"{seats_path.stem}-{sha256(key.encode()).hexdigest()[:12]}.lock"
        with suppress(OSError):
            seats_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = seats_path.with_name(name).open("a")
        if self._file is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise SeatInUse(key) from None
        except OSError:
            self.release()

    def release(self) -> None:
        """Let others have the seat."""
        if self._file is not None:
            self._file.close()
            self._file = None


def is_held(seats_path: Path, key: str) -> bool:
    """Tell whether another terminal of this machine plays from the seat kept under a key."""
    try:
        SeatLock(seats_path, key).release()
    except SeatInUse:
        return True
    return False
