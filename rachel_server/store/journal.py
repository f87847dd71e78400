"""The journal: makes entries durable in groups (design.md, decision 3).

While one group of entries is being committed, the next one collects; an idle journal commits at
once. So a commit costs its few milliseconds once for everything that happened meanwhile at all
tables, however busy they are.

What can go wrong, and what happens:

- The database fails (locked, full, gone): the batch is held and tried again for as long as it
  takes; nothing overtakes it. `Journal.on_stall` hears of it.
- Nobody knows whether a commit got through: trying again finds the rows that are there already.
- A row is refused for what it holds (a turn that is taken, an unknown game): its game alone is
  left out of the batch, and so is whatever the journal is given for that game from then on.
  `Journal.on_poisoned` hears of it before the batch counts as committed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.core.entries import Entry
from rachel_server.store.engine import create_blocking_engine
from rachel_server.store.rows import Rows
from rachel_server.store.writer import BadRow, Writer, reason

_RETRY_FIRST_S: Final = 0.05
_RETRY_MAX_S: Final = 1.0

_HANG_S_PER_ROW: Final = 0.02

_BUSY_ROWS: Final = 40
_BUSY_INTERVAL_S: Final = 0.01
"""When a batch has that many rows, some table acts all the time. Commits further apart then cost
less than they delay: the thread that writes and the event loop stand in each other's way less."""

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class Batch:
    """Entries that become durable together.

    Attributes:
        committed: whether they are durable, apart from those of poisoned games.
        poisoned: the games that were left out for a row the database refuses; their frames must
            never leave. Complete before ``committed`` turns True.
    """

    __slots__ = ("_callbacks", "_rows", "committed", "poisoned")

    def __init__(self) -> None:
        self.committed = False
        self.poisoned: set[str] = set()
        self._rows = Rows()
        self._callbacks: list[Callable[[], None]] | None = []

    def then(self, callback: Callable[[], None]) -> None:
        """Call back on the event loop once the batch is committed; at once if it is.

        Callbacks come in the order in which they were registered. What they raise is logged.
        """
        if self._callbacks is None:
            _call(callback)
        else:
            self._callbacks.append(callback)

    def _settle(self) -> None:
        self.committed = True
        self._rows = Rows()
        for callback in self._callbacks or ():  # also those that callbacks register meanwhile
            _call(callback)
        self._callbacks = None


class Journal:
    """Writes entries to the database of ``engine``, over a connection and in a thread of its own.

    Except where it says so, everything belongs to one event loop.

    Attributes:
        on_stall: called with True when saving begins to fail and False when it works again.
        on_poisoned: called with the id of a game that a refused row has put out of the journal.
        on_commit: called with the rows and the seconds of each commit.
        stalled: whether saving fails at present.
        commits: transactions committed so far.
        rows: rows in them.
        last_commit_s: seconds the latest commit took, waiting for the thread included.
        total_commit_s: seconds all of them took.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        min_interval_s: float = 0.002,
        hang_s: float = 6.0,
        on_stall: Callable[[bool], None] | None = None,
        on_poisoned: Callable[[str], None] | None = None,
    ) -> None:
        """Make a journal that collects entries; `start` makes it commit them.

        Args:
            engine: for the database; only its URL is used.
            min_interval_s: seconds from the start of a commit to the start of the next, at least.
            hang_s: seconds after which a commit on PostgreSQL that says nothing has failed; the
                more rows there are in it, the longer it may take.
            on_stall: see the attribute.
            on_poisoned: see the attribute.
        """
        self.on_stall = on_stall
        self.on_poisoned = on_poisoned
        self.on_commit: Callable[[int, float], None] | None = None
        self.stalled = False
        self.commits = 0
        self.rows = 0
        self.last_commit_s = 0.0
        self.total_commit_s = 0.0
        self._min_interval_s = min_interval_s
        self._hang_s = hang_s
        self._writer = Writer(create_blocking_engine(engine.url))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rachel-journal")
        self._collecting = Batch()
        self._latest = Batch()
        self._latest._settle()
        self._poisoned: set[str] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def open(self) -> None:
        """Connect, and keep other servers off the database from now on.

        Before this, what the database says of running games may still change.

        Raises:
            DatabaseInUse: another server runs on it.
            SQLAlchemyError: it cannot be reached.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.open)

    def start(self) -> None:
        """Begin to commit, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="journal")

    def append(self, entries: Sequence[Entry]) -> Batch:
        """Add entries to the batch that is collecting, all or none, and return that batch.

        Without entries, return the latest batch that has any: what waits for it waits for
        everything appended so far.

        Raises:
            ValueError: an entry holds an action that does not exist.
            OverflowError: an entry holds a seed that is not an unsigned 64-bit integer.
            RuntimeError: the journal is closed.
        """
        if self._closing:
            raise RuntimeError("the journal is closed")
        rows = Rows()
        refused = set()
        for entry in entries:
            if entry.game in self._poisoned:
                refused.add(entry.game)
            else:
                rows.add(entry)
        if rows or refused:
            batch = self._latest = self._collecting
            batch._rows.extend(rows)
            batch.poisoned |= refused
            self._wake.set()
        return self._latest

    async def close(self) -> None:
        """Commit everything that is pending, then stop.

        While the database fails this takes until it works again. Cancel it to give up: what is
        pending is then lost, and no callback has told anybody of it.
        """
        self._closing = True
        self._wake.set()
        if self._task is None:
            self.start()
        assert self._task is not None
        try:
            await self._task
        except asyncio.CancelledError:
            self._writer.abort()
            raise
        finally:
            # Behind a write that is still under way, if this was cancelled.
            closed = self._thread.submit(self._writer.close)
            self._thread.shutdown(wait=False)
        await asyncio.wrap_future(closed)

    async def _run(self) -> None:
        while not (self._closing and self._is_idle):
            await self._wake.wait()
            self._wake.clear()
            if self._is_idle:
                continue
            batch, self._collecting = self._collecting, Batch()
            started, size = time.monotonic(), len(batch._rows)
            await self._commit(batch)
            self._count(batch, time.monotonic() - started)
            batch._settle()
            interval_s = self._min_interval_s if size < _BUSY_ROWS else _BUSY_INTERVAL_S
            rest = started + interval_s - time.monotonic()
            if rest > 0 and not self._closing:
                await asyncio.sleep(rest)

    @property
    def _is_idle(self) -> bool:
        """Whether nothing is collecting."""
        return self._latest is not self._collecting

    async def _commit(self, batch: Batch) -> None:
        """Write a batch, however long it takes."""
        rows = batch._rows
        by_game = False
        failing_since: float | None = None
        delay_s = _RETRY_FIRST_S
        while True:
            try:
                if by_game:
                    self._poison(batch, await self._in_thread(self._writer.write_by_game, rows))
                else:
                    await self._in_thread(self._writer.write, rows)
                break
            except BadRow:
                by_game = True  # the same batch again, if its commit went unheard
            except Exception as error:
                if failing_since is None:
                    failing_since = time.monotonic()
                    _log.error("games cannot be saved; play waits: %s", reason(error))
                    self._tell_stall(True)
                await asyncio.sleep(delay_s)
                delay_s = min(2 * delay_s, _RETRY_MAX_S)
        if failing_since is not None:
            _log.warning("games are saved again after %.1f s", time.monotonic() - failing_since)
            self._tell_stall(False)

    async def _in_thread(self, write: Callable[[Rows], _T], rows: Rows) -> _T:
        """Let the writer write, and break its connection if that takes too long."""
        loop = asyncio.get_running_loop()
        limit_s = self._hang_s + _HANG_S_PER_ROW * len(rows)
        hung = False

        def break_off() -> None:
            nonlocal hung
            hung = True
            self._writer.abort()

        watchdog = loop.call_later(limit_s, break_off)
        try:
            return await loop.run_in_executor(self._thread, write, rows)
        except Exception as error:
            if hung:
                raise TimeoutError("the database does not answer") from error
            raise
        finally:
            watchdog.cancel()

    def _poison(self, batch: Batch, bad: dict[str, str]) -> None:
        """Put games out of the journal, and out of the batch that is collecting behind this one."""
        for game, why in bad.items():
            _log.error("game %s cannot be saved any further: %s", game, why)
            self._poisoned.add(game)
            batch._rows.remove(game)
            batch.poisoned.add(game)
            if self._collecting._rows.remove(game):
                self._collecting.poisoned.add(game)
        for game in bad:
            if self.on_poisoned is not None:
                _call(partial(self.on_poisoned, game))

    def _tell_stall(self, stalled: bool) -> None:
        self.stalled = stalled
        if self.on_stall is not None:
            _call(partial(self.on_stall, stalled))

    def _count(self, batch: Batch, seconds: float) -> None:
        self.commits += 1
        self.rows += len(batch._rows)
        if self.on_commit is not None:
            _call(partial(self.on_commit, len(batch._rows), seconds))
        self.last_commit_s = seconds
        self.total_commit_s += seconds


def _call(callback: Callable[[], None]) -> None:
    """Call back; an exception is the callback's affair, not the journal's."""
    try:
        callback()
    except Exception:
        _log.exception("a callback of the journal failed")
