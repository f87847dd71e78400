"""The store of a solo game: a host's tables in its file, without what only a host needs.

SQLAlchemy and Alembic would take as much memory as all the rest of a solo game, and its first card
would wait for them (docs/ARCHITECTURE.md, Databases).
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from rachel_server.core.entries import ABANDONED_KEPT_S, GameStatus, StoredGame
from rachel_server.store.group_writer import GroupWriter
from rachel_server.store.refusal import BadRow, UnreadableGame, reason
from rachel_server.store.revisions import head, migrations_folder
from rachel_server.store.rows import Row
from rachel_server.store.soundness import require_sound, warn_of_lost
from rachel_server.store.sqlite_file import LOCK_WAIT_S, OWNER_ONLY, PRAGMAS, decoded
from rachel_server.store.stored_rows import ColumnType, require_types, signed, stored_game, unsigned

GAMES: Final = (
    ColumnType("id", str, False),
    ColumnType("game_id", int, False),
    ColumnType("room", str, False),
    ColumnType("public", bool, False),
    ColumnType("status", str, False),
    ColumnType("quarantine_reason", str, True),
    ColumnType("seed", int, False),
    ColumnType("nonce", bytes, False),
    ColumnType("commitment", str, False),
    ColumnType("turn_time_s", float, True),
    ColumnType("bot_level", str, False),
    ColumnType("started_at", float, False),
    ColumnType("finished_at", float, True),
    ColumnType("watch", bool, True),
)
SEATS: Final = (
    ColumnType("game", str, False),
    ColumnType("seat", int, False),
    ColumnType("name", str, False),
    ColumnType("bot_level", str, True),
    ColumnType("token_hash", bytes, True),
    ColumnType("platform", int, False),
    ColumnType("look", bytes, False),
    ColumnType("place", int, True),
    ColumnType("account", int, True),
    ColumnType("cards_left", int, True),
    ColumnType("attack_dealt", int, True),
    ColumnType("attack_taken", int, True),
)
ACTIONS: Final = (
    ColumnType("game", str, False),
    ColumnType("turn", int, False),
    ColumnType("seat", int, False),
    ColumnType("action", str, False),
    ColumnType("state_hash", int, False),
)
"""The columns of the tables, which a test holds to the schema."""

_UNSIGNED: Final = {"seed", "state_hash"}
"""Columns with 64 bits without a sign, in which SQLite sees one."""

_TABLES: Final = {"tokens": "seats", "ends": "games", "places": "seats"}
"""Where `Rows` changes rows; its other lists are new rows of the tables of their names."""
_KEYS: Final = {"of_game": {"games": "id", "seats": "game"}, "of_seat": {"seats": "seat"}}

_log = logging.getLogger(__name__)


def prepare(file: Path, now: float) -> None:
    """Make the database in a solo game's folder ready, which nobody else uses.

    A new file gets the tables as the migrations have left them; an older one is migrated. Games
    abandoned long before ``now``, a Unix time, are deleted.

    Raises:
        DatabaseDamaged: it is damaged; the text says how to put a backup in its place.
        UnknownSchema: a newer Rachel made it.
        sqlite3.Error: it cannot be read or written.
        OSError: it cannot be created.
    """
    warn_of_lost(require_sound(file))
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    with closing(_connected(file)) as connection:
        is_new = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if is_new:
            connection.executescript((migrations_folder() / "sqlite.sql").read_text())
    if not is_new and _revision(file) != head():
        from rachel_server.store.database_url import sqlite_url
        from rachel_server.store.migrate import upgrade

        upgrade(sqlite_url(file.parent))
    with closing(_connected(file)) as connection:
        old = GameStatus.ABANDONED.value, now - ABANDONED_KEPT_S
        connection.execute("DELETE FROM games WHERE status = ? AND finished_at <= ?", old)


class SoloWriter(GroupWriter[sqlite3.Connection]):
    """Writes the journal of a solo game. It knows no accounts, and so no ratings."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def trouble(self, error: BaseException) -> str:
        """Return why the database failed, in one line."""
        from rachel_server.store.trouble import trouble

        return trouble(error, self._file)

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _connected(self._file)
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _transaction(self, connection: sqlite3.Connection) -> AbstractContextManager[object]:
        return _undone_unless("COMMIT", "ROLLBACK", "BEGIN", connection)

    def _step(self, connection: sqlite3.Connection) -> AbstractContextManager[object]:
        back = "ROLLBACK TO step; RELEASE step"
        return _undone_unless("RELEASE step", back, "SAVEPOINT step", connection)

    def _send(self, connection: sqlite3.Connection, name: str, rows: list[Row]) -> int:
        return connection.executemany(_statement(name, rows[0]), map(_signed, rows)).rowcount

    def _rate(self, connection: sqlite3.Connection, finished: Sequence[str]) -> None:
        pass

    def _secret(self, connection: sqlite3.Connection, game: str) -> tuple[int, bytes] | None:
        for row in _rows(connection, GAMES, "games WHERE id = ?", game):
            return row["seed"], row["nonce"]
        return None

    def _actions(
        self, connection: sqlite3.Connection, game: str, first: int, last: int
    ) -> list[Row]:
        which = "actions WHERE game = ? AND turn BETWEEN ? AND ? ORDER BY turn"
        return list(_rows(connection, ACTIONS, which, game, first, last))

    def _is_bad_row(self, error: BaseException) -> bool:
        ours = BadRow | ValueError | TypeError | OverflowError
        theirs = sqlite3.IntegrityError | sqlite3.DataError | sqlite3.InterfaceError
        return isinstance(error, ours | theirs | sqlite3.ProgrammingError)


class SoloGames:
    """The games in a solo game's folder, as `Recovery` asks for them."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def running(self, ended_since: float) -> list[StoredGame]:
        """Return the games that are being played, or have ended since, the oldest first.

        A game that cannot be read is logged and quarantined.
        """
        which = "status = ? OR (status = ? AND finished_at >= ?) ORDER BY started_at, id"
        values = GameStatus.PLAYING.value, GameStatus.FINISHED.value, ended_since
        with closing(_connected(self._file)) as connection:
            names = connection.execute(f"SELECT id FROM games WHERE {which}", values).fetchall()
        found = []
        for (name,) in names:
            try:
                found.append(await self.game(name))
            except UnreadableGame as unread:
                _log.error("game %s is set aside: %s", name, unread)
                await self.quarantine(name, str(unread))
        return [game for game in found if game is not None]

    async def game(self, game: str) -> StoredGame | None:
        """Return a game that is being played or has come to its end; None if there is none such.

        Raises:
            UnreadableGame: it cannot be read.
            sqlite3.Error: the database fails.
        """
        return await asyncio.to_thread(self._game, game)

    async def quarantine(self, game: str, why: str) -> None:
        """Set a running game aside for good, and remember why it cannot be played on."""
        await asyncio.to_thread(self._quarantine, game, why)

    def _game(self, game: str) -> StoredGame | None:
        try:
            with closing(_connected(self._file)) as connection:
                starts = list(_rows(connection, GAMES, "games WHERE id = ?", game))
                sitting = list(_rows(connection, SEATS, "seats WHERE game = ? ORDER BY seat", game))
                turns = "actions WHERE game = ? ORDER BY turn"
                taken = list(_rows(connection, ACTIONS, turns, game))
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise UnreadableGame(game, reason(error)) from None  # the file is malformed there
        alive = GameStatus.PLAYING.value, GameStatus.FINISHED.value
        if not starts or starts[0]["status"] not in alive:
            return None
        require_types(game, GAMES, starts)
        require_types(game, SEATS, sitting)
        return stored_game(starts[0], sitting, [tuple(row.values())[1:] for row in taken])

    def _quarantine(self, game: str, why: str) -> None:
        aside = "UPDATE games SET status = ?, quarantine_reason = ? WHERE id = ? AND status = ?"
        values = GameStatus.QUARANTINED.value, why, game, GameStatus.PLAYING.value
        with closing(_connected(self._file)) as connection:
            connection.execute(aside, values)


def _connected(file: Path) -> sqlite3.Connection:
    """Connect to the database; a statement outside of a transaction is one by itself."""
    connection = sqlite3.connect(
        file, timeout=LOCK_WAIT_S, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = decoded
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def _revision(file: Path) -> str | None:
    """Return the revision of a database that has tables, None if it does not say."""
    with closing(_connected(file)) as connection, suppress(sqlite3.OperationalError):
        for (revision,) in connection.execute("SELECT version_num FROM alembic_version"):
            return str(revision)
    return None


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
    columns = [column for column in row if not column.startswith("of_")]
    table = _TABLES.get(name)
    if table is None:
        values = ", ".join(f":{column}" for column in columns)
        return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})"
    changes = ", ".join(f"{column} = :{column}" for column in columns)
    keys = [f"{_KEYS[key][table]} = :{key}" for key in row if key in _KEYS]
    return f"UPDATE {table} SET {changes} WHERE {' AND '.join(keys)}"


def _signed(row: Row) -> Row:
    """Return a row as SQLite takes it.

    Raises:
        ValueError: it holds a number that has too many bits.
    """
    return row | {name: signed(row[name]) for name in _UNSIGNED & row.keys()}


def _rows(
    connection: sqlite3.Connection, columns: Sequence[ColumnType], which: str, *values: object
) -> Iterator[Row]:
    """Yield rows by the names of their columns, with Python's values in them."""
    names = ", ".join(column.name for column in columns)
    for row in connection.execute(f"SELECT {names} FROM {which}", values):
        yield {
            column.name: _value(column, value) for column, value in zip(columns, row, strict=True)
        }


def _value(column: ColumnType, value: Any) -> Any:  # noqa: ANN401
    """Return what a value of SQLite means in a column; one of another type as it is."""
    if column.name in _UNSIGNED:
        return unsigned(value)
    return bool(value) if column.type is bool and value in (0, 1) else value
