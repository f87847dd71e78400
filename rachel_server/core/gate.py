"""The gate: holds back what the journal must have first (docs/ARCHITECTURE.md, decision 3).

Whatever a table sends while a record of its game is not known to be saved waits behind that
record, so that nobody sees a state that a crash could undo. Three rules more are decided here and
nowhere else: what waits for a game that the journal refuses never leaves; what waits for somebody
who has sat down elsewhere meanwhile never reaches them; and no more than so many bytes of a game
wait for one connection.
"""

from collections import deque
from typing import Final, final

from rachel_server.core.entries import Record
from rachel_server.core.outcome import Effects, Outcome, Send
from rachel_server.core.tally import Spread

WAITING_BYTES_MAX: Final = 256 * 1024
"""Bytes of a game that may wait for one connection; one that makes more wait is cut."""


@final
class _Row:
    """What waits for the last record of one input, in the order in which it came.

    Attributes:
        game: the game whose record it is.
        sequence: the record's.
        acted: where to note how long an action took, if it was one.
        since: when the input came.
        sends: frames, and the connections that wait for them.
        cuts: connections to end after that.
        bytes: how many wait for one connection at this game, at most.
    """

    __slots__ = ("acted", "bytes", "cuts", "game", "sends", "sequence", "since")

    def __init__(
        self, game: str, sequence: int, acted: Spread | None, since: float, waiting: int
    ) -> None:
        self.game = game
        self.sequence = sequence
        self.acted = acted
        self.since = since
        self.sends: list[Send] = []
        self.cuts: tuple[int, ...] = ()
        self.bytes = waiting


@final
class Gate:
    """Numbers records, and lets effects out in order once their record is saved."""

    def __init__(self) -> None:
        self._sequence = 0
        self._rows: deque[_Row] = deque()
        self._unsaved: dict[str, _Row] = {}  # of each game, the row of its last unsaved record

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
        row = None if game is None else self._unsaved.get(game)
        if effects.entries:
            assert game is not None
            for entry in effects.entries:
                self._sequence += 1
                outcome.records.append(Record(self._sequence, epoch, entry))
            row = _Row(game, self._sequence, acted, now, 0 if row is None else row.bytes)
            self._unsaved[game] = row
            self._rows.append(row)
        if row is None:
            outcome.sends += effects.sends
            outcome.cuts += effects.cuts
        else:
            for connections, data in effects.sends:
                self._hold(row, connections, data, outcome)
            row.cuts += effects.cuts

    def _hold(self, row: _Row, connections: list[int], data: bytes, outcome: Outcome) -> None:
        """Let frames wait; cut, and leave out, those for whom too much waits already."""
        row.bytes += len(data)
        if row.bytes > WAITING_BYTES_MAX:  # for all of them together: now it is counted
            waiting = self._waiting(row.game)
            row.bytes = max(waiting.values(), default=0) + len(data)
            full = [it for it in connections if waiting.get(it, 0) >= WAITING_BYTES_MAX]
            outcome.cuts += tuple(full)
            connections = [it for it in connections if it not in full]
        row.sends.append((connections, data))

    def saved(self, sequence: int, now: float, outcome: Outcome) -> None:
        """Let out what waited for the records up to and including this one."""
        rows = self._rows
        while rows and rows[0].sequence <= sequence:
            row = rows.popleft()
            if self._unsaved.get(row.game) is row:
                del self._unsaved[row.game]
            outcome.sends += row.sends
            outcome.cuts += row.cuts
            if row.acted is not None:
                row.acted.add(now - row.since)

    def refused(self, game: str) -> None:
        """Throw away what waits for a game: the journal will never have its record."""
        self._unsaved.pop(game, None)
        for row in self._rows:
            if row.game == game:
                row.sends, row.cuts, row.acted = [], (), None

    def moved_on(self, connection: int, game: str | None) -> None:
        """Void what waits for somebody at a game: they have sat down elsewhere, or are gone."""
        if game not in self._unsaved:
            return
        for row in self._rows:
            if row.game == game:
                row.sends = [
                    ([it for it in connections if it != connection], data)
                    for connections, data in row.sends
                ]
                row.cuts = tuple([it for it in row.cuts if it != connection])

    def _waiting(self, game: str) -> dict[int, int]:
        """Return how many bytes wait for each connection at a game."""
        waiting: dict[int, int] = {}
        for row in self._rows:
            if row.game == game:
                for connections, data in row.sends:
                    for connection in connections:
                        waiting[connection] = waiting.get(connection, 0) + len(data)
        return waiting
