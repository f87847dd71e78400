"""The reception of a house: gives everybody who says HELLO, or asks over HTTP, a place."""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from rachel.rubp import WATCHES, Announce, ErrorCode, Frame, Hello, Platform
from rachel_server.core.floor import Floor, table_of
from rachel_server.core.lobby import NotSeated, Place
from rachel_server.core.names import Names
from rachel_server.core.outcome import Outcome
from rachel_server.core.peers import Peer
from rachel_server.core.running_game import Entropy
from rachel_server.core.seating import Caller, Login
from rachel_server.core.table import Table
from rachel_server.core.table_state import TableState

TOO_MANY_HELLOS: Final = "Too many HELLOs: wait a minute"
SAVING_DELAYED: Final = "Saving is delayed: please wait"
WATCHERS_MAX: Final = 100
"""How many may watch one table."""

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


class Reception:
    """Finds places on the floor, and seats people there."""

    def __init__(self, floor: Floor, entropy: Entropy, names: Names) -> None:
        self._floor = floor
        self._names = names
        self._successions: list[tuple[Table, Table]] = []  # whose watchers go where
        self._lobby = floor.lobby
        self._peers = floor.peers
        self._entropy = entropy

    def hello(
        self, peer: Peer, hello: Hello, frame: Frame, now: float, outcome: Outcome
    ) -> NotSeated | None:
        """Seat somebody; return why not if there is no place.

        Then nothing has changed, unless they watch a table that closed because they left it.
        """
        table, connection = table_of(peer), peer.connection
        if not self._peers.may_say_hello(peer, now):
            self._floor.send_now(peer, Announce(TOO_MANY_HELLOS), outcome, version=frame.version)
            outcome.cuts += (connection,)
            return None
        reading = self._floor.clock.reading(now)
        if hello.capabilities & WATCHES and table is not None and frame.game_id == table.game_id:
            seat = table.seat_of(connection)
            if seat is not None:  # to want no seat where one sits is to leave
                self._floor.at(table, outcome, now, table.leave, seat, reading)
                return None
        login = peer.login
        caller = Caller(
            connection=connection,
            version=frame.version,
            name=self._names.for_guest(hello.name) if login is None else login.name,
            token=hello.token,
            platform=hello.platform,
            look=hello.look,
            acknowledges=hello.acknowledges_sync,
            watches=bool(hello.capabilities & WATCHES),
            login=login,
        )
        try:
            if caller.watches:
                place = self._to_watch(hello.room, frame.game_id)
            else:
                place = self._place(peer, hello, frame.game_id, now)
            goal = place.table or self._open(place, now, outcome)
        except NotSeated as refusal:
            return refusal
        if goal.state is TableState.BROKEN:
            outcome.cuts += (connection,)  # it is back in a moment, and so will they be
            return None
        if self._floor.clock.stands_still:  # the WELCOME may have to wait
            self._floor.send_now(peer, Announce(SAVING_DELAYED), outcome, version=frame.version)
        sat = None
        if table is not None and table is not goal and table.room == goal.room:
            sat = table.seat_of(connection)
        if table is not goal and peer.table is not None:
            self._floor.gate.moved_on(connection, peer.table.game)
        if table is not None and (table is not goal or place.seat != table.seat_of(connection)):
            self._floor.at(table, outcome, now, table.moved_on, connection, reading)
        if goal.state is TableState.CLOSED:  # it was theirs alone, and they wanted to watch it
            self._peers.await_hello(peer, now)
            return NotSeated(ErrorCode.UNKNOWN)
        self._tell_room(place, caller.name, goal, outcome, now)
        peer.caller, peer.table, peer.hello_by, peer.confirmed = caller, goal, None, -1
        outcome.gaps += ((connection, _FRAME_GAPS_S.get(caller.platform, 0.0)),)
        if caller.watches:
            self._floor.at(goal, outcome, now, goal.watch, caller, reading)
        elif place.seat is None:
            self._floor.at(goal, outcome, now, goal.join, caller, reading, sat)
        else:
            peer.login = goal.seats[place.seat].login
            self._floor.at(goal, outcome, now, goal.reclaim, caller, place.seat, reading)
        if not goal.hears(connection):
            outcome.cuts += (connection,)  # the table broke off just now
        return None

    def reserve(self, code: str, login: Login, now: float, outcome: Outcome) -> Reservation | None:
        """Keep a seat for an account; see `House.reserve`.

        Raises:
            NotSeated: there is no seat; nothing has changed.
        """
        account, reading = login.account, self._floor.clock.reading(now)
        earlier = self._lobby.reserved(account)
        awaited = None if earlier is None else earlier.seats.awaited(account)
        if not code and earlier is not None and earlier.public and awaited is not None:
            code = earlier.room
        place = self._lobby.find(code, lambda table: table.seats.of_account(account))
        table = place.table or self._open(place, now, outcome)
        if table.state is TableState.BROKEN:
            raise NotSeated.for_now()
        if earlier is not None and earlier is not table and awaited is not None:
            self._floor.at(earlier, outcome, now, earlier.give_up_reservation, account, reading)
        self._tell_room(place, login.name, table, outcome, now)
        token = self._entropy(_TOKEN_SIZE)
        self._floor.at(table, outcome, now, table.reserve, login, token, reading)
        self._lobby.note_reservation(account, table)
        seat = table.seats.of_account(account)
        if seat is None or table.state in (TableState.BROKEN, TableState.CLOSED):
            return None
        return Reservation(table.game_id, table.room, seat, token)

    def log_out(
        self, account: int, session: bytes | None, now: float, outcome: Outcome, *, deleted: bool
    ) -> None:
        """End what an account does here; see `House.logged_out`."""

        def is_over(login: Login | None) -> bool:
            if login is None or login.account != account:
                return False
            return session is None or login.session in (None, session)

        for peer in self._peers:
            if is_over(peer.login):
                peer.login = None
        reading = self._floor.clock.reading(now)
        for table in list(self._lobby.tables.values()):
            seat = table.seats.of_account(account)
            if seat is not None and is_over(table.seats[seat].login):
                token = self._entropy(_TOKEN_SIZE)
                act = partial(table.log_out, deleted=deleted)
                self._floor.at(table, outcome, now, act, seat, token, reading)

    def _place(self, peer: Peer, hello: Hello, game_id: int, now: float) -> Place:
        """Return where a HELLO goes; ``game_id`` is its header's, 0 for a fresh join.

        A HELLO from somebody at a finished table asks for a rematch there.

        Raises:
            NotSeated: there is no seat for it.
        """
        here = table_of(peer)

        def seat_at(table: Table) -> int | None:
            seat = table.seats.with_token(hello.token)
            if seat is None and table is here:
                return table.seat_of(peer.connection)  # old clients have no token, and repeat HELLO
            if seat is None and peer.login is not None:
                return table.seats.of_account(peer.login.account)
            return seat

        finished = here if here is not None and here.state is TableState.FINISHED else None
        if game_id and (finished is None or finished.game_id != game_id):
            return self._lobby.claim(game_id, seat_at)
        place = self._lobby.find(hello.room or ("" if finished is None else finished.room), seat_at)
        opens = place.table is None and place.after is None
        if opens and not self._peers.may_open(peer.address, now):
            raise NotSeated(ErrorCode.LOBBY_FULL)
        return place

    def _to_watch(self, room: str, game_id: int) -> Place:
        """Return the table that somebody wants to watch, by its id or else by its room.

        Raises:
            NotSeated: there is none that may be watched, or as many watch it already as may.
        """
        table = self._lobby.tables.get(game_id) if game_id else self._lobby.in_room(room)
        if table is None or not table.settings.watch:
            raise NotSeated(ErrorCode.UNKNOWN)
        if len(table.watchers) >= WATCHERS_MAX:
            raise NotSeated(ErrorCode.LOBBY_FULL)
        return Place(table)

    def _open(self, place: Place, now: float, outcome: Outcome) -> Table:
        """Open the table that a place asks for; a rematch has the bots that its table began with.

        Raises:
            NotSeated: there are as many tables as there may be.
        """
        after = place.after
        if after is None:
            return self._lobby.open(place.room, public=not place.room, epoch=self._floor.epoch)
        table = self._lobby.open(
            place.room, public=after.public, settings=after.settings, epoch=self._floor.epoch
        )
        if after.bots:
            reading = self._floor.clock.reading(now)
            self._floor.at(table, outcome, now, table.open, after.bots, reading)
        return table

    def _tell_room(
        self, place: Place, name: str, table: Table, outcome: Outcome, now: float
    ) -> None:
        """Tell a finished table that somebody has opened its successor; who watches goes there."""
        after = place.after
        if after is None:
            return
        text = f"{name[:18]} plays again in room {table.room}"
        self._floor.at(after, outcome, now, after.announce, text)
        self._successions.append((after, table))
        self.lead_on(now, outcome)

    def lead_on(self, now: float, outcome: Outcome) -> None:
        """Let those who watch finished tables go along to the next one, if they know the end.

        While that is not saved it has not been told, and they wait for it where they are.
        """
        reading, gate = self._floor.clock.reading(now), self._floor.gate
        ready = [pair for pair in self._successions if not gate.waits(pair[0].game)]
        self._successions = [pair for pair in self._successions if pair not in ready]
        for after, table in ready:
            if table.state in (TableState.BROKEN, TableState.CLOSED):
                continue
            for connection in after.watchers:
                peer = self._peers.get(connection)
                if peer is not None and peer.caller is not None:
                    self._floor.at(after, outcome, now, after.moved_on, connection, reading)
                    peer.table = table
                    self._floor.at(table, outcome, now, table.watch, peer.caller, reading)
