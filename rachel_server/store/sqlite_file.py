"""The SQLite file of a data folder: its name, and how every connection to it is set up."""

from typing import Final

DATABASE_FILE: Final = "rachel.db"

PRAGMAS: Final = (
    # Readers, such as `rachel games`, never wait for the writer, nor it for them.
    "PRAGMA journal_mode = WAL",
    # A commit returns once it is on the disk: players are told of actions after that.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

OWNER_ONLY: Final = 0o600
"""The database holds the seeds of running games: whoever can read it can see every hand."""

LOCK_WAIT_S: Final = 2
"""How long another process's lock is waited for."""


def decoded(text: bytes) -> str:
    """Return a text that SQLite holds, in which anything else than UTF-8 may stand.

    The driver would refuse the whole query for it.
    """
    return text.decode(errors="replace")
