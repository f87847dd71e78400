"""The connections of a house: who they are, and the limits of each of them and of each address.

Their times are the server's clock: they run on while the tables' clock stands still.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from rachel.rubp import Platform
from rachel_server.core.limits import PROXIED, Buckets, RateLimit
from rachel_server.core.seating import Caller, Login
from rachel_server.core.table import Table

HELLO_LIMIT_S: Final = 5.0
"""A connection without a seat has that long to say HELLO (docs/PROTOCOL.md, Conversations)."""
SILENCE_MAX_S: Final = 30.0
"""A client that sends heartbeats and falls silent for longer is lost (docs/PROTOCOL.md)."""
HELLOS_MAX: Final = 100
"""HELLOs one connection may say without playing in between."""
HELLOS_PER_ADDRESS: Final = RateLimit("hellos_address", burst=300, per_minute=120)
"""HELLOs from one address: a school may sit down at once, and come back after a restart."""
TABLES_PER_ADDRESS: Final = RateLimit("tables_address", burst=64, per_minute=30)
"""Tables that HELLOs from an address may open: a school's, but not all that a server can hold."""
IDLE_PER_CONNECTION: Final = RateLimit("idle_connection", burst=120, per_minute=1200)
"""Frames of a connection that move no game on: heartbeats, requests, whatever is refused."""
IDLE_PER_ADDRESS: Final = RateLimit("idle_address", burst=4000, per_minute=24_000)
"""The same for an address."""
PROXIED_TIMES: Final = 20
"""How many times over those who count as `PROXIED` share the limits of an address."""
REST_S: Final = 1.0
"""How long nothing is read from a connection that sends more than that."""
RESTS_MAX: Final = 20
"""Rests in a row that a connection may earn: one that goes on is a flood, and is cut."""

_IN_A_ROW_S: Final = 10.0
_SWEEP_S: Final = 1.0


@dataclass(slots=True, eq=False)
class Peer:
    """One connection.

    Attributes:
        connection: its number.
        transport: how it came, in one word: ``tcp``, ``tls``, ``ssh``, ``memory``.
        address: what limits per address count it by, None if they do not.
        caller: what its last HELLO said that was seated, None before the first.
        table: where that was; the table may have let it go since.
        login: the account whose seat it has had, if any.
        hello_by: until when it must say HELLO, None while it has a seat.
        confirmed: the last turn whose pair it has acknowledged there, -1 before the first.
        heard_at: when something last came from it.
        heartbeats: whether it is held to sending them.
        hellos: how many HELLOs it has said since it last acted in a game.
        rests: how many rests in a row it has earned.
        rested_until: when the last of them is over.
        leaving: whether it has been cut.
    """

    connection: int
    transport: str
    address: str | None
    heard_at: float
    caller: Caller | None = None
    table: Table | None = None
    login: Login | None = None
    hello_by: float | None = None
    confirmed: int = -1
    heartbeats: bool = False
    hellos: int = 0
    rests: int = 0
    rested_until: float = 0.0
    leaving: bool = False

    @property
    def version(self) -> int:
        """Transport version of its frames."""
        return 1 if self.caller is None else self.caller.version

    @property
    def platform(self) -> int:
        """RUBP platform id, the unknown one before it has a seat."""
        return Platform.UNKNOWN if self.caller is None else self.caller.platform


class Charge(Enum):
    """What comes of a frame that moved no game on."""

    FINE = auto()
    """Nothing: everybody sends some."""
    REST = auto()
    """Nothing more is to be read from the connection for `REST_S` seconds."""
    FLOOD = auto()
    """The connection is to be cut."""


class _ByAddress:
    """The buckets of a limit per address, and the one that proxies share."""

    def __init__(self, limit: RateLimit) -> None:
        self._each, self._proxied = Buckets(limit), Buckets(limit.times(PROXIED_TIMES))

    def take(self, address: str | None, now: float) -> float:
        """Take a token and return 0, or return the seconds until there is one to take."""
        if address is None:
            return 0.0
        return (self._proxied if address == PROXIED else self._each).take(address, now)


class Peers:
    """All connections, by number."""

    def __init__(self) -> None:
        self._peers: dict[int, Peer] = {}
        self._awaited: deque[tuple[float, Peer]] = deque()  # for a HELLO, the oldest first
        self._sweep_at: float | None = None
        self._hellos = _ByAddress(HELLOS_PER_ADDRESS)
        self._openings = _ByAddress(TABLES_PER_ADDRESS)
        self._idle_here = Buckets(IDLE_PER_CONNECTION)
        self._idle_there = _ByAddress(IDLE_PER_ADDRESS)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self._peers.values())

    def get(self, connection: int) -> Peer | None:
        """Return the peer with this number, None if it is gone."""
        return self._peers.get(connection)

    def admit(self, connection: int, transport: str, address: str | None, now: float) -> None:
        """Take in a new connection; see `House.opened`."""
        peer = self._peers[connection] = Peer(connection, transport, address, now)
        self.await_hello(peer, now)

    def drop(self, connection: int) -> Peer | None:
        """Forget a connection that is gone; return what was known of it."""
        peer = self._peers.pop(connection, None)
        if peer is not None:
            peer.hello_by = None
        return peer

    def await_hello(self, peer: Peer, now: float) -> None:
        """Give a peer without a seat the usual time to say HELLO."""
        peer.hello_by = now + HELLO_LIMIT_S
        self._awaited.append((peer.hello_by, peer))

    def beats(self, peer: Peer, now: float) -> None:
        """Note a heartbeat: from now on the peer is held to sending them.

        A peer with a WebSocket is not: a page that nobody looks at has no timers, and stays alive.
        The transport finds the dead ones by its own pings.
        """
        if peer.transport == "websocket":
            return
        peer.heartbeats = True
        if self._sweep_at is None:
            self._sweep_at = now + SILENCE_MAX_S

    def may_say_hello(self, peer: Peer, now: float) -> bool:
        """Count a HELLO; tell whether the peer, and its address, may say one more."""
        peer.hellos += 1
        if peer.hellos > HELLOS_MAX:
            return False
        return not self._hellos.take(peer.address, now)

    def may_open(self, address: str | None, now: float) -> bool:
        """Count a table that a HELLO opens; tell whether its address may open one more."""
        return not self._openings.take(address, now)

    def charge(self, peer: Peer, now: float) -> Charge:
        """Count a frame that moved no game on."""
        if now < peer.rested_until:
            return Charge.REST  # it came with the frame that earned it, or the machine has slept
        here = self._idle_here.take(peer.connection, now)
        there = self._idle_there.take(peer.address, now)
        if not here and not there:
            return Charge.FINE
        if now > peer.rested_until + _IN_A_ROW_S:
            peer.rests = 0
        peer.rests += 1
        peer.rested_until = now + REST_S
        return Charge.REST if peer.rests <= RESTS_MAX else Charge.FLOOD

    def next_deadline(self) -> float | None:
        """Return when `late` has something to find, at the earliest; None when never."""
        awaited = self._awaited
        while awaited and awaited[0][1].hello_by != awaited[0][0]:
            awaited.popleft()  # it has said HELLO
        hello_by = awaited[0][0] if awaited else None
        if self._sweep_at is None or hello_by is None:
            return hello_by if self._sweep_at is None else self._sweep_at
        return min(hello_by, self._sweep_at)

    def late(self, now: float) -> list[Peer]:
        """Return the peers whose HELLO, or next heartbeat, has not come in time."""
        late = []
        while self._awaited and self._awaited[0][0] <= now:
            deadline, peer = self._awaited.popleft()
            if peer.hello_by == deadline:
                late.append(peer)
        if self._sweep_at is not None and self._sweep_at <= now:
            beating = [peer for peer in self._peers.values() if peer.heartbeats]
            late += [peer for peer in beating if now - peer.heard_at >= SILENCE_MAX_S]
            others = [peer.heard_at for peer in beating if now - peer.heard_at < SILENCE_MAX_S]
            first = min(others, default=None)
            self._sweep_at = None if first is None else max(first + SILENCE_MAX_S, now + _SWEEP_S)
        return late
