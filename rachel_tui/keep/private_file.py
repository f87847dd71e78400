"""Small JSON files that only their owner may read: seats and logins.

Their content is all that is needed to act as their owner. A file that cannot be read counts as
empty: to lose a seat or a login is better than not to start.
"""

import json
import os
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs

from rachel_tui.keep.kept_file import read_kept

NOWHERE = Path(os.devnull, "no home folder")
"""A folder that there is nowhere: nothing is found there, and writing raises OSError."""


_BYTES_MAX: Final = 1024 * 1024


def user_folder(kind: Literal["data", "config"]) -> Path:
    """Return this user's folder for Rachel's files of a kind.

    For a user without a home folder it is one where nothing can be read or written.
    """
    try:
        path = platformdirs.user_data_path if kind == "data" else platformdirs.user_config_path
        return path("rachel")
    except RuntimeError:
        return NOWHERE


def read_private(path: Path) -> dict[str, Any]:
    """Return the object in a file; an empty one when there is no file, or no object in it."""
    try:
        content = json.loads(read_kept(path, _BYTES_MAX))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Put ``content`` into a file, as `replace_file` does.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    replace_file(path, json.dumps(content, indent=1))


def replace_file(path: Path, text: str) -> None:
    """Put ``text`` into a file, in one step, with mode 0600; folders are made as needed.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The draft is in the same folder, so that replacing the file is one step. O_EXCL: the draft is
    # ours and not a file or link that another user has put there.
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def drop_private(path: Path, key: str) -> None:
    """Take one entry out of a file, if it is there.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    content = read_private(path)
    if content.pop(key, None) is not None:
        write_private(path, content)
