"""Writes the journal's rows: a whole batch in one transaction, or game by game when that fails.

Everything here blocks; the journal calls it in a thread of its own.
"""

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, StatementError

from rachel_server.core.entries import GameStatus
from rachel_server.store.rating import rate_games
from rachel_server.store.rows import Rows
from rachel_server.store.schema import accounts, actions, games, seats
from rachel_server.store.server_lock import claim

_INSERT_GAMES: Final = insert(games)
_INSERT_SEATS: Final = insert(seats).values(
    # Whoever deleted their account meanwhile plays on as a guest.
    account=select(accounts.c.id).where(accounts.c.id == bindparam("of_account")).scalar_subquery()
)
_INSERT_ACTIONS: Final = insert(actions)
_END_GAMES: Final = update(games).where(games.c.id == bindparam("of_game"))
_CHANGE_SEATS: Final = update(seats).where(
    seats.c.game == bindparam("of_game"), seats.c.seat == bindparam("of_seat")
)


class BadRow(Exception):  # noqa: N818 - says what is the matter
    """The database refuses a row for what it holds: trying again cannot help."""


class Writer:
    """Holds one connection, and with it the server's lock. One thread uses it, except `abort`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._driver: Any = None  # psycopg's connection behind it
        self._dropping = threading.Lock()

    def open(self) -> None:
        """Connect; writing does so by itself whenever there is no connection.

        Raises:
            DatabaseInUse: another server runs on the database.
            SQLAlchemyError: the database cannot be reached.
        """
        self._connect()

    def write(self, rows: Rows) -> None:
        """Write a batch in one transaction; on return it is durable.

        Raises:
            BadRow: a row is refused; nothing was written.
            Exception: the database failed. All of the batch was written or none of it: nobody
                knows which when the failure came with the commit.
        """
        try:
            connection = self._connect()
            with connection.begin():
                _write(connection, rows)
        except BaseException as error:
            self._drop_connection()
            if _is_bad_row(error):
                raise BadRow(reason(error)) from error
            raise

    def write_by_game(self, rows: Rows) -> dict[str, str]:
        """Write what a failed write may or may not have written; on return it is durable.

        A game whose rows are there already, the same in everything, counts as written: that makes
        it safe to try again after a commit with an unknown outcome. Other games with a row that is
        refused are left out, each with all of its rows.

        Returns:
            The games left out, each with the reason in one line.

        Raises:
            Exception: the database failed; try again.
        """
        left_out: dict[str, str] = {}
        try:
            connection = self._connect()
            with connection.begin():
                for game, part in rows.by_game().items():
                    refusal = _attempt(connection, _write, part)
                    if refusal and _attempt(connection, _require_written, part):
                        left_out[game] = refusal
        except BaseException:
            self._drop_connection()
            raise
        return left_out

    def close(self) -> None:
        """Give up whatever was not committed, and close the database."""
        self._drop_connection()
        self._engine.dispose()

    def abort(self) -> None:
        """Break the connection to PostgreSQL, from any thread: a write that hangs fails at once."""
        with self._dropping, suppress(OSError):
            if self._driver is not None:
                with socket.socket(fileno=os.dup(self._driver.fileno())) as connected:
                    connected.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> Connection:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._engine.connect()
            if connection.dialect.name == "postgresql":
                self._driver = connection.connection.driver_connection
            try:
                claim(connection)
            except BaseException:
                self._drop_connection()
                raise
        return connection

    def _drop_connection(self) -> None:
        """Close the connection for good: what went wrong with it must not reach the next write."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with self._dropping:
                self._driver = None
                connection.invalidate()
            connection.close()


def reason(error: BaseException) -> str:
    """Return what went wrong in one line, without the statement and the values in it."""
    cause = error.orig if isinstance(error, StatementError) and error.orig else error
    # PostgreSQL's details may be the whole row.
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return " ".join((primary or str(cause)).split()) or type(cause).__name__


def _write(connection: Connection, rows: Rows) -> None:
    if rows.games:
        connection.execute(_INSERT_GAMES, rows.games)
    if rows.seats:
        connection.execute(_INSERT_SEATS, rows.seats)
    if rows.actions:
        connection.execute(_INSERT_ACTIONS, rows.actions)
    if rows.tokens:
        # To set a token twice is to set it once: these need no trace of having been written.
        connection.execute(_CHANGE_SEATS, rows.tokens)
    if rows.ends:
        ended = connection.execute(_END_GAMES, rows.ends)
        if ended.rowcount != len(rows.ends):
            raise BadRow("the end of a game that was never stored")
    if rows.places:
        connection.execute(_CHANGE_SEATS, rows.places)
    finished = [row["of_game"] for row in rows.ends if row["status"] == GameStatus.FINISHED.value]
    if finished:
        rate_games(connection, finished)


def _is_bad_row(error: BaseException) -> bool:
    """Tell whether the fault is a row's, so that the row would be refused for ever."""
    if isinstance(error, ProgrammingError):
        # With a code it is the server's word on our statement, such as a missing table, which
        # somebody can mend; without one the driver cannot send a value.
        return getattr(error.orig, "sqlstate", None) is None
    if isinstance(error, DBAPIError):
        return isinstance(error, IntegrityError | DataError)
    # What is not the database's word is ours, or that a value cannot be sent to it.
    return isinstance(error, BadRow | StatementError | ValueError | TypeError | OverflowError)


def _attempt(
    connection: Connection, step: Callable[[Connection, Rows], None], rows: Rows
) -> str | None:
    """Take a step that leaves nothing behind if a row is refused; return why it is, or None."""
    try:
        with connection.begin_nested():
            step(connection, rows)
    except Exception as error:
        if not _is_bad_row(error):
            raise
        return reason(error)
    return None


def _require_written(connection: Connection, rows: Rows) -> None:
    """Find the rows of one game, which were written together if at all.

    Raises:
        BadRow: they are not there.
    """
    if not rows.games and not rows.actions:
        raise BadRow("nothing that could be found again")
    for row in rows.games:
        start = select(games.c.seed, games.c.nonce).where(games.c.id == row["id"])
        if connection.execute(start).one_or_none() != (row["seed"], row["nonce"]):
            raise BadRow("another game has this id")
    if rows.actions:
        first, last = rows.actions[0], rows.actions[-1]
        taken = (
            select(actions)
            .where(
                actions.c.game == first["game"],
                actions.c.turn.between(first["turn"], last["turn"]),
            )
            .order_by(actions.c.turn)
        )
        if [dict(row) for row in connection.execute(taken).mappings()] != rows.actions:
            raise BadRow("other actions were taken")
