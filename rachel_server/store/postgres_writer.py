"""Writes the journal's rows to PostgreSQL, over SQLAlchemy."""

import os
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, insert, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, StatementError

from rachel_server.store.group_writer import GroupWriter
from rachel_server.store.rating import rate_games
from rachel_server.store.refusal import BadRow
from rachel_server.store.rows import ActionRow, Row, Rows
from rachel_server.store.schema import accounts, actions, games, seats
from rachel_server.store.server_lock import claim
from rachel_server.store.signed_words import signed
from rachel_server.store.trouble import trouble

_ACTIONS: Final = (
    "INSERT INTO actions (game, turn, seat, action, state_hash) SELECT * FROM"
    " unnest(%s::text[], %s::integer[], %s::smallint[], %s::text[], %s::bigint[])"
)
_CHANGE_SEATS: Final = update(seats).where(
    seats.c.game == bindparam("of_game"), seats.c.seat == bindparam("of_seat")
)
_STATEMENTS: Final = {
    "games": insert(games),
    "seats": insert(seats).values(
        # Whoever deleted their account meanwhile plays on as a guest.
        account=select(accounts.c.id)
        .where(accounts.c.id == bindparam("of_account"))
        .scalar_subquery()
    ),
    "tokens": _CHANGE_SEATS,
    "ends": update(games).where(games.c.id == bindparam("of_game")),
    "places": _CHANGE_SEATS,
}


class PostgresWriter(GroupWriter[Connection]):
    """Holds one connection, and with it the server's lock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._driver: Any = None  # psycopg's connection behind it
        self._dropping = threading.Lock()

    def close(self) -> None:
        """Give up whatever was not committed, and close the database."""
        super().close()
        self._engine.dispose()

    def abort(self) -> None:
        """Break the connection, from any thread: a write that hangs fails at once."""
        with self._dropping, suppress(OSError):
            if self._driver is not None:
                with socket.socket(fileno=os.dup(self._driver.fileno())) as connected:
                    connected.shutdown(socket.SHUT_RDWR)

    def trouble(self, error: BaseException) -> str:
        """Return why the database failed, in one line."""
        return trouble(error, self._engine.url)

    def _connect(self) -> Connection:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._engine.connect()
            self._driver = connection.connection.driver_connection
            try:
                claim(connection)
            except BaseException:
                self._drop_connection()
                raise
        return connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with self._dropping:
                self._driver = None
                connection.invalidate()
            connection.close()

    def _transaction(self, connection: Connection, rows: Rows) -> AbstractContextManager[object]:
        return connection.begin()

    def _step(self, connection: Connection) -> AbstractContextManager[object]:
        return connection.begin_nested()

    def _insert_actions(self, connection: Connection, rows: list[ActionRow]) -> None:
        *columns, hashes = map(list, zip(*rows, strict=True))
        connection.exec_driver_sql(_ACTIONS, (*columns, list(map(signed, hashes))))

    def _send(self, connection: Connection, name: str, rows: list[Row]) -> int:
        return connection.execute(_STATEMENTS[name], rows).rowcount

    def _rate(self, connection: Connection, finished: Sequence[str]) -> None:
        # A lock that lets others refer to the account, such as a new seat.
        rate_games(partial(_ask, connection), finished, lock=" FOR NO KEY UPDATE")

    def _secret(self, connection: Connection, game: str) -> tuple[int, bytes] | None:
        start = select(games.c.seed, games.c.nonce).where(games.c.id == game)
        found = connection.execute(start).one_or_none()
        return None if found is None else (found.seed, found.nonce)

    def _actions(self, connection: Connection, game: str, first: int, last: int) -> list[ActionRow]:
        taken = (
            select(actions)
            .where(actions.c.game == game, actions.c.turn.between(first, last))
            .order_by(actions.c.turn)
        )
        return [(*row,) for row in connection.execute(taken)]

    def _is_bad_row(self, error: BaseException) -> bool:
        if isinstance(error, ProgrammingError):
            # With a code it is the server's word on our statement, such as a missing table, which
            # somebody can mend; without one the driver cannot send a value.
            return getattr(error.orig, "sqlstate", None) is None
        if isinstance(error, DBAPIError):
            return isinstance(error, IntegrityError | DataError)
        # All else is an error of ours, or of SQLAlchemy's, which finds that a value cannot be sent.
        return isinstance(error, BadRow | StatementError | ValueError | TypeError | OverflowError)


def _ask(
    connection: Connection, statement: str, values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    answer = connection.execute(text(statement), values)
    return [(*row,) for row in answer] if answer.returns_rows else []
