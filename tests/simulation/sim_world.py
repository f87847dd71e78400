"""A world in virtual time, and wires in it that delay, cut up, garble and lose what they carry."""

import heapq
import random
from collections.abc import Callable
from typing import Final, Protocol

from rachel.rubp import MAGIC

_GARBAGE_MAX: Final = 70
_LATENCY_S: Final = 0.2


class World:
    """What happens when: a clock and what is to come.

    Attributes:
        now: seconds since the beginning.
        rng: where all chance in this world comes from.
    """

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.rng = random.Random(seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Let something happen later; what is due together happens in the order it was planned."""
        self._count += 1
        heapq.heappush(self._events, (self.now + seconds, self._count, event))

    def next_time(self) -> float | None:
        """Return when the next thing happens."""
        return self._events[0][0] if self._events else None

    def happen(self) -> None:
        """Let the next thing happen."""
        time, _, event = heapq.heappop(self._events)
        self.now = max(self.now, time)
        event()

    def chance(self, probability: float) -> bool:
        """Return True that often."""
        return self.rng.random() < probability


class End(Protocol):
    """One end of a wire."""

    def arrived(self, wire: "Wire", data: bytes) -> None:
        """Take bytes."""

    def broken(self, wire: "Wire") -> None:
        """Note that the wire is gone."""


class Wire:
    """A connection: bytes arrive in order, late, in pieces, or not any more.

    Attributes:
        alive: whether anything still goes through.
    """

    def __init__(self, world: World, client: End, server: End) -> None:
        self.alive = True
        self._world = world
        self._ends = {True: server, False: client}
        self._arrival = {True: 0.0, False: 0.0}
        self._told = {True: False, False: False}
        rng = world.rng
        self._bytewise = rng.random() < 0.06
        self._dirty = rng.random() < 0.3
        self._pieces = rng.random() < 0.3

    def send(self, data: bytes, *, to_server: bool) -> None:
        """Put bytes on the wire; they arrive later, unless it breaks before."""
        if not self.alive or not data:
            return
        world = self._world
        if self._dirty and world.chance(0.3):
            data = self._garbage() + data
        time = max(world.now + world.rng.random() * _LATENCY_S, self._arrival[to_server])
        self._arrival[to_server] = time
        world.after(time - world.now, lambda: self._arrive(data, to_server))

    def cut(self, client_notices_s: float, server_notices_s: float) -> None:
        """Lose everything under way; each end finds out in its own time."""
        if self.alive:
            self.alive = False
            self._world.after(client_notices_s, lambda: self._tell(to_server=False))
            self._world.after(server_notices_s, lambda: self._tell(to_server=True))

    def close(self, *, by_server: bool) -> None:
        """Close an end properly: what is under way to the other end still arrives before it."""
        to_server = not by_server
        self._told[by_server] = True
        wait = max(0.0, self._arrival[to_server] - self._world.now)
        self._world.after(wait, lambda: self._closed(to_server))

    def _closed(self, to_server: bool) -> None:
        self.alive = False
        self._tell(to_server=to_server)

    def _tell(self, *, to_server: bool) -> None:
        if not self._told[to_server]:
            self._told[to_server] = True
            self._ends[to_server].broken(self)

    def _arrive(self, data: bytes, to_server: bool) -> None:
        end = self._ends[to_server]
        if self._bytewise:
            for place in range(len(data)):
                if self.alive:
                    end.arrived(self, data[place : place + 1])
        elif self._pieces:
            place = self._world.rng.randint(0, len(data))
            for piece in (data[:place], data[place:]):
                if self.alive and piece:
                    end.arrived(self, piece)
        elif self.alive:
            end.arrived(self, data)

    def _garbage(self) -> bytes:
        """Return noise that is no frame, and sometimes almost begins like one."""
        rng = self._world.rng
        noise = rng.randbytes(rng.randint(0, _GARBAGE_MAX)).replace(MAGIC, b"")
        return noise + rng.choice((b"", b"R", b"RAC", b"\0"))
