"""Where files are, as people read it."""

from pathlib import Path


def path_text(path: Path) -> str:
    """Return a path that begins at the root, or at ``~`` where it is in the home folder."""
    try:
        path = path.absolute()
        return str(Path("~") / path.relative_to(Path.home()))
    except (FileNotFoundError, RuntimeError, ValueError):
        # The folder that we are in may have been deleted; there may be no home, or it is elsewhere.
        return str(path)
