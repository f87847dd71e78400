"""How the journal's rows become durable: a whole batch at once, or game by game if that fails.

These rules hold for every database; `SqliteWriter` and `PostgresWriter` know how theirs is spoken
to. Everything here blocks; the journal calls it in a thread of its own.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from rachel_server.core.entries import GameStatus
from rachel_server.store.refusal import BadRow, reason
from rachel_server.store.rows import ActionRow, Row, Rows

C = TypeVar("C")
"""A connection to the database."""


class GroupWriter(ABC, Generic[C]):
    """Writes batches over one connection. One thread uses it, except `abort`."""

    def open(self) -> None:
        """Connect; writing does so by itself whenever there is no connection.

        Raises:
            DatabaseInUse: another server runs on the database.
            Exception: the database cannot be reached.
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
            with self._transaction(connection, rows):
                self._write(connection, rows)
        except BaseException as error:
            self._drop_connection()
            if self._is_bad_row(error):
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
            with self._transaction(connection, rows):
                for game, part in rows.by_game().items():
                    refusal = self._attempt(connection, self._write, part)
                    if refusal and self._attempt(connection, self._require_written, part):
                        left_out[game] = refusal
        except BaseException:
            self._drop_connection()
            raise
        return left_out

    def close(self) -> None:
        """Give up whatever was not committed, and close the database."""
        self._drop_connection()

    def abort(self) -> None:
        """Break the connection, from any thread: a write that hangs fails at once."""

    @abstractmethod
    def trouble(self, error: BaseException) -> str:
        """Return why the database failed, in one line."""

    def _write(self, connection: C, rows: Rows) -> None:
        for part, name in ((rows.games, "games"), (rows.seats, "seats")):
            if part:
                self._send(connection, name, part)
        if rows.actions:
            self._insert_actions(connection, rows.actions)
        for part, name in ((rows.tokens, "tokens"), (rows.ends, "ends"), (rows.places, "places")):
            if part and self._send(connection, name, part) != len(part) and name == "ends":
                raise BadRow("the end of a game that was never stored")
        ended = GameStatus.FINISHED.value
        finished = [row["of_game"] for row in rows.ends if row["status"] == ended]
        if finished:
            self._rate(connection, finished)

    def _attempt(self, connection: C, step: Callable[[C, Rows], None], rows: Rows) -> str | None:
        """Take a step that leaves nothing behind if a row is refused; return why, or None."""
        try:
            with self._step(connection):
                step(connection, rows)
        except Exception as error:
            if not self._is_bad_row(error):
                raise
            return reason(error)
        return None

    def _require_written(self, connection: C, rows: Rows) -> None:
        """Find the rows of one game, which were written together if at all.

        To set a token twice is to set it once: tokens need no trace of having been written.

        Raises:
            BadRow: they are not there.
        """
        if not rows.games and not rows.actions:
            raise BadRow("nothing that could be found again")
        for row in rows.games:
            if self._secret(connection, row["id"]) != (row["seed"], row["nonce"]):
                raise BadRow("another game has this id")
        if rows.actions:
            (game, first, *_), (_, last, *_) = rows.actions[0], rows.actions[-1]
            taken = self._actions(connection, game, first, last)
            if taken != rows.actions:
                raise BadRow("other actions were taken")

    @abstractmethod
    def _connect(self) -> C:
        """Return the connection; make one if there is none."""

    @abstractmethod
    def _drop_connection(self) -> None:
        """Close the connection for good: what went wrong with it must not reach the next write."""

    @abstractmethod
    def _transaction(self, connection: C, rows: Rows) -> AbstractContextManager[object]:
        """Begin a transaction for rows; commit it on leaving, or undo it after an exception.

        It may be nothing where one statement writes all of them.
        """

    @abstractmethod
    def _step(self, connection: C) -> AbstractContextManager[object]:
        """Begin a step of a transaction that is undone after an exception."""

    @abstractmethod
    def _insert_actions(self, connection: C, rows: list[ActionRow]) -> None:
        """Write new actions."""

    @abstractmethod
    def _send(self, connection: C, name: str, rows: list[Row]) -> int:
        """Write what `Rows` has under a name, other than actions; return how many changed."""

    @abstractmethod
    def _rate(self, connection: C, finished: Sequence[str]) -> None:
        """Rate games whose places were just stored."""

    @abstractmethod
    def _secret(self, connection: C, game: str) -> tuple[int, bytes] | None:
        """Return seed and nonce of a game, None if there is none such."""

    @abstractmethod
    def _actions(self, connection: C, game: str, first: int, last: int) -> list[ActionRow]:
        """Return the actions of a game in order, from one turn to another."""

    @abstractmethod
    def _is_bad_row(self, error: BaseException) -> bool:
        """Tell whether the fault is a row's, so that the row would be refused for ever."""
