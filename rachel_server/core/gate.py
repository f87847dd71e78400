"""The gate: holds back what the journal must have first (docs/ARCHITECTURE.md, decision 3).

Whatever a table sends while a record of its game is not known to be saved waits behind that
record, so that nobody sees a state that a crash could undo. Three rules more are decided here and
nowhere else: what waits for a game that the journal refuses never leaves; what waits for somebody
who has sat down elsewhere meanwhile never reaches them; and no more than so many bytes wait for
one connection.
"""

from collections import deque
from typing import Final, final

from rachel_server.core.entries import Record
from rachel_server.core.outcome import Effects, Outcome
from rachel_server.core.tally import Spread

WAITING_BYTES_MAX: Final = 256 * 1024
"""Bytes that may wait for one connection; one that makes more wait is cut."""


@final
class _Waiting:
    """What waits for one connection: how many bytes, and from which serial number on they count."""

    __slots__ = ("bytes", "connection", "since")

    def __init__(self, connection: int) -> None:
        self.connection = connection
        self.bytes = 0
        self.since = 0


@final
class _Row:
    """What waits for the last record of one input, in the order in which it came.

    Attributes:
        game: the game whose record it is.
        sequence: the record's.
        acted: where to note how long an action took, if it was one.
        since: when the input came.
        sends: frames and those they wait for, each with the serial number of its input.
        cuts: connections to end, likewise.
    """

    __slots__ = ("acted", "cuts", "game", "sends", "sequence", "since")

    def __init__(self, game: str, sequence: int, acted: Spread | None, since: float) -> None:
        self.game = game
        self.sequence = sequence
        self.acted = acted
        self.since = since
        self.sends: list[tuple[int, list[_Waiting], bytes]] = []
        self.cuts: list[tuple[int, int]] = []


@final
class Gate:
    """Numbers records, and lets effects out in order once their record is saved."""

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: deque[_Row] = deque()
        self._unsaved: dict[str, _Row] = {}  # of each game, the row of its last unsaved record
        self._serial = 0  # counts the inputs of which something was held
        self._waiting: dict[int, _Waiting] = {}

    def waits(self, game: str | None) -> bool:
        """Tell whether a game has a record that is not known to be saved."""
        return game in self._unsaved

    def admit(
        self,
        outcome: Outcome,
        effects: Effects,
        game: str | None,
        epoch: int,
        now: float,
        acted: Spread | None,
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
        if effects.entries:
            assert game is not None
            for entry in effects.entries:
                self._sequence += 1
                outcome.records.append(Record(self._sequence, epoch, entry))
            row = self._unsaved[game] = _Row(game, self._sequence, acted, now)
            self._rows.append(row)
            self._hold(row, effects, outcome)
        elif game is not None and game in self._unsaved:
            self._hold(self._unsaved[game], effects, outcome)
        else:
            for connections, data in effects.sends:
                for connection in connections:
                    outcome.write(connection, data)
            outcome.cuts += effects.cuts

    def _hold(self, row: _Row, effects: Effects, outcome: Outcome) -> None:
        """Count what will wait; cut, and leave out, those for whom too much waits already."""
        self._serial += 1
        serial = self._serial
        for connections, data in effects.sends:
            kept: list[_Waiting] = []
            for connection in connections:
                waiting = self._waiting_for(connection)
                if waiting.bytes < WAITING_BYTES_MAX:
                    waiting.bytes += len(data)
                    kept.append(waiting)
                else:
                    outcome.cuts += (connection,)
            row.sends.append((serial, kept, data))
        for connection in effects.cuts:
            row.cuts.append((serial, connection))

    def saved(self, sequence: int, now: float, outcome: Outcome) -> None:
        """Let out what waited for the records up to and including this one."""
        rows = self._rows
        while rows and rows[0].sequence <= sequence:
            row = rows.popleft()
            if self._unsaved.get(row.game) is row:
                del self._unsaved[row.game]
            for serial, kept, data in row.sends:
                for waiting in kept:
                    waiting.bytes -= len(data)
                    if serial >= waiting.since:
                        outcome.write(waiting.connection, data)
            for serial, connection in row.cuts:
                known = self._waiting.get(connection)
                if known is None or serial >= known.since:
                    outcome.cuts += (connection,)
            if row.acted is not None:
                row.acted.add(now - row.since)

    def refused(self, game: str) -> None:
        """Throw away what waits for a game: the journal will never have its record."""
        self._unsaved.pop(game, None)
        for row in self._rows:
            if row.game == game:
                for _, kept, data in row.sends:
                    for waiting in kept:
                        waiting.bytes -= len(data)
                row.sends, row.cuts, row.acted = [], [], None

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
