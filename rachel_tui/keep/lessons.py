"""Which lessons are done, kept on this machine."""

import os
from pathlib import Path

from rachel_tui.keep.private_file import read_private, user_folder, write_private

_KEY = "done"


def default_path() -> Path:
    """Return where this user's progress is kept."""
    return user_folder("data") / "lessons.json"


class Progress:
    """The lessons that are done.

    A file that cannot be read is left as it is. Where nothing can be kept, what is done is known
    until the end of the process.

    Attributes:
        done: the keys of these lessons.
        trouble: why nothing is kept, in a sentence; empty where it is.
    """

    def __init__(self, path: Path | None) -> None:
        """Read what is kept in a file; with None nothing is kept."""
        self.done: set[str] = set()
        self.trouble = ""
        self._path = path
        if path is not None and os.path.lexists(path):
            kept = read_private(path).get(_KEY)
            if isinstance(kept, list):
                self.done.update(key for key in kept if isinstance(key, str))
            else:
                self._keep_no_more(f"{path} cannot be read")

    def finish(self, key: str) -> None:
        """Keep that a lesson is done."""
        self.done.add(key)
        if self._path is not None:
            try:
                write_private(self._path, {_KEY: sorted(self.done)})
            except OSError:
                self._keep_no_more(f"{self._path} cannot be written")

    def _keep_no_more(self, why: str) -> None:
        self._path = None
        self.trouble = f"Which lessons are done is not kept: {why}."
