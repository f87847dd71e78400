"""The gate: holds back what the journal must have first (docs/ARCHITECTURE.md, decision 3).

Whatever a table sends while a record of its game is not known to be saved waits behind that
record, so that nobody sees a state that a crash could undo. Three rules more are decided here and
nowhere else: what waits for a game that the journal refuses never leaves; what waits for somebody
who has sat down elsewhere meanwhile never reaches them; and no more than so many bytes wait for
one connection.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rachel_server.core.entries import Record
from rachel_server.core.outcome import Effects, Outcome
from rachel_server.core.tally import Spread

WAITING_BYTES_MAX: Final = 256 * 1024
"""Bytes that may wait for one connection; one that makes more wait is cut."""


class _Waiting:
    """What waits for one connection: how many bytes, and from which held effects on they count."""

    __slots__ = ("bytes", "connection", "since")

    def __init__(self, connection: int) -> None:
        self.connection = connection
        self.bytes = 0
        self.since = 0


@dataclass(slots=True)
class _Held:
    """The effects of one input, waiting.

    Attributes:
        game: the game whose record they wait for.
        serial: counts everything that was held.
        sends: frames, and those they wait for.
        cuts: as in `Effects`.
        acted: where to note how long an action took, if it was one.
        since: when the input came.
    """

    game: str
    serial: int
    sends: list[tuple[list[_Waiting], bytes]]
    cuts: list[int]
    acted: Spread | None
    since: float


@dataclass(slots=True)
class _Row:
    """What waits for one record, in the order in which it came."""

    sequence: int
    held: list[_Held] = field(default_factory=list)


class Gate:
    """Numbers records, and lets effects out in order once their record is saved."""

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: deque[_Row] = deque()
        self._unsaved: dict[str, _Row] = {}  # of each game, the row of its last unsaved record
        self._serial = 0
        self._waiting: dict[int, _Waiting] = {}

    def waits(self, game: str | None) -> bool:
        """Tell whether a game has a record that is not known to be saved."""
        return game in self._unsaved

    def admit(
        self,
        outcome: Outcome,
        effects: Effects,
        *,
        game: str | None,
        epoch: int,
        now: float,
        acted: Spread | None = None,
    ) -> None:
        """Add to the outcome what may happen at once, and hold the rest.

        Args:
            outcome: gets the records, and what need not wait.
            effects: of one input to a table.
            game: the id of the table's game, None before the deal: nothing waits then.
            epoch: the lease under which the table runs.
            now: when the input came.
            acted: where to note how long it took until the effects were out, if it was an action.
        """
        for entry in effects.entries:
            self._sequence += 1
            outcome.records.append(Record(self._sequence, epoch, entry))
        if effects.entries:
            assert game is not None
            row = self._unsaved[game] = _Row(self._sequence)
            self._rows.append(row)
        elif game is None or game not in self._unsaved:
            for connections, data in effects.sends:
                for connection in connections:
                    outcome.write(connection, data)
            outcome.cuts += effects.cuts
            return
        self._serial += 1
        sends = self._bounded(effects.sends, outcome)
        held = _Held(game, self._serial, sends, effects.cuts, acted, now)
        self._unsaved[game].held.append(held)

    def saved(self, sequence: int, now: float, outcome: Outcome) -> None:
        """Let out what waited for the records up to and including this one."""
        rows = self._rows
        while rows and rows[0].sequence <= sequence:
            row = rows.popleft()
            for held in row.held:
                if self._unsaved.get(held.game) is row:
                    del self._unsaved[held.game]
                self._let_out(held, outcome)
                if held.acted is not None:
                    held.acted.add(now - held.since)

    def refused(self, game: str) -> None:
        """Throw away what waits for a game: the journal will never have its record."""
        self._unsaved.pop(game, None)
        for row in self._rows:
            for held in row.held:
                if held.game == game:
                    for waiting, data in held.sends:
                        for one in waiting:
                            one.bytes -= len(data)
            row.held = [held for held in row.held if held.game != game]

    def moved_on(self, connection: int) -> None:
        """Void what waits for somebody: they have sat down elsewhere, where it makes no sense."""
        if self._rows:  # a cut may wait for somebody for whom no frame does
            self._waiting_for(connection).since = self._serial + 1

    def closed(self, connection: int) -> None:
        """Forget a connection that is gone, and what waits for it."""
        waiting = self._waiting.pop(connection, None)
        if waiting is not None:
            waiting.since = self._serial + 1

    def _waiting_for(self, connection: int) -> _Waiting:
        waiting = self._waiting.get(connection)
        if waiting is None:
            waiting = self._waiting[connection] = _Waiting(connection)
        return waiting

    def _bounded(
        self, sends: list[tuple[Sequence[int], bytes]], outcome: Outcome
    ) -> list[tuple[list[_Waiting], bytes]]:
        """Count what will wait; cut, and leave out, those for whom too much waits already."""
        bounded: list[tuple[list[_Waiting], bytes]] = []
        for connections, data in sends:
            kept: list[_Waiting] = []
            for connection in connections:
                waiting = self._waiting_for(connection)
                if waiting.bytes < WAITING_BYTES_MAX:
                    waiting.bytes += len(data)
                    kept.append(waiting)
                else:
                    outcome.cuts.append(connection)
            bounded.append((kept, data))
        return bounded

    def _let_out(self, held: _Held, outcome: Outcome) -> None:
        serial = held.serial
        for waiting, data in held.sends:
            for one in waiting:
                one.bytes -= len(data)
                if serial >= one.since:
                    outcome.write(one.connection, data)
        for connection in held.cuts:
            known = self._waiting.get(connection)
            if known is None or serial >= known.since:
                outcome.cuts.append(connection)
