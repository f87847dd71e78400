"""The floor of a house: its tables, their common clock, and the gate behind which effects wait.

Each input to a table goes through `Floor.at`, and so does what comes of it: records and frames to
the gate, thinking to the outcome, the next deadline to the timetable. An error of ours in the
middle of an input ends that table's run, and nothing else: its game comes back from the journal,
in which the input has left no trace.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from rachel.rubp import HOST_ID, Announce, Message, encode
from rachel_server.core.clock import PlayClock
from rachel_server.core.entries import ActionTaken, StoredGame
from rachel_server.core.gate import Gate
from rachel_server.core.lobby import Lobby
from rachel_server.core.outcome import Broken, Effects, Outcome
from rachel_server.core.peers import Peer, Peers
from rachel_server.core.running_game import Entropy, ReplayFailed
from rachel_server.core.seating import Caller
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState
from rachel_server.core.tally import Spread, Tally
from rachel_server.core.timetable import Timetable

CANNOT_SAVE: Final = "This game cannot be saved: the table is closed"
CANNOT_GO_ON: Final = "Our mistake: this table had to be closed"

BREAKS_MAX: Final = 3
"""How often in a row a game may break off in one turn; then it is set aside."""

_TICKS_MAX: Final = 64
"""Tables that one tick looks at; the next tick comes at once, but others have their turn first."""


class Floor:
    """The tables of a house, and everything that they share.

    Attributes:
        lobby: the tables.
        peers: the connections.
        clock: what the tables go by.
        gate: where effects wait for the journal.
        tally: what has been counted.
        epoch: the lease under which new tables run.
    """

    def __init__(
        self,
        settings: TableSettings,
        *,
        entropy: Entropy,
        unix_time: Callable[[], float],
        epoch: int,
        tables_max: int,
    ) -> None:
        self.lobby = Lobby(settings, entropy=entropy, unix_time=unix_time, tables_max=tables_max)
        self.peers = Peers()
        self.clock = PlayClock()
        self.gate = Gate()
        self.tally = Tally()
        self.epoch = epoch
        self._settings = settings
        self._entropy = entropy
        self._unix_time = unix_time
        self._timetable = Timetable()
        self._breaks: dict[str, tuple[int, int]] = {}  # of a game: in which turn, how often
        self._refused: set[str] = set()

    # Time

    def next_deadline(self) -> float | None:
        """Return when a table has something to do, by the server's clock; None when none has."""
        reading = None if self.clock.stands_still else self._timetable.next_deadline()
        return None if reading is None else self.clock.when(reading)

    def late(self, late_s: float, now: float) -> int:
        """Return how many tables should have done something more than ``late_s`` seconds ago."""
        return self._timetable.late(self.clock.reading(now) - late_s)

    def tick(self, now: float, outcome: Outcome) -> None:
        """Let the tables act that have something to do; not while their clock stands still."""
        if self.clock.stands_still:
            return
        reading = self.clock.reading(now)
        for table in self._timetable.due(reading, _TICKS_MAX):
            deadline = table.next_deadline()
            if deadline is not None and deadline <= reading:
                by = self.tally.host_actions
                self.at(table, outcome, now, table.tick, reading, acted=by)
            else:
                self._timetable.plan(table, deadline)

    # Inputs

    def at(
        self,
        table: Table,
        outcome: Outcome,
        now: float,
        act: Callable[..., Effects],
        *args: Any,  # noqa: ANN401 - whatever this input of a table takes
        acted: Spread | None = None,
    ) -> None:
        """Let a table handle an input; an error of ours ends its run.

        Args:
            table: the table; one that broke off takes no input.
            outcome: gets what follows.
            now: the server's clock.
            act: the table's method for this input.
            args: what that takes.
            acted: where to note how long an action took, if it is one.
        """
        if table.state is TableState.BROKEN:
            return
        state = table.state
        try:
            effects = act(*args)
            deadline = table.next_deadline()
        except Exception as error:
            table.state = state  # what the input would have led to has not happened
            self._break_off(table, error, outcome)
            return
        if effects.refused is not None:
            self.tally.rejected[effects.refused] += 1
        if acted is not None and not (effects.entries and type(effects.entries[0]) is ActionTaken):
            acted = None
        self.gate.admit(outcome, effects, table.game, table.epoch, now, acted)
        if effects.thought is not None:
            outcome.thoughts += (effects.thought,)
        if effects.dismissed or effects.cuts:  # a cut may wait, or never come
            for connection in effects.dismissed + effects.cuts:
                peer = self.peers.get(connection)
                if peer is not None:
                    self.peers.await_hello(peer, now)
        if table.state is TableState.CLOSED:
            self._forget(table)
        else:
            self._timetable.plan(table, deadline)

    # Frames that must not wait for the journal

    def send_now(
        self, peer: Peer, message: Message, outcome: Outcome, *, version: int | None = None
    ) -> None:
        """Send something at once.

        ``version`` is that of the HELLO which is answered, for one who has no seat so far.
        """
        table = table_of(peer)
        if table is not None:
            outcome.sends.append(([peer.connection], table.frame(peer.connection, message)))
            return
        frame = encode(
            message, version=version or peer.version, sequence=0, player_id=HOST_ID, game_id=0
        )
        outcome.sends.append(([peer.connection], frame))

    # Games that break off, and come back

    def restore(self, stored: StoredGame, now: float, epoch: int | None, outcome: Outcome) -> None:
        """Run a game that the journal holds: after a start, or after its table broke off.

        Whoever sat at the broken table sits at the new one. A game that cannot be restored is set
        aside, and one that the journal has refused meanwhile stays closed.
        """
        start = stored.start
        if start.game in self._refused:
            return
        reading = self.clock.reading(now)
        settings = replace(
            self._settings if start.public else self._settings.among_friends(),
            seats=len(start.seats),
            turn_time_s=start.turn_time_s,
            bot_level=start.bot_level,
            watch=start.watch,
        )
        before = self.lobby.tables.get(start.game_id)
        try:
            table = Table.restore(
                stored,
                settings=settings,
                entropy=self._entropy,
                unix_time=self._unix_time,
                now=reading,
                epoch=self.epoch if epoch is None else epoch,
            )
        except Exception as error:  # whatever it is, the other games go on
            why = str(error) if isinstance(error, ReplayFailed) else repr(error)
            self.set_aside(start.game, why, outcome)
            return
        callers = []
        if before is not None and before.game == start.game:
            callers = self._callers(before)
            before.give_way()
            self._timetable.drop(before)
        elif before is not None:  # its game is over, and the number of its table was given again
            self._forget(before)
        self.lobby.adopt(table)
        self._timetable.plan(table, table.next_deadline())
        for peer, caller, seat in callers:
            peer.table = table
            if seat is None:
                self.at(table, outcome, now, table.watch, caller, reading)
            else:
                self.at(table, outcome, now, table.reclaim, caller, seat, reading)
            if not table.hears(peer.connection):
                outcome.cuts += (peer.connection,)  # the new table broke off as well

    def set_aside(self, game: str, why: str, outcome: Outcome) -> None:
        """Give up a game that cannot be restored, and close its table if it has one."""
        self._close(game, CANNOT_GO_ON, outcome)
        outcome.aside += ((game, why),)

    def refuse(self, game: str, outcome: Outcome) -> None:
        """Close the table of a game that the journal refuses."""
        self._refused.add(game)
        self.gate.refused(game)
        self._close(game, CANNOT_SAVE, outcome)

    def _close(self, game: str, text: str, outcome: Outcome) -> None:
        for table in list(self.lobby.tables.values()):
            if table.game == game:
                if table.state is not TableState.BROKEN:
                    table.break_off()
                self._send_away(table, text, outcome)

    def _break_off(self, table: Table, error: Exception, outcome: Outcome) -> None:
        """End the run of a table after an error of ours, and ask for its game.

        Those whom the table had just let go, or not yet taken, are cut.
        """
        if table.state is not TableState.CLOSED:
            table.break_off()
        unheard = [p.connection for p in self.peers if p.table is table and table_of(p) is None]
        outcome.cuts += tuple(unheard)
        game = table.game
        if table.state is not TableState.BROKEN or game is None:
            outcome.broken += (Broken(None, table.room, 0, error),)
            self._send_away(table, CANNOT_GO_ON, outcome)
            return
        turn, times = self._breaks.get(game, (0, 0))
        times = times + 1 if turn == table.turn else 1
        self._breaks[game] = table.turn, times
        if times > BREAKS_MAX:
            outcome.broken += (Broken(None, table.room, 0, error),)
            outcome.aside += ((game, f"turn {turn}: {error!r}, again and again"),)
            self._send_away(table, CANNOT_GO_ON, outcome)
            return
        self._timetable.drop(table)
        outcome.broken += (Broken(game, table.room, table.epoch + 1, error),)

    def _send_away(self, table: Table, text: str, outcome: Outcome) -> None:
        """Close a table that broke off; its people are told why at once, and cut."""
        for peer, _, _ in self._callers(table):
            farewell = table.frame(peer.connection, Announce(text))
            outcome.sends.append(([peer.connection], farewell))
            outcome.cuts += (peer.connection,)
        table.give_way()
        self._forget(table)

    def _callers(self, table: Table) -> list[tuple[Peer, Caller, int | None]]:
        """Return who is still at a table that broke off, and on which seat.

        It could note of nobody that they went, or moved on.
        """
        found = []
        for connection in table.connections:
            peer = self.peers.get(connection)
            if peer is not None and peer.table is table and peer.caller is not None:
                found.append((peer, peer.caller, table.seat_of(connection)))
        return found

    def _forget(self, table: Table) -> None:
        self.lobby.forget(table)
        self._timetable.drop(table)
        if table.game is not None:
            self._breaks.pop(table.game, None)


def table_of(peer: Peer) -> Table | None:
    """Return the table that a peer hears, None if it has let the peer go or there was none."""
    table = peer.table
    return table if table is not None and table.hears(peer.connection) else None
