"""A network that delays, cuts up, garbles and loses what it carries.

Like TCP, it keeps the bytes of one connection in order and never doubles them. Like TCP, it does
not tell either end that the other one is gone before it has found out, which may be never.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from rachel.rubp import MAGIC
from rachel_server.fakes.time import FakeTime

_NOISE_MAX: Final = 70


@dataclass(frozen=True, slots=True)
class Weather:
    """What a connection goes through.

    Attributes:
        latency_s: the longest time that bytes are under way.
        pieces: whether they arrive cut in two, anywhere.
        bytewise: whether they arrive one by one.
        noise: how often something that is no frame comes before them, 0-1.
        reads_per_s: how many bytes the client reads in a second; with 0 it never reads any.
    """

    latency_s: float = 0.2
    pieces: bool = False
    bytewise: bool = False
    noise: float = 0.0
    reads_per_s: float = math.inf


class Client(Protocol):
    """Who dials."""

    def arrived(self, line: "FakeLine", data: bytes) -> None:
        """Take bytes of the server."""

    def ended(self, line: "FakeLine") -> None:
        """Note that the connection is over, or was never made."""


class Receiver(Protocol):
    """What takes the bytes of a wire at the server: a session."""

    def receive(self, data: bytes) -> None:
        """Take bytes, cut anywhere."""

    def lost(self) -> None:
        """Note that the connection is gone."""


class Host(Protocol):
    """What is dialled: the process of a server."""

    def run(self, callback: Callable[..., Any], *args: Any) -> None:  # noqa: ANN401
        """Do something in the process, if it still runs."""

    def step(self) -> None:
        """Note that the process asks something of the world; it may crash at that."""

    def accept(self, wire: "FakeWire") -> Receiver | None:
        """Take a connection, or refuse it."""


class Tap(Protocol):
    """Who listens to all that servers receive and send."""

    def opened(self, wire: "FakeWire") -> None:
        """Note a connection that a server has taken."""

    def received(self, wire: "FakeWire", data: bytes) -> None:
        """Note bytes that a server is about to receive."""

    def sent(self, wire: "FakeWire", data: bytes) -> None:
        """Note bytes that a server writes."""

    def closed(self, wire: "FakeWire") -> None:
        """Note that a connection is over for its server."""


class FakeNetwork:
    """Makes connections.

    Attributes:
        time: the clock by which things arrive.
        rng: decides when, and in which state.
        tap: who listens.
        wires: the connections that a server has open.
    """

    def __init__(self, time: FakeTime, rng: random.Random, tap: Tap) -> None:
        self.time = time
        self.rng = rng
        self.tap = tap
        self.wires: list[FakeWire] = []

    def dial(
        self, host: Host, client: Client, *, address: str, weather: Weather | None = None
    ) -> "FakeLine":
        """Connect to a host; return the client's end, which can be written to at once."""
        line = FakeLine(self, host, client, address, weather or Weather())
        self.time.call_later(line.delay(), line.wire.open)
        return line


class FakeLine:
    """The client's end of a connection.

    Attributes:
        wire: the server's end.
        is_over: whether the client knows that it is over.
    """

    def __init__(
        self, network: FakeNetwork, host: Host, client: Client, address: str, weather: Weather
    ) -> None:
        self._network = network
        self._client = client
        self._weather = weather
        self._arrives_at = 0.0
        self.is_over = False
        self.wire = FakeWire(network, host, self, address, weather.reads_per_s)

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if not self.is_over and self.wire.carries and data:
            self._network.time.call_later(self.delay(), self._carry, data, self.wire.take)

    def close(self) -> None:
        """Hang up; what was written before still arrives."""
        if not self.is_over:
            self.is_over = True
            self._network.time.call_later(self.delay(), self.wire.end)

    def cut(self, client_notices_s: float, server_notices_s: float | None) -> None:
        """Lose all that is under way; each end finds out after so long; None: never."""
        self.wire.carries = False
        self._network.time.call_later(client_notices_s, self.end)
        if server_notices_s is not None:
            self._network.time.call_later(server_notices_s, self.wire.end)

    def take(self, data: bytes) -> None:
        """Receive bytes of the server."""
        self._carry(data, self._hand_over)

    def end(self) -> None:
        """Find out that the connection is over."""
        if not self.is_over:
            self.is_over = True
            self._client.ended(self)

    def delay(self) -> float:
        """Return how long something is under way that the client sends now, behind the rest."""
        now = self._network.time.now
        arrives_at = now + self._network.rng.random() * self._weather.latency_s
        self._arrives_at = max(arrives_at, self._arrives_at)
        return self._arrives_at - now

    def latency(self) -> float:
        """Return how long something is under way."""
        return self._network.rng.random() * self._weather.latency_s

    def _hand_over(self, data: bytes) -> None:
        if not self.is_over:
            self._client.arrived(self, data)

    def _carry(self, data: bytes, take: Callable[[bytes], None]) -> None:
        """Let bytes arrive in the way the weather has it."""
        rng, weather = self._network.rng, self._weather
        if weather.noise and rng.random() < weather.noise:
            data = _noise(rng) + data
        if weather.bytewise:
            pieces = [data[at : at + 1] for at in range(len(data))]
        elif weather.pieces:
            at = rng.randint(0, len(data))
            pieces = [data[:at], data[at:]]
        else:
            pieces = [data]
        for piece in pieces:
            if piece and self.wire.carries:
                take(piece)


class FakeWire:
    """The server's end of a connection: what a session writes to (`Wire`).

    Attributes:
        address: where the client is.
        host: the process that takes it.
        carries: whether anything still goes through.
        is_open: whether it is not over for the server.
        opened_at: when the server took it.
    """

    def __init__(
        self, network: FakeNetwork, host: Host, line: FakeLine, address: str, reads_per_s: float
    ) -> None:
        self.address = address
        self.carries = True
        self.is_open = False
        self.opened_at = 0.0
        self._network = network
        self.host = host
        self._line = line
        self._reads_per_s = reads_per_s
        self._receiver: Receiver | None = None
        self._arrives_at = 0.0
        self._unread = 0  # bytes written that the client has not read
        self._closing = False
        self._paused = False
        self._ended = False
        self._inbox = b""

    # What happens to it

    def open(self) -> None:
        """Reach the server, or find that it is not there, or does not want it."""
        self.host.run(self._accept)
        if not self.is_open:
            self._closing = True
            self.carries = False
            self._network.time.call_later(self._line.latency(), self._line.end)

    def _accept(self) -> None:
        self._receiver = self.host.accept(self)
        if self._receiver is not None:
            self.is_open = True
            self.opened_at = self._network.time.now
            self._network.wires.append(self)
            self._network.tap.opened(self)

    def take(self, data: bytes) -> None:
        """Receive bytes of the client."""
        self._inbox += data
        self._receive()

    def end(self) -> None:
        """Learn that the client is gone; who reads nothing learns it later."""
        self._ended = True
        self._receive()

    def lose(self) -> None:
        """Be over."""
        if self.is_open:
            self.is_open = self.carries = False
            self._closing = True
            self._network.wires.remove(self)
            self._network.tap.closed(self)
            if self._receiver is not None:
                self.host.run(self._receiver.lost)

    def crash(self) -> None:
        """Be over because the process is gone."""
        self.lose()
        self._network.time.call_later(45 * self._network.rng.random() ** 2, self._line.end)

    def _receive(self) -> None:
        if self._closing or self._paused or self._receiver is None:
            return
        data, self._inbox = self._inbox, b""
        if data:
            self._network.tap.received(self, data)
            self.host.run(self._receiver.receive, data)
        if self._ended and not self._paused and not self._closing:
            self.lose()

    # What a session does

    def write(self, data: bytes) -> None:
        """Send bytes without blocking."""
        self.host.step()
        if self._closing:
            return
        self._network.tap.sent(self, data)
        self._unread += len(data)
        if self._ended:  # the client's machine says so now
            self._plan(self.lose)
        elif self.carries and self._reads_per_s:
            now = self._network.time.now
            arrives_at = max(now + self._line.latency(), self._arrives_at)
            self._arrives_at = arrives_at + len(data) / self._reads_per_s
            self._network.time.call_later(self._arrives_at - now, self._deliver, data)

    def close(self) -> None:
        """End the connection after what was written."""
        self.host.step()
        if not self._closing:
            self._closing = True
            if not self._unread:
                self._plan(self._finish)

    def abort(self) -> None:
        """End the connection at once."""
        self.host.step()
        if self.is_open:
            self._closing = True
            self._plan(self._finish)

    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading`."""
        self._paused = True

    def resume_reading(self) -> None:
        """Receive again."""
        self._paused = False
        if self._inbox or self._ended:
            self._plan(self._receive)

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are written but not read."""
        return self._unread

    def _plan(self, callback: Callable[[], object]) -> None:
        self._network.time.call_later(0, callback)

    def _deliver(self, data: bytes) -> None:
        if self.carries:
            self._unread -= len(data)
            self._line.take(data)
            if self._closing and not self._unread:
                self._finish()

    def _finish(self) -> None:
        """Be over at both ends, unless the line is cut."""
        if self.carries:
            self._network.time.call_later(self._line.latency(), self._line.end)
        self.lose()


def _noise(rng: random.Random) -> bytes:
    """Return bytes that are no frame, and sometimes almost begin like one."""
    noise = rng.randbytes(rng.randint(0, _NOISE_MAX)).replace(MAGIC, b"")
    return noise + rng.choice((b"", b"R", b"RAC", b"\0"))
