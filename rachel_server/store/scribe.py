"""Who writes a journal's batches, somewhere beside the event loop."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from rachel_server.store.rows import Rows

Done: TypeAlias = Callable[[BaseException | None], None]
"""Hears that a batch is durable, or by what writing it has failed."""


class Scribe(Protocol):
    """Writes batches, one after another. All of it belongs to one event loop."""

    async def open(self) -> None:
        """Connect to the database, and keep other servers off it from now on.

        Raises:
            DatabaseInUse: another server runs on it.
            Exception: it cannot be reached.
        """

    def write(self, rows: Rows, done: Done, *, behind: bool = False) -> None:
        """Begin to write a batch, in one transaction; see `GroupWriter.write`.

        ``done`` is called once, and not before this has returned: with None when the batch is
        durable, with BadRow when a row is refused and nothing was written, with any other exception
        when the database failed, and all of the batch was written or none of it.

        Args:
            rows: the batch.
            done: is called in the order in which batches were given.
            behind: the batch before is still being written, and this one is not written if that
                one fails: its ``done`` hears `NotWritten`. Without it nothing is under way.
        """

    async def write_by_game(self, rows: Rows) -> dict[str, str]:
        """Write what a failed write may or may not have written; see `GroupWriter.write_by_game`.

        Returns:
            The games left out, each with the reason in one line.

        Raises:
            Exception: the database failed; try again.
        """

    def abort(self) -> None:
        """Let a write that hangs fail at once."""

    async def close(self) -> None:
        """Stop, once what is under way is done; nothing can be written after that."""

    def trouble(self, error: BaseException) -> str:
        """Return why a write failed, in one line."""
