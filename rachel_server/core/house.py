"""The house: lobby, tables and connections of one server, as one state machine.

Inputs are what happened, with the reading of the server's clock: a connection opened, brought
frames, closed; time passed; the journal saved, or cannot save; a thought came back. Each returns
one `Outcome`: what to journal, what to write to which connection, which connections to end, what
to think about. The house does no input or output and reads no clock, so that it runs the same
behind sockets and in a simulation.

An error of ours in the middle of a table's input ends that table's run, and nothing else: its game
comes back from the journal, in which the input has left no trace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rachel.rubp import (
    HOST_ID,
    Announce,
    Error,
    ErrorCode,
    Frame,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    MessageType,
    Platform,
    SyncRequest,
    decode,
    encode,
)
from rachel.rules.actions import Action
from rachel.text import clean_text
from rachel_server.core.clock import PlayClock
from rachel_server.core.entries import ActionTaken, StoredGame
from rachel_server.core.gate import Gate
from rachel_server.core.lobby import TABLES_MAX, Lobby, NotSeated, Place
from rachel_server.core.outcome import Broken, Effects, Outcome, Ticket
from rachel_server.core.peers import Charge, Peer, Peers
from rachel_server.core.running_game import Entropy, ReplayFailed
from rachel_server.core.seating import Caller
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState
from rachel_server.core.tally import Spread, Tally
from rachel_server.core.timetable import Timetable

SAVING_DELAYED: Final = "Saving is delayed: please wait"
SAVING_WORKS: Final = "Saving works again"
CANNOT_SAVE: Final = "This game cannot be saved: the table is closed"
CANNOT_GO_ON: Final = "Our mistake: this table had to be closed"
TOO_MANY_HELLOS: Final = "Too many HELLOs: wait a minute"

WATCHES: Final = 0x80
"""The capability bit of a HELLO that wants no seat, only to watch (docs/PROTOCOL.md, HELLO)."""
WATCHERS_MAX: Final = 100
"""How many may watch one table."""
BREAKS_MAX: Final = 3
"""How often in a row a game may break off in one turn; then it is set aside."""

_TICKS_MAX: Final = 64
"""Tables that one tick looks at; the next tick comes at once, but others have their turn first."""
_TOKEN_SIZE: Final = 8
_FRAME_GAPS_S: Final = {int(Platform.VIC_20): 0.072}
"""Software-serial machines lose frames that follow each other too fast (docs/PROTOCOL.md)."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A seat that is kept for somebody.

    Attributes:
        game_id: the table on the wire.
        room: its code.
        seat: the seat there.
        token: what takes the seat: the reconnect token of the HELLO that is waited for.
    """

    game_id: int
    room: str
    seat: int
    token: bytes = field(repr=False)


class House:
    """All that is decided at one server.

    Attributes:
        lobby: the tables.
        peers: the connections.
        tally: what has been counted since it was made.
        stopping: whether it does nothing for anybody any more.
    """

    def __init__(
        self,
        settings: TableSettings,
        *,
        entropy: Entropy,
        unix_time: Callable[[], float],
        epoch: int = 1,
        tables_max: int = TABLES_MAX,
    ) -> None:
        """Make a house without tables.

        Args:
            settings: of the tables that HELLOs open.
            entropy: returns that many unpredictable bytes.
            unix_time: returns the time of the day in seconds.
            epoch: the lease under which its tables run.
            tables_max: how many tables there may be.
        """
        self.lobby = Lobby(settings, entropy=entropy, unix_time=unix_time, tables_max=tables_max)
        self.peers = Peers()
        self.tally = Tally()
        self.stopping = False
        self._settings = settings
        self._entropy = entropy
        self._unix_time = unix_time
        self._epoch = epoch
        self._gate = Gate()
        self._clock = PlayClock()
        self._timetable = Timetable()
        self._breaks: dict[str, tuple[int, int]] = {}  # of a game: in which turn, how often

    # What can be asked

    @property
    def stalled(self) -> bool:
        """Whether nothing can be saved, so that play waits."""
        return self._clock.stands_still

    def overdue(self, late_s: float, now: float) -> int:
        """Return how many tables should have done something more than ``late_s`` seconds ago.

        While nothing can be saved, none is expected to.
        """
        return 0 if self.stalled else self._timetable.late(self._clock.reading(now) - late_s)

    def seconds_until(self, reading: float, now: float) -> float:
        """Return how far away a reading of the play clock is, 0 when it has come."""
        return max(0.0, reading - self._clock.reading(now))

    def next_deadline(self) -> float | None:
        """Return when to call `ticked`, None when only another input can bring something to do."""
        peers = self.peers.next_deadline()
        table = None if self.stalled else self._timetable.next_deadline()
        if table is None:
            return peers
        at = self._clock.when(table)
        return at if peers is None else min(at, peers)

    # What happens to connections

    def opened(self, connection: int, transport: str, address: str | None, now: float) -> None:
        """Take in a new connection, which has five seconds to say HELLO.

        Args:
            connection: a number that no other connection has or had.
            transport: how it came, in one word.
            address: what limits per address count it by, None if they do not.
            now: the server's clock.
        """
        self.tally.connections += 1
        self.peers.admit(connection, transport, address, now)

    def received(self, connection: int, frames: Sequence[Frame], now: float) -> Outcome:
        """Handle frames of one connection, in order."""
        outcome = Outcome()
        peer = self.peers.get(connection)
        if peer is None or self.stopping:
            return outcome
        peer.heard_at = now
        for frame in frames:
            if peer.leaving:
                break
            self._take(peer, frame, now, outcome)
            if outcome.cuts:
                self._note_cuts(outcome)
        return outcome

    def closed(self, connection: int, now: float) -> Outcome:
        """Note that a connection is gone."""
        outcome = Outcome()
        peer = self.peers.drop(connection)
        self._gate.closed(connection)
        table = None if peer is None else _table_of(peer)
        if table is not None and not self.stopping:
            self._at(table, outcome, now, table.lost, connection, self._clock.reading(now))
        return outcome

    def ticked(self, now: float) -> Outcome:
        """Do what is due: end connections that are late, and let tables act."""
        outcome = Outcome()
        if self.stopping:
            return outcome
        outcome.cuts += [peer.connection for peer in self.peers.late(now)]
        if not self.stalled:
            reading = self._clock.reading(now)
            for table in self._timetable.due(reading, _TICKS_MAX):
                deadline = table.next_deadline()
                if deadline is not None and deadline <= reading:
                    by = self.tally.host_actions
                    self._at(table, outcome, now, table.tick, reading, acted=by)
                else:
                    self._timetable.plan(table, deadline)
        self._note_cuts(outcome)
        return outcome

    def thought(self, ticket: Ticket, action: Action | None, now: float) -> Outcome:
        """Take the answer to a `Thought`, None when there is none to be had.

        One that comes too late changes nothing.
        """
        outcome = Outcome()
        table = self.lobby.tables.get(ticket.game_id)
        if table is not None and table.state is TableState.PLAYING and not self.stopping:
            by = self.tally.host_actions
            reading = self._clock.reading(now)
            self._at(table, outcome, now, table.thought, ticket, action, reading, acted=by)
        return outcome

    # What happens to the journal

    def saved(self, sequence: int, now: float) -> Outcome:
        """Note that all records up to this one are saved, those of refused games aside."""
        outcome = Outcome()
        self._gate.saved(sequence, now, outcome)
        self._note_cuts(outcome)
        return outcome

    def saving_failed(self, now: float) -> Outcome:
        """Let the tables' clock stand still until saving works again, and tell everybody.

        What players wait for is held back meanwhile, so no time of theirs may pass.
        """
        self._clock.pause(now)
        return self.announce(SAVING_DELAYED)

    def saving_works(self, now: float) -> Outcome:
        """Let the tables' clock go on."""
        self._clock.go_on(now)
        return self.announce(SAVING_WORKS)

    def refused(self, game: str) -> Outcome:
        """End the table of a game that the journal refuses; what was not saved is never sent."""
        outcome = Outcome()
        self._gate.refused(game)
        for table in list(self.lobby.tables.values()):
            if table.game == game:
                if table.state is not TableState.BROKEN:
                    table.break_off()
                self._send_away(table, CANNOT_SAVE, outcome)
        self._note_cuts(outcome)
        return outcome

    def restored(self, stored: StoredGame, now: float, *, epoch: int | None = None) -> Outcome:
        """Run a game that the journal holds: after a start, or after its table broke off.

        Whoever sat at the broken table sits at the new one. A game that does not replay is set
        aside.
        """
        outcome = Outcome()
        start = stored.start
        reading = self._clock.reading(now)
        settings = replace(
            self._settings,
            seats=len(start.seats),
            turn_time_s=start.turn_time_s,
            bot_level=start.bot_level,
        )
        before = self.lobby.tables.get(start.game_id)
        try:
            table = Table.restore(
                stored,
                settings=settings,
                entropy=self._entropy,
                unix_time=self._unix_time,
                now=reading,
                epoch=self._epoch if epoch is None else epoch,
            )
        except ReplayFailed as failure:
            return self.set_aside(start.game, str(failure))
        if before is not None and before.game == start.game:
            callers = self._callers(before)
            before.give_way()
            self._forget(before)
        else:
            callers = []
        self.lobby.adopt(table)
        self._timetable.plan(table, table.next_deadline())
        for peer, caller, seat in callers:
            peer.table = table
            if seat is None:
                self._at(table, outcome, now, table.watch, caller)
            else:
                self._at(table, outcome, now, table.reclaim, caller, seat, reading)
        return outcome

    def set_aside(self, game: str, why: str) -> Outcome:
        """Give up a game that cannot be restored, and close its table if it has one."""
        outcome = Outcome()
        for table in list(self.lobby.tables.values()):
            if table.game == game:
                self._send_away(table, CANNOT_GO_ON, outcome)
        outcome.aside.append((game, why))
        self._note_cuts(outcome)
        return outcome

    # What is asked for over HTTP

    def open(
        self, settings: TableSettings, *, public: bool, bots: int, now: float
    ) -> tuple[Table, Outcome]:
        """Open a table with settings of its own, under a new code.

        Args:
            settings: how the table is run.
            public: whether quick play may seat people there.
            bots: how many seats, fewer than there are, bots take at once.
            now: the server's clock.

        Raises:
            NotSeated: there are as many tables as there may be.
        """
        outcome = Outcome()
        table = self.lobby.open("", public=public, settings=settings, epoch=self._epoch)
        self._at(table, outcome, now, table.open, bots, self._clock.reading(now))
        return table, outcome

    def reserve(
        self, code: str, account: int, name: str, now: float
    ) -> tuple[Reservation | None, Outcome]:
        """Keep a seat for an account where a fresh HELLO with this room code would come.

        Whoever has a seat there gets a new token for it; if a game runs, that is a record, and the
        token counts when it is saved. An account has one reservation at most: an earlier one that
        nobody came for is given up. There is no reservation when the table broke off meanwhile.

        Raises:
            NotSeated: there is no seat; nothing has changed.
        """
        outcome = Outcome()
        reading = self._clock.reading(now)
        earlier = self.lobby.reserved(account)
        awaited = None if earlier is None else earlier.seats.awaited(account)
        if not code and earlier is not None and earlier.public and awaited is not None:
            code = earlier.room
        place = self.lobby.find(code, lambda table: table.seats.of_account(account))
        table = place.table or self._open(place)
        if table.state is TableState.BROKEN:
            raise NotSeated.for_now()
        if earlier is not None and earlier is not table and awaited is not None:
            self._at(earlier, outcome, now, earlier.give_up_reservation, account, reading)
        self._tell_room(place, name, table, outcome, now)
        token = self._entropy(_TOKEN_SIZE)
        self._at(table, outcome, now, table.reserve, name, token, account, reading)
        self.lobby.note_reservation(account, table)
        seat = table.seats.of_account(account)
        if seat is None:
            return None, outcome
        return Reservation(table.game_id, table.room, seat, token), outcome

    def begin(self, table: Table, now: float) -> Outcome:
        """Begin a waiting table's game now, if somebody is there."""
        outcome = Outcome()
        self._at(table, outcome, now, table.begin, self._clock.reading(now))
        return outcome

    def leave(self, table: Table, seat: int, now: float) -> Outcome:
        """Let the person on a seat go; see `Table.leave`."""
        outcome = Outcome()
        self._at(table, outcome, now, table.leave, seat, self._clock.reading(now))
        self._note_cuts(outcome)
        return outcome

    # Everybody

    def announce(self, text: str) -> Outcome:
        """Tell everybody who has a seat something at once, without waiting for the journal."""
        outcome = Outcome()
        for peer in self.peers:
            if _table_of(peer) is not None:
                self._send_now(peer, Announce(text), outcome)
        return outcome

    def stop(self, text: str) -> Outcome:
        """Tell everybody that the server stops, then do nothing more for anybody.

        What waits for the journal is still let out.
        """
        outcome = self.announce(text)
        self.stopping = True
        return outcome

    # Frames

    def _take(self, peer: Peer, frame: Frame, now: float, outcome: Outcome) -> None:
        """Handle one frame."""
        table = _table_of(peer)
        try:
            message = decode(frame)
        except MessageError as error:
            played = frame.type == MessageType.PLAY_CARD
            code = ErrorCode.INVALID_PLAY if played else ErrorCode.UNKNOWN
            self._refuse(peer, error.reason, code, now, outcome)
            return
        if isinstance(message, Hello):
            self._hello(peer, message, frame, now, outcome)
        elif isinstance(message, Heartbeat):
            self.peers.beats(peer, now)
            self._send_now(peer, Heartbeat(), outcome)
            self._charge(peer, now, outcome)
        elif table is None:
            self._refuse(peer, "no_table", ErrorCode.GAME_NOT_STARTED, now, outcome)
        elif frame.game_id not in (0, table.game_id):
            self._refuse(peer, "other_game", ErrorCode.UNKNOWN, now, outcome)
        elif table.state is not TableState.BROKEN:
            by, records = self.tally.player_actions, len(outcome.records)
            reading = self._clock.reading(now)
            self._at(
                table, outcome, now, table.receive, peer.connection, message, reading, acted=by
            )
            if len(outcome.records) == records and not _is_news(peer, message, table):
                self._charge(peer, now, outcome)

    def _hello(self, peer: Peer, hello: Hello, frame: Frame, now: float, outcome: Outcome) -> None:
        """Seat somebody, or answer why that cannot be; then nothing else has changed."""
        table, connection = _table_of(peer), peer.connection
        if not self.peers.may_say_hello(peer, now):
            self._send_now(peer, Announce(TOO_MANY_HELLOS), outcome)
            outcome.cuts.append(connection)
            return
        caller = Caller(
            connection=connection,
            version=frame.version,
            name=hello.name,
            token=hello.token,
            platform=hello.platform,
            look=hello.look,
            acknowledges=hello.acknowledges_sync,
            watches=bool(hello.capabilities & WATCHES),
            account=peer.account,
        )
        try:
            if caller.watches:
                place = self._to_watch(hello.room, frame.game_id)
            else:
                place = self._place(peer, hello, frame.game_id, now)
            goal = place.table or self._open(place)
        except NotSeated as refusal:
            self.tally.rejected[f"hello_{refusal.code.name.lower()}"] += 1
            self._answer(peer, Error(refusal.code), now, outcome, version=frame.version)
            self._charge(peer, now, outcome)
            return
        if goal.state is TableState.BROKEN:
            outcome.cuts.append(connection)  # it is back in a moment, and so will they be
            return
        if self.stalled:  # the WELCOME may have to wait
            self._send_now(peer, Announce(SAVING_DELAYED), outcome, version=frame.version)
        reading = self._clock.reading(now)
        if table is not None and (table is not goal or place.seat != table.seat_of(connection)):
            if table is not goal:
                self._gate.moved_on(connection)
            self._at(table, outcome, now, table.moved_on, connection, reading)
        self._tell_room(place, hello.name, goal, outcome, now)
        peer.caller, peer.table, peer.hello_by, peer.confirmed = caller, goal, None, -1
        outcome.gaps[connection] = _FRAME_GAPS_S.get(caller.platform, 0.0)
        if caller.watches:
            self._at(goal, outcome, now, goal.watch, caller)
        elif place.seat is None:
            self._at(goal, outcome, now, goal.join, caller, reading)
        else:
            peer.account = goal.seats[place.seat].account
            self._at(goal, outcome, now, goal.reclaim, caller, place.seat, reading)
        if not goal.hears(connection):
            outcome.cuts.append(connection)  # the table broke off just now

    def _place(self, peer: Peer, hello: Hello, game_id: int, now: float) -> Place:
        """Return where a HELLO goes; ``game_id`` is its header's, 0 for a fresh join.

        A HELLO from somebody at a finished table asks for a rematch there.

        Raises:
            NotSeated: there is no seat for it.
        """
        here = _table_of(peer)

        def seat_at(table: Table) -> int | None:
            seat = table.seats.with_token(hello.token)
            if seat is None and table is here:
                return table.seat_of(peer.connection)  # old clients have no token, and repeat HELLO
            return seat

        finished = here if here is not None and here.state is TableState.FINISHED else None
        if game_id and (finished is None or finished.game_id != game_id):
            return self.lobby.claim(game_id, seat_at)
        place = self.lobby.find(hello.room or ("" if finished is None else finished.room), seat_at)
        if place.table is None and place.after is None and not self.peers.may_open(peer, now):
            raise NotSeated(ErrorCode.LOBBY_FULL)
        return place

    def _to_watch(self, room: str, game_id: int) -> Place:
        """Return the table that somebody wants to watch, by its id or else by its room.

        Raises:
            NotSeated: there is none, or as many watch it already as may.
        """
        table = self.lobby.tables.get(game_id) if game_id else self.lobby.in_room(room)
        if table is None:
            raise NotSeated(ErrorCode.UNKNOWN)
        if len(table.watchers) >= WATCHERS_MAX:
            raise NotSeated(ErrorCode.LOBBY_FULL)
        return Place(table)

    def _open(self, place: Place) -> Table:
        """Open the table that a place asks for.

        Raises:
            NotSeated: there are as many tables as there may be.
        """
        after = place.after
        if after is None:
            return self.lobby.open(place.room, public=not place.room, epoch=self._epoch)
        return self.lobby.open(
            place.room, public=after.public, settings=after.settings, epoch=self._epoch
        )

    def _tell_room(
        self, place: Place, name: str, table: Table, outcome: Outcome, now: float
    ) -> None:
        """Tell a finished table that somebody has opened its successor; who watches goes there."""
        after = place.after
        if after is None:
            return
        text = f"{clean_text(name)} plays again in room {table.room}"
        self._at(after, outcome, now, after.announce, text)
        for connection in after.watchers:
            peer = self.peers.get(connection)
            if peer is not None and peer.caller is not None:
                self._gate.moved_on(connection)
                self._at(after, outcome, now, after.moved_on, connection, self._clock.reading(now))
                peer.table = table
                self._at(table, outcome, now, table.watch, peer.caller)

    # Answers

    def _refuse(
        self, peer: Peer, reason: str, code: ErrorCode, now: float, outcome: Outcome
    ) -> None:
        """Refuse a frame."""
        self.tally.rejected[reason] += 1
        self._answer(peer, Error(code), now, outcome)
        self._charge(peer, now, outcome)

    def _answer(
        self, peer: Peer, error: Error, now: float, outcome: Outcome, *, version: int | None = None
    ) -> None:
        """Send an ERROR: in order behind the table's frames, or at once without a table."""
        table = _table_of(peer)
        if table is None or table.state is TableState.BROKEN:
            self._send_now(peer, error, outcome, version=version)
        else:
            self._at(table, outcome, now, table.refuse, peer.connection, error.code)

    def _send_now(
        self, peer: Peer, message: Message, outcome: Outcome, *, version: int | None = None
    ) -> None:
        """Send what must not wait for the journal.

        ``version`` is that of the HELLO which is answered, for one who has no seat so far.
        """
        table = _table_of(peer)
        if table is not None:
            outcome.write(peer.connection, table.frame(peer.connection, message))
            return
        frame = encode(
            message, version=version or peer.version, sequence=0, player_id=HOST_ID, game_id=0
        )
        outcome.write(peer.connection, frame)

    def _charge(self, peer: Peer, now: float, outcome: Outcome) -> None:
        """Count a frame that moved no game on."""
        match self.peers.charge(peer, now):
            case Charge.REST:
                outcome.rests[peer.connection] = peer.rested_until
            case Charge.FLOOD:
                self.tally.rejected["flood"] += 1
                outcome.floods.append(peer.connection)
                outcome.cuts.append(peer.connection)

    # Tables

    def _at(
        self,
        table: Table,
        outcome: Outcome,
        now: float,
        act: Callable[..., Effects],
        *args: Any,  # noqa: ANN401 - whatever this input of a table takes
        acted: Spread | None = None,
    ) -> None:
        """Let a table handle an input; an error of ours ends its run."""
        if table.state is TableState.BROKEN:
            return
        try:
            effects = act(*args)
            deadline = table.next_deadline()
        except Exception as error:
            self._break_off(table, error, outcome)
            return
        if effects.refused is not None:
            self.tally.rejected[effects.refused] += 1
        is_action = bool(effects.entries) and type(effects.entries[0]) is ActionTaken
        self._gate.admit(
            outcome,
            effects,
            game=table.game,
            epoch=table.epoch,
            now=now,
            acted=acted if is_action else None,
        )
        if effects.thought is not None:
            outcome.thoughts.append(effects.thought)
        for connection in effects.dismissed:
            peer = self.peers.get(connection)
            if peer is not None:
                self.peers.await_hello(peer, now)
        if table.state is TableState.CLOSED:
            self._forget(table)
        else:
            self._timetable.plan(table, deadline)

    def _break_off(self, table: Table, error: Exception, outcome: Outcome) -> None:
        """End the run of a table after an error of ours, and ask for its game."""
        table.break_off()
        game = table.game
        if table.state is not TableState.BROKEN or game is None:
            outcome.broken.append(Broken(None, table.room, 0, error))
            self._send_away(table, CANNOT_GO_ON, outcome)
            return
        turn, times = self._breaks.get(game, (0, 0))
        times = times + 1 if turn == table.turn else 1
        self._breaks[game] = table.turn, times
        if times > BREAKS_MAX:
            outcome.broken.append(Broken(None, table.room, 0, error))
            outcome.aside.append((game, f"turn {turn}: {error!r}, again and again"))
            self._send_away(table, CANNOT_GO_ON, outcome)
            return
        self._timetable.drop(table)
        outcome.broken.append(Broken(game, table.room, table.epoch + 1, error))

    def _send_away(self, table: Table, text: str, outcome: Outcome) -> None:
        """Close a table that broke off; its people are told why at once, and cut."""
        for connection in table.connections:
            outcome.write(connection, table.frame(connection, Announce(text)))
            outcome.cuts.append(connection)
        table.give_way()
        self._forget(table)

    def _callers(self, table: Table) -> list[tuple[Peer, Caller, int | None]]:
        """Return who is still at a table that broke off, and on which seat."""
        found = []
        for connection in table.connections:
            peer = self.peers.get(connection)
            if peer is not None and peer.caller is not None:
                found.append((peer, peer.caller, table.seat_of(connection)))
        return found

    def _forget(self, table: Table) -> None:
        self.lobby.forget(table)
        self._timetable.drop(table)
        if table.game is not None:
            self._breaks.pop(table.game, None)

    def _note_cuts(self, outcome: Outcome) -> None:
        """Hear nothing more from those who are cut."""
        for connection in outcome.cuts:
            peer = self.peers.get(connection)
            if peer is not None:
                peer.leaving = True


def _is_news(peer: Peer, message: Message, table: Table) -> bool:
    """Tell whether a message is the first acknowledgement of a turn, and note it."""
    if not isinstance(message, SyncRequest) or not message.acknowledge:
        return False
    is_news = peer.confirmed < message.turn <= table.turn
    if is_news:
        peer.confirmed = message.turn
    return is_news


def _table_of(peer: Peer) -> Table | None:
    """Return the table that a peer sits at, None if it has let the peer go or there was none."""
    table = peer.table
    return table if table is not None and table.hears(peer.connection) else None
