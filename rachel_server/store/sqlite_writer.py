"""Writes the journal's rows to a SQLite file, a host's or a solo game's.

The event loop and the thread that writes share one interpreter, and each statement is a moment in
which the thread may have to wait for it, up to five milliseconds. So a batch of actions, as most
are, is a single statement, which is a transaction by itself.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Final

from rachel_server.store.group_writer import GroupWriter
from rachel_server.store.rating import rate_games
from rachel_server.store.refusal import BadRow
from rachel_server.store.rows import ActionRow, Row, Rows
from rachel_server.store.signed_words import signed, unsigned
from rachel_server.store.sqlite_file import LOCK_WAIT_S, connected

_ACTIONS: Final = "INSERT INTO actions (game, turn, seat, action, state_hash) VALUES "
_ACTIONS_MAX: Final = 150
"""How many rows one statement takes: five values each, and older SQLites take 999."""
_TABLES: Final = {"tokens": "seats", "ends": "games", "places": "seats"}
"""Where `Rows` changes rows; its other lists are new rows of the tables of their names."""
_KEYS: Final = {"of_game": {"games": "id", "seats": "game"}, "of_seat": {"seats": "seat"}}
_ACCOUNT: Final = "(SELECT id FROM accounts WHERE id = :of_account)"
"""Whoever deleted their account meanwhile plays on as a guest."""


class SqliteWriter(GroupWriter[sqlite3.Connection]):
    """Writes over a connection of its own."""

    def __init__(self, file: Path, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self._file = file
        self._lock_wait_s = lock_wait_s
        self._connection: sqlite3.Connection | None = None

    def trouble(self, error: BaseException) -> str:
        """Return why the database failed, in one line."""
        from rachel_server.store.trouble import trouble

        return trouble(error, self._file)

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connected(self._file, self._lock_wait_s)
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _transaction(
        self, connection: sqlite3.Connection, rows: Rows
    ) -> AbstractContextManager[object]:
        if rows.only_actions and len(rows) <= _ACTIONS_MAX:
            return nullcontext()
        return _undone_unless("COMMIT", "ROLLBACK", "BEGIN", connection)

    def _step(self, connection: sqlite3.Connection) -> AbstractContextManager[object]:
        back = "ROLLBACK TO step; RELEASE step"
        return _undone_unless("RELEASE step", back, "SAVEPOINT step", connection)

    def _insert_actions(self, connection: sqlite3.Connection, rows: list[ActionRow]) -> None:
        for start in range(0, len(rows), _ACTIONS_MAX):
            values: list[object] = []
            some = rows[start : start + _ACTIONS_MAX]
            for game, turn, seat, action, state_hash in some:
                values += (game, signed(turn), seat, action, signed(state_hash))
            connection.execute(_ACTIONS + ", ".join(["(?, ?, ?, ?, ?)"] * len(some)), values)

    def _send(self, connection: sqlite3.Connection, name: str, rows: list[Row]) -> int:
        if name == "games":
            rows = [row | {"seed": signed(row["seed"])} for row in rows]
        return connection.executemany(_statement(name, rows[0]), rows).rowcount

    def _rate(self, connection: sqlite3.Connection, finished: Sequence[str]) -> None:
        rate_games(partial(_ask, connection), finished)

    def _secret(self, connection: sqlite3.Connection, game: str) -> tuple[int, bytes] | None:
        asked = "SELECT seed, nonce FROM games WHERE id = ?"
        for seed, nonce in connection.execute(asked, (game,)):
            return unsigned(seed), nonce
        return None

    def _actions(
        self, connection: sqlite3.Connection, game: str, first: int, last: int
    ) -> list[ActionRow]:
        taken = connection.execute(
            "SELECT game, turn, seat, action, state_hash FROM actions"
            " WHERE game = ? AND turn BETWEEN ? AND ? ORDER BY turn",
            (game, first, last),
        )
        return [(*row, unsigned(state_hash)) for *row, state_hash in taken]

    def _is_bad_row(self, error: BaseException) -> bool:
        ours = BadRow | ValueError | TypeError | OverflowError
        theirs = sqlite3.IntegrityError | sqlite3.DataError | sqlite3.InterfaceError
        return isinstance(error, ours | theirs | sqlite3.ProgrammingError)


@contextmanager
def _undone_unless(
    done: str, undo: str, begin: str, connection: sqlite3.Connection
) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute(done)
    except BaseException:
        if connection.in_transaction:  # SQLite undoes one itself when its disk is full
            for statement in undo.split(";"):
                connection.execute(statement)
        raise


def _statement(name: str, row: Row) -> str:
    """Return the statement that writes a row which `Rows` has under a name."""
    columns = {column: f":{column}" for column in row if not column.startswith("of_")}
    table = _TABLES.get(name)
    if table is None:
        if "of_account" in row:
            columns["account"] = _ACCOUNT
        return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"
    changes = ", ".join(f"{column} = {value}" for column, value in columns.items())
    keys = [f"{_KEYS[key][table]} = :{key}" for key in row if key in _KEYS]
    return f"UPDATE {table} SET {changes} WHERE {' AND '.join(keys)}"


def _ask(
    connection: sqlite3.Connection, statement: str, values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    return connection.execute(statement, values).fetchall()
