"""The name to play under: the last one used, or else the name of the machine's user."""

import getpass
from pathlib import Path

from rachel.text import ascii_name
from rachel_tui.keep.private_file import user_folder


def default_path() -> Path:
    """Return where this user's last name is kept."""
    return user_folder("data") / "name.txt"


def last_name(path: Path) -> str | None:
    """Return the name used last, None when no name can be read."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return ascii_name(text) if text else None


def keep_name(path: Path, name: str) -> None:
    """Keep ``name`` for the next time. Where the file cannot be written, the name is not kept."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(f"{ascii_name(name)}\n", encoding="utf-8")
    except OSError:
        return


def login_name() -> str:
    """Return the name of the machine's user, as a player's name."""
    try:
        return ascii_name(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return ascii_name("")
