"""The games in a SQLite file, for those who play on.

They are read without SQLAlchemy, which would take as much memory as all the rest of a solo game,
and the first card would wait for it (docs/ARCHITECTURE.md, Databases).
"""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.store.refusal import UnreadableGame, reason
from rachel_server.store.rows import Row
from rachel_server.store.signed_words import unsigned
from rachel_server.store.sqlite_file import connected
from rachel_server.store.stored_rows import ColumnType, require_types, stored_game

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

_log = logging.getLogger(__name__)


class SqliteGames:
    """The games in a SQLite file, as `Recovery` asks for them."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def running(self, ended_since: float) -> list[StoredGame]:
        """Return the games that are being played, or have ended since, the oldest first.

        A game that cannot be read is logged and quarantined.
        """
        which = "status = ? OR (status = ? AND finished_at >= ?) ORDER BY started_at, id"
        values = GameStatus.PLAYING.value, GameStatus.FINISHED.value, ended_since
        with closing(connected(self._file)) as connection:
            names = connection.execute(f"SELECT id FROM games WHERE {which}", values).fetchall()
        found = []
        for (name,) in names:
            try:
                found.append(await self.game(name))
            except UnreadableGame as unread:
                _log.error("game %s is set aside: %s", name, unread)
                await self.quarantine(name, str(unread))
        return [game for game in found if game is not None]

    async def usernames(self) -> list[str]:
        """Return the usernames of all accounts, as far as each can be read."""
        with closing(connected(self._file)) as connection:
            names = connection.execute("SELECT CAST(username AS BLOB) FROM accounts").fetchall()
        return [name.decode(errors="ignore") for (name,) in names]

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
            with closing(connected(self._file)) as connection:
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
        with closing(connected(self._file)) as connection:
            connection.execute(aside, values)


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
