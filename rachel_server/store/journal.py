"""The journal: makes records durable in groups (docs/ARCHITECTURE.md, decision 3).

While one group of records is being committed, the next one collects; an idle journal commits at
once. So a commit costs its few milliseconds once for everything that happened meanwhile at all
tables, however busy they are.

What can go wrong, and what happens:

- The database fails (locked, full, gone): the batch is held and tried again for as long as it
  takes; nothing overtakes it. `Journal.on_stall` hears of it, and the log has every new reason,
  and each again after a minute.
- Nobody knows whether a commit got through: trying again finds the rows that are there already.
- A row is refused for what it holds (a turn that is taken, an unknown game): its game alone is
  left out of the batch, and so is whatever the journal is given for that game from then on.
  `Journal.on_refused` hears of it before the batch counts as saved.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from rachel_server.core.entries import Record
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.refusal import BadRow
from rachel_server.store.rows import Rows
from rachel_server.store.scribe import Scribe

_RETRY_FIRST_S: Final = 0.05
_RETRY_MAX_S: Final = 1.0

_SAY_AGAIN_S: Final = 60.0
"""How often one and the same reason why nothing can be saved is logged."""

_HANG_S_PER_ROW: Final = 0.02

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


class _Batch:
    """Records that become durable together: their rows, and the sequence number of the last."""

    __slots__ = ("last", "rows")

    def __init__(self) -> None:
        self.rows = Rows()
        self.last: int | None = None


class Journal:
    """Has entries written to a database, by a scribe that works beside the event loop.

    Except where it says so, everything belongs to one event loop.

    Attributes:
        on_saved: called with a sequence number when all records up to that one are durable, those
            of refused games left out.
        on_stall: called with True when saving begins to fail and False when it works again.
        on_refused: called with the id of a game that a refused row has put out of the journal.
        on_commit: called with the rows and the seconds of each commit.
        saved: the sequence number up to which records are durable.
    """

    def __init__(
        self,
        scribe: Scribe,
        *,
        min_interval_s: float = 0.001,
        hang_s: float = 6.0,
    ) -> None:
        """Make a journal that collects records; `start` makes it commit them.

        Args:
            scribe: writes to the database, for this journal alone.
            min_interval_s: seconds from the start of a commit to the start of the next, at least.
            hang_s: seconds after which a commit that says nothing has failed; the more rows there
                are in it, the longer it may take.
        """
        self.on_saved: Callable[[int], None] = _ignore
        self.on_stall: Callable[[bool], None] = _ignore
        self.on_refused: Callable[[str], None] = _ignore
        self.on_commit: Callable[[int, float], None] = _ignore
        self.saved = 0
        self._min_interval_s = min_interval_s
        self._hang_s = hang_s
        self._scribe = scribe
        self._collecting = _Batch()
        self._refused: set[str] = set()
        self._fences: dict[str, int] = {}
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    async def open(self) -> None:
        """Connect, and keep other servers off the database from now on.

        Before this, what the database says of running games may still change.

        Raises:
            DatabaseInUse: another server runs on it.
            Exception: it cannot be reached.
        """
        await self._scribe.open()

    def start(self) -> None:
        """Begin to commit, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="journal")

    def append(self, records: Sequence[Record]) -> None:
        """Add records to the batch that is collecting, all or none.

        Left out are those of refused games, and those of a game that has a later lease.

        Raises:
            ValueError: a record holds an action that does not exist.
            OverflowError: a record holds a seed that is not an unsigned 64-bit integer.
            RuntimeError: the journal is closed.
        """
        if self._closing:
            raise RuntimeError("the journal is closed")
        if not records:
            return
        rows = Rows()
        for record in records:
            game = record.entry.game
            if game not in self._refused and record.epoch >= self._fences.get(game, 0):
                add_entry(rows, record.entry)
        batch = self._collecting
        batch.rows.extend(rows)
        batch.last = records[-1].sequence
        self._wake.set()

    def fence(self, game: str, epoch: int) -> None:
        """Take no records of a game any more that are older than this lease."""
        self._fences[game] = epoch

    async def until_saved(self, sequence: int) -> None:
        """Wait until all records up to this one are durable."""
        if sequence > self.saved:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((sequence, future))
            await future

    async def close(self) -> None:
        """Commit everything that is pending, then stop.

        While the database fails this takes until it works again. Cancel it to give up: what is
        pending is then lost, and nothing has told anybody of it.
        """
        self._closing = True
        self._wake.set()
        if self._task is None:
            self.start()
        assert self._task is not None
        try:
            await self._task
        except asyncio.CancelledError:
            self._scribe.abort()
            raise
        finally:
            closing = asyncio.ensure_future(self._scribe.close())
            # Behind a write that is still under way, if this was cancelled.
        await closing

    async def _run(self) -> None:
        while not (self._closing and self._collecting.last is None):
            await self._wake.wait()
            self._wake.clear()
            if self._collecting.last is None:
                continue
            batch, self._collecting = self._collecting, _Batch()
            started = time.monotonic()
            await self._commit(batch)
            _tell(self.on_commit, len(batch.rows), time.monotonic() - started)
            self._settle(batch)
            rest = started + self._min_interval_s - time.monotonic()
            if rest > 0 and not self._closing:
                await asyncio.sleep(rest)

    def _settle(self, batch: _Batch) -> None:
        """Say that a batch is durable."""
        assert batch.last is not None
        self.saved = batch.last
        _tell(self.on_saved, batch.last)
        for sequence, future in self._waiting:
            if sequence <= batch.last and not future.done():
                future.set_result(None)
        self._waiting = [waiting for waiting in self._waiting if waiting[0] > batch.last]

    async def _commit(self, batch: _Batch) -> None:
        """Write a batch, however long it takes."""
        rows = batch.rows
        by_game = False
        failing_since: float | None = None
        said: dict[str, float] = {}  # when each reason was logged last
        delay_s = _RETRY_FIRST_S
        while len(rows):
            try:
                if by_game:
                    self._refuse(batch, await self._in_time(self._scribe.write_by_game, rows))
                else:
                    await self._in_time(self._scribe.write, rows)
                break
            except BadRow:
                by_game = True  # the same batch again, if its commit went unheard
            except Exception as error:
                now, why = time.monotonic(), self._scribe.trouble(error)
                if now - said.get(why, -math.inf) >= _SAY_AGAIN_S:
                    said[why] = now
                    _log.error("games cannot be saved; play waits: %s", why)
                if failing_since is None:
                    failing_since = now
                    _tell(self.on_stall, True)
                await asyncio.sleep(delay_s)
                delay_s = min(2 * delay_s, _RETRY_MAX_S)
        if failing_since is not None:
            _log.warning("games are saved again after %.1f s", time.monotonic() - failing_since)
            _tell(self.on_stall, False)

    async def _in_time(self, write: Callable[[Rows], Awaitable[_T]], rows: Rows) -> _T:
        """Let the scribe write, and have it break off if that takes too long."""
        loop = asyncio.get_running_loop()
        limit_s = self._hang_s + _HANG_S_PER_ROW * len(rows)
        hung = False

        def break_off() -> None:
            nonlocal hung
            hung = True
            self._scribe.abort()

        watchdog = loop.call_later(limit_s, break_off)
        try:
            return await write(rows)
        except Exception as error:
            if hung:
                raise TimeoutError("the database does not answer") from error
            raise
        finally:
            watchdog.cancel()

    def _refuse(self, batch: _Batch, bad: dict[str, str]) -> None:
        """Put games out of the journal, and out of the batch that is collecting behind this one."""
        for game, why in bad.items():
            _log.error("game %s cannot be saved any further: %s", game, why)
            self._refused.add(game)
            batch.rows.remove(game)
            self._collecting.rows.remove(game)
            _tell(self.on_refused, game)


def _ignore(*_: object) -> None:
    """Take what nobody wants to hear."""


def _tell(listener: Callable[..., None], *args: object) -> None:
    """Call a listener; an exception is its affair, not the journal's."""
    try:
        listener(*args)
    except Exception:
        _log.exception("what the journal told could not be handled")
