"""Writes a journal's batches in a thread: for solo games, and for hosts on PostgreSQL."""

import asyncio
from functools import partial
from typing import Any

from rachel_server.store.group_writer import GroupWriter
from rachel_server.store.in_order import InOrder
from rachel_server.store.rows import Rows
from rachel_server.store.scribe import Done
from rachel_server.store.writing_thread import WritingThread


class ThreadScribe:
    """A `Scribe` with a writer in a thread of its own."""

    def __init__(self, writer: GroupWriter[Any]) -> None:
        """Take a writer, which is for this scribe alone."""
        self._writer = writer
        self._order = InOrder()
        self._thread = WritingThread("rachel-journal")

    async def open(self) -> None:
        """Connect to the database; see `Scribe`."""
        await self._thread.do(self._writer.open)

    def write(self, rows: Rows, done: Done, *, behind: bool = False) -> None:
        """Begin to write a batch; see `Scribe`."""
        write = partial(self._writer.write, rows)
        written = self._thread.do(partial(self._order.do, write, behind=behind))
        written.add_done_callback(lambda written: done(written.exception()))

    async def write_by_game(self, rows: Rows) -> dict[str, str]:
        """Write a batch game by game; see `Scribe`."""
        return await self._thread.do(partial(self._writer.write_by_game, rows))

    def abort(self) -> None:
        """Break the connection, so that a write that hangs fails."""
        self._writer.abort()

    async def close(self) -> None:
        """Close the connection, behind a write that is still under way."""
        closed: asyncio.Future[None] = self._thread.do(self._writer.close)
        self._thread.end()
        await closed

    def trouble(self, error: BaseException) -> str:
        """Return why a write failed, in one line."""
        return self._writer.trouble(error)
