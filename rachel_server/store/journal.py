"""The journal: makes records durable in groups (docs/ARCHITECTURE.md, decision 3).

While one group of records is being committed, the next one collects; an idle journal commits at
once. So a commit costs its few milliseconds once for everything that happened meanwhile at all
tables, however busy they are. As soon as the group that collects is as large as the one that is
being committed, it is sent behind it, so that the scribe need not wait for the event loop between
the two.

What can go wrong, and what happens:

- The database fails (locked, full, gone): the batch is held and tried again for as long as it
  takes; nothing overtakes it. `Journal.on_stall` hears of it, and the log has every new reason,
  and each again after a minute.
- Nobody knows whether a commit got through: trying again finds the rows that are there already.
- A group that was sent behind one that has failed is not written; both are written anew, in order.
- A row is refused for what it holds (a turn that is taken, an unknown game): its game alone is
  left out of the batch, and so is whatever the journal is given for that game from then on.
  `Journal.on_refused` hears of it before the batch counts as saved.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from rachel_server.core.entries import Record
from rachel_server.store.batch import Batch
from rachel_server.store.refusal import BadRow, NotWritten
from rachel_server.store.rows import Rows
from rachel_server.store.scribe import Scribe

_RETRY_FIRST_S: Final = 0.05
_RETRY_MAX_S: Final = 1.0

_SAY_AGAIN_S: Final = 60.0
"""How often one and the same reason why nothing can be saved is logged."""

_HANG_S_PER_ROW: Final = 0.02

_BEHIND_MIN: Final = 4
"""How many rows are worth a message of their own while others are being written."""

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
        self._sent: deque[Batch] = deque()  # what the scribe writes, and what it writes next
        self._failed: deque[Batch] = deque()  # what has to be written again, in order
        self._failure: BaseException | None = None
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
        else:
            self._send_behind()

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
        if self._sent:
            self._expect(self._sent[0].rows)
            self._send_behind()
        elif self._collecting.last:
            batch = self._collect()
            self._expect(batch.rows)
            if len(batch.rows):
                self._scribe.write(batch.rows, self._written)
            else:
                assert self._loop is not None
                self._loop.call_soon(self._written, None)
        else:
            self._rests = True
            if self._closed is not None and not self._closed.done():
                self._closed.set_result(None)

    def _send_behind(self) -> None:
        """Send what has collected behind what is being written, if it is enough."""
        if len(self._sent) != 1:
            return
        if len(self._collecting.rows) >= max(_BEHIND_MIN, len(self._sent[0].rows)):
            self._scribe.write(self._collect().rows, self._written, behind=True)

    def _collect(self) -> Batch:
        """Take what has collected, which is now for the scribe; collect anew."""
        batch, self._collecting = self._collecting, Batch()
        self._sent.append(batch)
        return batch

    def _written(self, failure: BaseException | None) -> None:
        """Take note of what came of the batch that was sent first; write again what has failed."""
        self._waits = False
        if self._closed is not None and self._closed.cancelled():
            return  # it was given up
        batch = self._sent.popleft()
        if failure is None:
            seconds = time.monotonic() - self._began_at
            self._go_on()  # the next one is written while others hear of this one
            self._settle(batch, seconds)
            return
        self._failed.append(batch)
        if self._failure is None and failure is not None:
            self._failure = self._why(failure)
        if self._sent:
            self._expect(self._sent[0].rows)
        else:
            assert self._loop is not None
            self._persisting = self._loop.create_task(self._persist())

    def _settle(self, batch: Batch, seconds: float) -> None:
        """Say that a batch is durable, and how long that took."""
        self.saved = batch.last
        _tell(self.on_commit, len(batch.rows), seconds)
        _tell(self.on_saved, batch.last)
        if self._waiting:
            for sequence, future in self._waiting:
                if sequence <= batch.last and not future.done():
                    future.set_result(None)
            self._waiting = [waiting for waiting in self._waiting if waiting[0] > batch.last]

    async def _persist(self) -> None:
        """Write what has failed and what was sent behind it, however long it takes."""
        failure, self._failure = self._failure, None
        while self._failed:
            batch = self._failed[0]
            await self._write_until_saved(batch, failure or NotWritten())
            failure = None
            self._failed.popleft()
            seconds = time.monotonic() - self._began_at
            if not self._failed:
                self._go_on()
            self._settle(batch, seconds)

    async def _write_until_saved(self, batch: Batch, failure: BaseException | None) -> None:
        """Write a batch that has failed, however long it takes."""
        by_game = False
        failing_since: float | None = None
        said: dict[str, float] = {}  # when each reason was logged last
        delay_s = _RETRY_FIRST_S
        while failure is not None:
            if isinstance(failure, BadRow):
                by_game = True  # the same batch again, if its commit went unheard
            elif not isinstance(failure, NotWritten):
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

    async def _write_again(self, batch: Batch, by_game: bool) -> BaseException | None:
        """Write a batch once more; return by what that has failed, if it has."""
        self._expect(batch.rows)
        if by_game:
            try:
                self._refuse(await self._scribe.write_by_game(batch.rows))
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
        self._began_at = time.monotonic()
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

    def _refuse(self, bad: dict[str, str]) -> None:
        """Put games out of the journal, and out of all that is not written yet."""
        for game, why in bad.items():
            _log.error("game %s cannot be saved any further: %s", game, why)
            self._refused.add(game)
            for behind in (*self._failed, self._collecting):
                behind.rows.remove(game)
            _tell(self.on_refused, game)


def _ignore(*_: object) -> None:
    """Take what nobody wants to hear."""


def _tell(listener: Callable[..., None], *args: object) -> None:
    """Call a listener; an exception is its affair, not the journal's."""
    try:
        listener(*args)
    except Exception:
        _log.exception("what the journal told could not be handled")
