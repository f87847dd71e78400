"""The house: everything that one server decides, as one state machine.

Inputs are what happened, with the reading of the server's clock: a connection opened, brought
frames, closed; time passed; the journal saved, or cannot save; a thought came back. Each returns
one `Outcome`: what to journal, what to write to which connection, which connections to end, what
to think about. The house does no input or output and reads no clock, so that it runs the same
behind sockets and in a simulation.

Its parts: `peers` knows the connections and their limits, `reception` gives people their places,
`floor` runs the tables.
"""

from collections.abc import Callable, Sequence
from typing import Final

from rachel.rubp import (
    Announce,
    Error,
    ErrorCode,
    Frame,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    MessageType,
    SyncRequest,
    decode,
)
from rachel.rules.actions import Action
from rachel_server.core.entries import StoredGame
from rachel_server.core.floor import Floor, table_of
from rachel_server.core.lobby import TABLES_MAX
from rachel_server.core.names import Names
from rachel_server.core.outcome import Outcome, Ticket
from rachel_server.core.peers import Charge, Peer
from rachel_server.core.reception import SAVING_DELAYED, Reception, Reservation
from rachel_server.core.running_game import Entropy
from rachel_server.core.seating import Login
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState

SAVING_WORKS: Final = "Saving works again"


class House:
    """All that is decided at one server.

    Attributes:
        lobby: the tables.
        peers: the connections.
        names: the names that are not for guests, to be told of accounts that come and go.
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
        names: Names | None = None,
    ) -> None:
        """Make a house without tables.

        Args:
            settings: of the tables that HELLOs open.
            entropy: returns that many unpredictable bytes.
            unix_time: returns the time of the day in seconds.
            epoch: the lease under which its tables run.
            tables_max: how many tables there may be.
            names: the names that are not for guests; None for those that are nobody's account's.
        """
        self._floor = Floor(
            settings, entropy=entropy, unix_time=unix_time, epoch=epoch, tables_max=tables_max
        )
        self.names = Names() if names is None else names
        self._reception = Reception(self._floor, entropy, self.names)
        self._clock = self._floor.clock
        self.lobby = self._floor.lobby
        self.peers = self._floor.peers
        self.tally = self._floor.tally
        self.stopping = False

    # What can be asked

    @property
    def stalled(self) -> bool:
        """Whether nothing can be saved, so that play waits."""
        return self._clock.stands_still

    def overdue(self, late_s: float, now: float) -> int:
        """Return how many tables should have done something more than ``late_s`` seconds ago.

        While nothing can be saved, none is expected to.
        """
        return 0 if self.stalled else self._floor.late(late_s, now)

    def seconds_until(self, reading: float, now: float) -> float:
        """Return how far away a reading of the tables' clock is, 0 when it has come."""
        return max(0.0, reading - self._clock.reading(now))

    def next_deadline(self) -> float | None:
        """Return when to call `ticked`, None when only another input can bring something to do."""
        peers, tables = self.peers.next_deadline(), self._floor.next_deadline()
        if peers is None or tables is None:
            return tables if peers is None else peers
        return min(peers, tables)

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
            self._note_cuts(outcome)
        return outcome

    def closed(self, connection: int, now: float) -> Outcome:
        """Note that a connection is gone."""
        outcome = Outcome()
        peer = self.peers.drop(connection)
        if peer is not None and peer.table is not None:
            self._floor.gate.moved_on(connection, peer.table.game)
        table = None if peer is None else table_of(peer)
        if table is not None and not self.stopping:
            self._floor.at(table, outcome, now, table.lost, connection, self._clock.reading(now))
        return outcome

    def ticked(self, now: float) -> Outcome:
        """Do what is due: end connections that are late, and let tables act."""
        outcome = Outcome()
        if not self.stopping:
            outcome.cuts += tuple(peer.connection for peer in self.peers.late(now))
            self._floor.tick(now, outcome)
        return self._note_cuts(outcome)

    def thought(self, ticket: Ticket, action: Action | None, now: float) -> Outcome:
        """Take the answer to a `Thought`, None when there is none to be had.

        One that comes too late changes nothing.
        """
        outcome = Outcome()
        table = self.lobby.tables.get(ticket.game_id)
        if table is not None and not self.stopping:
            by, reading = self.tally.host_actions, self._clock.reading(now)
            self._floor.at(table, outcome, now, table.thought, ticket, action, reading, acted=by)
        return outcome

    # What happens to the journal

    def saved(self, sequence: int, now: float) -> Outcome:
        """Note that all records up to this one are saved, those of refused games left out."""
        outcome = Outcome()
        self._floor.gate.saved(sequence, now, outcome)
        if not self.stopping:
            self._reception.lead_on(now, outcome)
        return self._note_cuts(outcome)

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
        self._floor.refuse(game, outcome)
        return self._note_cuts(outcome)

    def restored(self, stored: StoredGame, now: float, *, epoch: int | None = None) -> Outcome:
        """Run a game that the journal holds: after a start, or after its table broke off.

        Everybody who was at the broken table is at the new one. A game that does not replay is set
        aside.

        Args:
            stored: the game.
            now: the server's clock.
            epoch: the lease of its table, None for that of the house.
        """
        outcome = Outcome()
        if not self.stopping:
            self._floor.restore(stored, now, epoch, outcome)
        return self._note_cuts(outcome)

    def set_aside(self, game: str, why: str) -> Outcome:
        """Give up a game that cannot be restored, and close its table if it has one."""
        outcome = Outcome()
        self._floor.set_aside(game, why, outcome)
        return self._note_cuts(outcome)

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
        table = self.lobby.open("", public=public, settings=settings, epoch=self._floor.epoch)
        self._floor.at(table, outcome, now, table.open, bots, self._clock.reading(now))
        return table, outcome

    def reserve(self, code: str, login: Login, now: float) -> tuple[Reservation | None, Outcome]:
        """Keep a seat for an account where a fresh HELLO with this room code would come.

        Whoever has a seat there gets a new token for it; if a game runs, that is a record, and the
        token counts when it is saved. An account has one reservation at most: an earlier one that
        nobody came for is given up. There is no reservation when the table broke off meanwhile.

        Raises:
            NotSeated: there is no seat; nothing has changed.
        """
        outcome = Outcome()
        return self._reception.reserve(code, login, now, outcome), outcome

    def logged_out(
        self, account: int, session: bytes | None, now: float, *, deleted: bool = False
    ) -> Outcome:
        """End what an account does here: its login is over.

        The tokens of its seats reclaim nothing any more, people who are there are sent away, and
        its connections are guests' from now on. A running game goes on with a bot.

        Args:
            account: the account.
            session: the hash of the session that has ended; None for all of them.
            now: the server's clock.
            deleted: whether the account is gone, and its name with it.
        """
        outcome = Outcome()
        self._reception.log_out(account, session, now, outcome, deleted=deleted)
        return self._note_cuts(outcome)

    def begin(self, table: Table, now: float) -> Outcome:
        """Begin a waiting table's game now, if somebody is there."""
        outcome = Outcome()
        self._floor.at(table, outcome, now, table.begin, self._clock.reading(now))
        return outcome

    def leave(self, table: Table, seat: int, now: float) -> Outcome:
        """Let the person on a seat go; see `Table.leave`.

        Raises:
            LookupError: no person has that seat.
        """
        if not table.seats[seat].is_person:
            raise LookupError(f"a bot has seat {seat}")
        outcome = Outcome()
        self._floor.at(table, outcome, now, table.leave, seat, self._clock.reading(now))
        return self._note_cuts(outcome)

    def hurry(self, bot_delay_s: float, now: float) -> Outcome:
        """Let the bots of every game that runs wait only so long, until it is over."""
        outcome = Outcome()
        for table in list(self._floor.lobby.tables.values()):
            self._floor.at(table, outcome, now, table.hurry, bot_delay_s)
        return outcome

    # Everybody

    def announce(self, text: str) -> Outcome:
        """Tell everybody at a table something at once, without waiting for the journal."""
        outcome = Outcome()
        for peer in self.peers:
            if table_of(peer) is not None:
                self._floor.send_now(peer, Announce(text), outcome)
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
        if _is_of_another_version(peer, frame):  # perhaps a damaged one, without a checksum
            self.tally.rejected["other_version"] += 1
            self._charge(peer, now, outcome)
            return
        table = table_of(peer)
        try:
            message = decode(frame)
        except MessageError as error:
            played = frame.type == MessageType.PLAY_CARD
            code = ErrorCode.INVALID_PLAY if played else ErrorCode.UNKNOWN
            self._refuse(peer, error.reason, code, now, outcome)
            return
        if isinstance(message, Hello):
            no = self._reception.hello(peer, message, frame, now, outcome)
            if no is not None:
                reason = f"hello_{no.code.name.lower()}"
                self._refuse(peer, reason, no.code, now, outcome, version=frame.version)
        elif isinstance(message, Heartbeat):
            self.peers.beats(peer, now)
            self._floor.send_now(peer, Heartbeat(), outcome)
            self._charge(peer, now, outcome)
        elif table is None:
            self._refuse(peer, "no_table", ErrorCode.GAME_NOT_STARTED, now, outcome)
        elif frame.game_id not in (0, table.game_id):
            self._refuse(peer, "other_game", ErrorCode.UNKNOWN, now, outcome)
        else:
            self._take_to_table(peer, table, message, now, outcome)

    def _take_to_table(
        self, peer: Peer, table: Table, message: Message, now: float, outcome: Outcome
    ) -> None:
        by, records = self.tally.player_actions, len(outcome.records)
        connection, reading = peer.connection, self._clock.reading(now)
        self._floor.at(table, outcome, now, table.receive, connection, message, reading, acted=by)
        if len(outcome.records) > records:
            peer.hellos = 0
        elif not _is_news(peer, message, table):
            self._charge(peer, now, outcome)

    def _refuse(
        self,
        peer: Peer,
        reason: str,
        code: ErrorCode,
        now: float,
        outcome: Outcome,
        *,
        version: int | None = None,
    ) -> None:
        """Refuse a frame: in order behind the table's frames, or at once without a table.

        ``version`` is that of a HELLO, for one who has no seat so far.
        """
        self.tally.rejected[reason] += 1
        table = table_of(peer)
        if table is None or table.state is TableState.BROKEN:
            self._floor.send_now(peer, Error(code), outcome, version=version)
        else:
            self._floor.at(table, outcome, now, table.refuse, peer.connection, code)
        self._charge(peer, now, outcome)

    def _charge(self, peer: Peer, now: float, outcome: Outcome) -> None:
        """Count a frame that moved no game on."""
        match self.peers.charge(peer, now):
            case Charge.REST:
                outcome.rests += ((peer.connection, peer.rested_until),)
            case Charge.FLOOD:
                self.tally.rejected["flood"] += 1
                outcome.floods += (peer.connection,)
                outcome.cuts += (peer.connection,)

    def _note_cuts(self, outcome: Outcome) -> Outcome:
        """Hear nothing more from those who are cut."""
        for connection in outcome.cuts:
            peer = self.peers.get(connection)
            if peer is not None:
                peer.leaving = True
        return outcome


def _is_of_another_version(peer: Peer, frame: Frame) -> bool:
    """Tell whether a frame has another version than the HELLO that chose the connection's."""
    caller = peer.caller
    is_hello = frame.type == MessageType.HELLO
    return caller is not None and frame.version != caller.version and not is_hello


def _is_news(peer: Peer, message: Message, table: Table) -> bool:
    """Tell whether a message is the first acknowledgement of a turn, and note it."""
    if not isinstance(message, SyncRequest) or not message.acknowledge:
        return False
    is_news = peer.confirmed < message.turn <= table.turn
    if is_news:
        peer.confirmed = message.turn
    return is_news
