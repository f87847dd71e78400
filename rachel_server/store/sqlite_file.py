"""The SQLite file of a data folder: its name, and how every connection to it is set up."""

import sqlite3
from pathlib import Path
from typing import Final

DATABASE_FILE: Final = "rachel.db"

PRAGMAS: Final = (
    # Readers, such as `rachel games`, never wait for the writer, nor it for them.
    "PRAGMA journal_mode = WAL",
    # A commit returns once it is on the disk: players are told of actions after that.
    "PRAGMA synchronous = FULL",
    # A commit that has to move the log into the file takes ten times as long: at 16 MB, not at 4.
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA foreign_keys = ON",
)

OWNER_ONLY: Final = 0o600
"""The database holds the seeds of running games: whoever can read it can see every hand."""

LOCK_WAIT_S: Final = 2.0
"""How long another process's lock is waited for."""


def connected(file: Path, lock_wait_s: float = LOCK_WAIT_S) -> sqlite3.Connection:
    """Connect to a database; a statement outside of a transaction is one by itself.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = sqlite3.connect(
        file,
        timeout=lock_wait_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,  # the journal's differ by how many rows they take
    )
    connection.text_factory = decoded
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def decoded(text: bytes) -> str:
    """Return a text that SQLite holds, in which anything else than UTF-8 may stand.

    The driver would refuse the whole query for it.
    """
    return text.decode(errors="replace")
