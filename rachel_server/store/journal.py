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
from collections.abc import Callable, Sequence
from typing import Final

from rachel_server.core.entries import Record
from rachel_server.store.batch import Batch
from rachel_server.store.refusal import BadRow
from rachel_server.store.rows import Rows
from rachel_server.store.scribe import Scribe

_RETRY_FIRST_S: Final = 0.05
_RETRY_MAX_S: Final = 1.0

_SAY_AGAIN_S: Final = 60.0
"""How often one and the same reason why nothing can be saved is logged."""

_HANG_S_PER_ROW: Final = 0.02

_log = logging.getLogger(__name__)


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
        hang_s: float = 6.0,
    ) -> None:
        """Make a journal that collects records; `start` makes it commit them.

        Args:
            scribe: writes to the database, for this journal alone.
            hang_s: seconds after which a commit that says nothing has failed; the more rows there
                are in it, the longer it may take.
        """
        self.on_saved: Callable[[int], None] = _ignore
        self.on_stall: Callable[[bool], None] = _ignore
        self.on_refused: Callable[[str], None] = _ignore
        self.on_commit: Callable[[int, float], None] = _ignore
        self.saved = 0
        self._hang_s = hang_s
        self._scribe = scribe
        self._collecting = Batch()
        self._refused: set[str] = set()
        self._fences: dict[str, int] = {}
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writing: Batch | None = None
        self._began_at = 0.0
        self._persisting: asyncio.Task[None] | None = None
        self._limit_at = 0.0
        self._watchdog: asyncio.TimerHandle | None = None
        self._waits = False
        self._hung = False
        self._rests = False
        self._closing = False
        self._closed: asyncio.Future[None] | None = None

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
        self._loop = asyncio.get_running_loop()
        self._go_on()

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
        self._collecting.add(records, self._refused, self._fences)
        if self._rests:
            self._rests = False
            assert self._loop is not None
            self._loop.call_soon(self._go_on)  # with all that comes in this turn of the loop

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
        if self._loop is None:
            self.start()
        assert self._loop is not None
        self._closed = self._loop.create_future()
        if self._rests:
            self._go_on()
        try:
            await self._closed
        except asyncio.CancelledError:
            self._scribe.abort()
            if self._persisting is not None:
                self._persisting.cancel()
            raise
        finally:
            if self._watchdog is not None:
                self._watchdog.cancel()
            closing = asyncio.ensure_future(self._scribe.close())
            # Behind a write that is still under way, if this was cancelled.
        await closing

    def _go_on(self) -> None:
        """Write what has collected, or rest until there is something."""
        batch = self._collecting
        if not batch.last:
            self._rests = True
            if self._closed is not None and not self._closed.done():
                self._closed.set_result(None)
            return
        assert self._loop is not None
        self._writing, self._collecting = batch, Batch()
        self._began_at = time.monotonic()
        if not len(batch.rows):
            self._loop.call_soon(self._written, None)
            return
        self._expect(batch.rows)
        self._scribe.write(batch.rows, self._written)

    def _written(self, failure: BaseException | None) -> None:
        """Take note that a batch is durable; write one that is not again."""
        batch, self._waits = self._writing, False
        assert self._loop is not None
        assert batch is not None
        if self._closed is not None and self._closed.cancelled():
            return  # it was given up
        if failure is None:
            self._settle(batch)
        else:
            failure = self._why(failure)
            self._persisting = self._loop.create_task(self._persist(batch, failure))

    def _settle(self, batch: Batch) -> None:
        """Say that a batch is durable; meanwhile the next one is written already."""
        assert self._loop is not None
        seconds = time.monotonic() - self._began_at
        self.saved = batch.last
        self._writing = None
        self._go_on()
        _tell(self.on_commit, len(batch.rows), seconds)
        _tell(self.on_saved, batch.last)
        if self._waiting:
            for sequence, future in self._waiting:
                if sequence <= batch.last and not future.done():
                    future.set_result(None)
            self._waiting = [waiting for waiting in self._waiting if waiting[0] > batch.last]

    async def _persist(self, batch: Batch, failure: BaseException | None) -> None:
        """Write a batch that has failed, however long it takes."""
        by_game = False
        failing_since: float | None = None
        said: dict[str, float] = {}  # when each reason was logged last
        delay_s = _RETRY_FIRST_S
        while failure is not None:
            if isinstance(failure, BadRow):
                by_game = True  # the same batch again, if its commit went unheard
            else:
                now, why = time.monotonic(), self._scribe.trouble(failure)
                if now - said.get(why, -math.inf) >= _SAY_AGAIN_S:
                    said[why] = now
                    _log.error("games cannot be saved; play waits: %s", why)
                if failing_since is None:
                    failing_since = now
                    _tell(self.on_stall, True)
                await asyncio.sleep(delay_s)
                delay_s = min(2 * delay_s, _RETRY_MAX_S)
            failure = await self._write_again(batch, by_game)
        if failing_since is not None:
            _log.warning("games are saved again after %.1f s", time.monotonic() - failing_since)
            _tell(self.on_stall, False)
        self._settle(batch)

    async def _write_again(self, batch: Batch, by_game: bool) -> BaseException | None:
        """Write a batch once more; return by what that has failed, if it has."""
        self._expect(batch.rows)
        if by_game:
            try:
                self._refuse(batch, await self._scribe.write_by_game(batch.rows))
            except Exception as error:
                return self._why(error)
            finally:
                self._waits = False
            return None
        done: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        self._scribe.write(batch.rows, done.set_result)
        failure = await done
        self._waits = False
        return None if failure is None else self._why(failure)

    # A write that hangs

    def _expect(self, rows: Rows) -> None:
        """Give a write of rows so much time from now on.

        A timer for each would cost more than the rest of this: there is one, which is set anew when
        it comes too early.
        """
        assert self._loop is not None
        self._waits, self._hung = True, False
        self._limit_at = self._loop.time() + self._hang_s + _HANG_S_PER_ROW * len(rows)
        if self._watchdog is None:
            self._watchdog = self._loop.call_at(self._limit_at, self._watch)

    def _watch(self) -> None:
        """Have a write broken off whose time is over."""
        assert self._loop is not None
        self._watchdog = None
        if not self._waits:
            return
        if self._loop.time() < self._limit_at:
            self._watchdog = self._loop.call_at(self._limit_at, self._watch)
        elif not self._hung:
            self._hung = True
            self._scribe.abort()

    def _why(self, failure: BaseException) -> BaseException:
        """Return why a write has failed."""
        return TimeoutError("the database does not answer") if self._hung else failure

    def _refuse(self, batch: Batch, bad: dict[str, str]) -> None:
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
