"""The server's data folder: its lock, and the ports file that scripts read."""

import json
import tempfile
import time
from pathlib import Path
from typing import Final, Self

from filelock import FileLock, Timeout

from rachel_server.store.backup_files import sweep
from rachel_server.store.folder_lock import JOURNAL_LOCK_FILE, LOCK_FILE, LOCK_MODE
from rachel_server.store.sqlite_file import DATABASE_FILE

PORTS_FILE: Final = "ports.json"
LAST_BACKUP_FILE: Final = "last-backup"
"""Was written when `rachel backup` last succeeded; it is empty."""

_FOLDER_MODE: Final = 0o700
_LAST_WRITES_S: Final = 5.0
"""How long the journal's process of a server that was killed is waited for."""


def ssh_host_key_files(data_dir: Path) -> dict[str, Path]:
    """Return the files with the keys by which SSH clients know this host, by their algorithm."""
    return {
        "ssh-ed25519": data_dir / "ssh_host_ed25519_key",
        "ssh-rsa": data_dir / "ssh_host_rsa_key",  # for old clients
    }


class DataDirInUse(Exception):  # noqa: N818 - says what is the matter
    """Another server runs on the data folder."""


class DataDir:
    """A data folder, held by one server at a time, and for its user only. A context manager.

    Raises:
        DataDirInUse: on entering, when another process holds it.
        OSError: on entering, when the folder cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / LOCK_FILE, mode=LOCK_MODE)

    def __enter__(self) -> Self:
        self.path.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise DataDirInUse(f"another server is running on {self.path}") from None
        try:
            with FileLock(self.path / JOURNAL_LOCK_FILE, mode=LOCK_MODE, timeout=_LAST_WRITES_S):
                pass
        except Timeout:
            self._lock.release()
            raise DataDirInUse(
                f"a server that was killed is still writing to {self.path}; try again in a moment"
            ) from None
        self.withdraw_ports()
        sweep(self.path)
        return self

    def __exit__(self, *exc: object) -> None:
        self.withdraw_ports()
        self._lock.release()

    def publish_ports(self, ports: dict[str, list[int]]) -> None:
        """Write the ports in use, whole or not at all."""
        partial = self.path / f"{PORTS_FILE}.new"
        partial.write_text(json.dumps(ports) + "\n")
        partial.replace(self.path / PORTS_FILE)

    def withdraw_ports(self) -> None:
        """Remove the ports file, because no port is open any more."""
        (self.path / PORTS_FILE).unlink(missing_ok=True)


def note_backup(path: Path) -> None:
    """Note in a data folder that a backup has just been written, for the server's metrics.

    Raises:
        OSError: the folder is missing, or cannot be written to.
    """
    (path / LAST_BACKUP_FILE).unlink(missing_ok=True)  # it may be another user's
    (path / LAST_BACKUP_FILE).touch()


def last_backup(path: Path) -> float:
    """Return when a backup was noted last, in Unix time; 0 if never."""
    try:
        return (path / LAST_BACKUP_FILE).stat().st_mtime
    except OSError:
        return 0.0


def set_games_aside(path: Path) -> None:
    """Move the database in a data folder, if there is one, into a new folder within it.

    Raises:
        DataDirInUse: a server runs on the folder.
        OSError: a file cannot be moved.
    """
    with DataDir(path):
        files = list(path.glob(f"{DATABASE_FILE}*"))
        if files:
            aside = Path(tempfile.mkdtemp(prefix=time.strftime("set-aside-%Y%m%d-"), dir=path))
            for file in files:
                file.rename(aside / file.name)
