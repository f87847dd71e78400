"""The revisions of the schema, by the files of the migrations.

They are in the folder ``migrations``: at the top of a checkout, inside the package when installed.
"""

from pathlib import Path
from typing import Final, NamedTuple

_INSTALLED: Final = Path(__file__).parents[1] / "migrations"
_CHECKOUT: Final = Path(__file__).parents[2] / "migrations"


class Migration(NamedTuple):
    """A migration: its revision, such as ``0001``, and its name, such as ``games``."""

    revision: str
    name: str


def migrations_folder() -> Path:
    """Return the folder with ``env.py`` and ``versions``."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def migrations() -> list[Migration]:
    """Return every migration in order, from the names of the files."""
    files = (migrations_folder() / "versions").glob("[0-9]*_*.py")
    parts = sorted(file.stem.partition("_") for file in files)
    return [Migration(revision, name.replace("_", " ")) for revision, _, name in parts]


def head() -> str:
    """Return the revision this Rachel needs: ``0001`` and so on."""
    return migrations()[-1].revision
