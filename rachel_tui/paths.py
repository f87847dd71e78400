"""Where files are, this program among them, as people read and type it."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path


def path_text(path: Path) -> str:
    """Return a path that begins at the root, or at ``~`` where it is in the home folder."""
    try:
        path = path.absolute()
        return str(Path("~") / path.relative_to(Path.home()))
    except (FileNotFoundError, RuntimeError, ValueError):
        # The folder that we are in may have been deleted; there may be no home, or it is elsewhere.
        return str(path)


def named_path(file: str) -> Path:
    """Return the file that a player names for a record, to write it or to find it again.

    The client may have been started anywhere, by an icon or in the folder of its source: what has
    no folder belongs where its player finds it.
    """
    path = Path(file).expanduser()
    if os.sep in file:
        return path
    with suppress(RuntimeError):  # there is no home folder
        return Path.home() / path
    return path


def command_text(arguments: str) -> str:
    """Return the command that a player types here for ``rachel`` with some arguments.

    After `make play` no folder of PATH has it: then its path is named, from the folder that we are
    in if it is there.
    """
    beside = shutil.which("rachel", path=Path(sys.executable).parent)
    if beside is None or shutil.which("rachel") is not None:
        return f"rachel {arguments}"
    with suppress(FileNotFoundError, ValueError):
        return f"{Path(beside).relative_to(Path.cwd())} {arguments}"
    return f"{path_text(Path(beside))} {arguments}"
