"""A disk that is slow, fails, gets through unheard and refuses rows; and the journal on it.

The journal behaves as `rachel_server.store.journal` and its recovery do, and is lost with its
process. The disk keeps what was committed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    Record,
    StoredGame,
    TokenChanged,
)
from rachel_server.fakes.time import FakeTime
from rachel_server.runtime import Runtime

_RETRY_MAX_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Wear:
    """What is wrong with a disk: how often each of these happens, 0-1.

    Attributes:
        slow: a commit takes seconds.
        failing: commits fail for a while.
        unheard: a commit gets through, and is reported as a failure.
        refusing: a row of a commit is refused, and with it its game.
        unreadable: a game cannot be read back.
    """

    slow: float = 0.0
    failing: float = 0.0
    unheard: float = 0.0
    refusing: float = 0.0
    unreadable: float = 0.0


class FakeDisk:
    """What is durable.

    Attributes:
        entries: everything that was committed, in order.
        aside: the games that cannot be played on, and why.
        appended: called with records when a journal is given them.
        wear: what is wrong with it.
        is_failing: whether a journal is waiting for it to work again.
        fails_for_s: how long commits fail when they do, at most.
    """

    def __init__(self, time: FakeTime, rng: random.Random, wear: Wear | None = None) -> None:
        self.time = time
        self.rng = rng
        self.wear = wear or Wear()
        self.is_failing = False
        self.fails_for_s = 90.0
        self.entries: list[Entry] = []
        self.aside: dict[str, str] = {}
        self.appended: Callable[[Sequence[Record]], None] = lambda records: None

    def games(self) -> dict[str, StoredGame]:
        """Return all games by their names, in the order in which they began."""
        entries: dict[str, list[Entry]] = {}
        for entry in self.entries:
            entries.setdefault(entry.game, []).append(entry)
        return {game: self._stored(rows) for game, rows in entries.items()}

    def running(self, ended_since: float | None = None) -> Iterator[StoredGame]:
        """Go through the games that are being played, or have ended since that Unix time."""
        for game in self.games().values():
            ended = game.end is not None and game.status is GameStatus.FINISHED
            lately = ended_since is not None and game.end is not None and game.end.at >= ended_since
            if game.status is GameStatus.PLAYING or (ended and lately):
                yield game

    def happens(self, share: float) -> bool:
        """Tell whether something that is wrong shows now."""
        return bool(share) and self.rng.random() < share

    def _stored(self, entries: Sequence[Entry]) -> StoredGame:
        start, status, end = entries[0], GameStatus.PLAYING, None
        assert isinstance(start, GameStarted)
        seats = list(start.seats)
        actions = [entry for entry in entries if isinstance(entry, ActionTaken)]
        for entry in entries:
            if isinstance(entry, TokenChanged):
                seats[entry.seat] = replace(seats[entry.seat], token_hash=entry.token_hash)
            elif isinstance(entry, GameEnded):
                status, end = entry.status, entry
        if start.game in self.aside:
            status = GameStatus.QUARANTINED
        return StoredGame(replace(start, seats=tuple(seats)), tuple(actions), status, end)


class Writes(Protocol):
    """The process that writes to a disk."""

    runtime: Runtime

    def run(self, callback: Callable[..., Any], *args: Any) -> None:  # noqa: ANN401
        """Do something in the process, if it still runs."""

    def step(self) -> None:
        """Note that the process asks something of the world; it may crash at that."""


class FakeJournal:
    """Keeps the records of one process on a disk (`Keeper`), a group at a time.

    Attributes:
        refused: the games that a refused row has put out of the journal.
    """

    def __init__(self, disk: FakeDisk, process: Writes) -> None:
        self.refused: set[str] = set()
        self._disk = disk
        self._process = process
        self._collecting: list[Record] = []
        self._writing: list[Record] = []
        self._appended = self._written = self._saved = 0  # numbers of the last such records
        self._is_busy = self._is_written = self._crashed = False
        self._fences: dict[str, int] = {}
        self._waiting: list[tuple[int, Callable[[], object]]] = []

    # What the runtime asks for

    def append(self, records: Sequence[Record]) -> None:
        """Keep records; the runtime hears when they are durable."""
        self._process.step()
        self._disk.appended(records)
        self._appended = records[-1].sequence
        self._collecting += [
            record
            for record in records
            if record.entry.game not in self.refused
            and record.epoch >= self._fences.get(record.entry.game, 0)
        ]
        if not self._is_busy:
            self._begin()

    def bring_back(self, game: str, epoch: int, after: int) -> None:
        """Read a game that broke off, once the records up to ``after`` are durable."""
        self._process.step()
        self._fences[game] = epoch
        self.when_saved(after, lambda: self._later(0.01, self._read_back, game, epoch))

    def put_aside(self, game: str, why: str) -> None:
        """Take a game for one that cannot be played on; one that is over stays as it is."""
        self._process.step()
        if game in {stored.start.game for stored in self._disk.running()}:
            self._disk.aside[game] = why

    def when_saved(self, sequence: int, callback: Callable[[], object]) -> None:
        """Call back when all records up to this one are durable."""
        if sequence <= self._saved:
            callback()
        else:
            self._waiting.append((sequence, callback))

    def crash(self) -> None:
        """Be lost with the process; what is being written may get through nevertheless."""
        if self._is_busy and not self._is_written and self._disk.rng.random() < 0.5:
            self._write()
        self._crashed = True
        self._disk.is_failing = False

    # Commits

    def _begin(self) -> None:
        """Begin to write what has been collected."""
        self._writing, self._collecting = self._collecting, []
        self._written = self._appended
        self._is_busy, self._is_written = True, False
        slow = self._disk.happens(self._disk.wear.slow)
        self._later(self._disk.rng.uniform(*((1.0, 4.0) if slow else (0.001, 0.03))), self._commit)

    def _commit(self) -> None:
        """Have the batch written, or fail."""
        disk, wear = self._disk, self._disk.wear
        if disk.happens(wear.failing):
            self._fail(disk.rng.uniform(0.05, disk.fails_for_s))
            return
        if self._writing and disk.happens(wear.refusing):
            self._refuse(disk.rng.choice(self._writing).entry.game)
        self._write()
        if disk.happens(wear.unheard):
            self._fail(disk.rng.uniform(0.05, 1.0))
        else:
            self._later(disk.rng.uniform(0.0, 0.01), self._settle)

    def _write(self) -> None:
        if not self._is_written and not self._crashed:  # else the rows are found
            self._disk.entries += [record.entry for record in self._writing]
            self._is_written = True

    def _fail(self, again_s: float) -> None:
        self._disk.is_failing = True
        self._process.run(self._process.runtime.stall, True)
        self._later(again_s, self._try_again)

    def _try_again(self) -> None:
        self._write()
        self._disk.is_failing = False
        self._process.run(self._process.runtime.stall, False)
        self._settle()

    def _refuse(self, game: str) -> None:
        self.refused.add(game)
        for records in (self._writing, self._collecting):
            records[:] = [record for record in records if record.entry.game != game]
        self._process.run(self._process.runtime.refused, game)

    def _settle(self) -> None:
        """Say that the batch is durable, and begin the next one."""
        self._saved, self._is_busy = self._written, False
        self._process.run(self._process.runtime.saved, self._saved)
        due = [callback for sequence, callback in self._waiting if sequence <= self._saved]
        self._waiting = [waits for waits in self._waiting if waits[0] > self._saved]
        for callback in due:
            callback()
        if self._appended > self._written and not self._is_busy:
            self._begin()

    def _read_back(self, game: str, epoch: int) -> None:
        """Give back a game that broke off."""
        runtime = self._process.runtime
        running = {stored.start.game: stored for stored in self._disk.running(ended_since=0.0)}
        if game not in running or self._disk.happens(self._disk.wear.unreadable):
            self._process.run(runtime.set_aside, game, "it cannot be read")
        else:
            self._process.run(runtime.restored, running[game], epoch)

    def _later(self, delay: float, callback: Callable[..., object], *args: object) -> None:
        self._disk.time.call_later(delay, self._unless_crashed, callback, args)

    def _unless_crashed(self, callback: Callable[..., object], args: tuple[object, ...]) -> None:
        if not self._crashed:
            callback(*args)
