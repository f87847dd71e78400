"""Who writes a journal's batches, somewhere beside the event loop."""

from typing import Protocol

from rachel_server.store.rows import Rows


class Scribe(Protocol):
    """Writes batches, one at a time. All of it belongs to one event loop."""

    async def open(self) -> None:
        """Connect to the database, and keep other servers off it from now on.

        Raises:
            DatabaseInUse: another server runs on it.
            Exception: it cannot be reached.
        """

    async def write(self, rows: Rows) -> None:
        """Write a batch; on return it is durable. See `GroupWriter.write`.

        Raises:
            BadRow: a row is refused; nothing was written.
            Exception: the database failed; all of the batch was written or none of it.
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
