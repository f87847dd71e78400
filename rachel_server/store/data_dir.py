"""The server's data folder: its lock, its key, and the ports file that scripts read."""

import json
import os
from pathlib import Path
from typing import Final, Self

from filelock import FileLock, Timeout

from rachel_server.ops.settings import SECRET_KEY_LENGTH_MIN, Secret, fresh_secret

PORTS_FILE: Final = "ports.json"
KEY_FILE: Final = "secret_key_base"

_OWNER_ONLY: Final = 0o600


class DataDirInUse(Exception):  # noqa: N818 - says what is the matter
    """Another server runs on the data folder."""


class DataDir:
    """A data folder, held by one server at a time. A context manager.

    Raises:
        DataDirInUse: on entering, when another process holds it.
        OSError: on entering, when the folder cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / "lock")

    def __enter__(self) -> Self:
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise DataDirInUse(f"another server is running on {self.path}") from None
        self.withdraw_ports()
        return self

    def __exit__(self, *exc: object) -> None:
        self.withdraw_ports()
        self._lock.release()

    def secret_key_base(self) -> Secret:
        """Return the key kept in the folder, readable by its owner only; make it if need be."""
        file = self.path / KEY_FILE
        key = file.read_text().strip() if file.exists() else ""
        if len(key) < SECRET_KEY_LENGTH_MIN:
            key = fresh_secret()
            partial = self.path / f"{KEY_FILE}.new"
            partial.unlink(missing_ok=True)
            with os.fdopen(
                os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w"
            ) as new:
                new.write(key + "\n")
            partial.replace(file)
        return Secret(key)

    def publish_ports(self, ports: dict[str, list[int]]) -> None:
        """Write the ports in use, whole or not at all."""
        partial = self.path / f"{PORTS_FILE}.new"
        partial.write_text(json.dumps(ports) + "\n")
        partial.replace(self.path / PORTS_FILE)

    def withdraw_ports(self) -> None:
        """Remove the ports file: nobody listens."""
        (self.path / PORTS_FILE).unlink(missing_ok=True)
