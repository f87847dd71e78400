"""The process of a server, which can crash at any step."""

import random
from collections.abc import Callable
from typing import Any

from rachel_server.core.house import House
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.session import Session
from rachel_server.fakes.disk import FakeDisk, FakeJournal
from rachel_server.fakes.network import FakeNetwork, FakeWire
from rachel_server.fakes.time import FakeTime, FakeTimer
from rachel_server.runtime import Runtime, Think, think_at_once


class Crashed(BaseException):
    """The process ends here; nothing of ours may catch it."""


class FakeProcess:
    """A house and its runtime, from one start to one end, on a network and a disk that stay.

    It is the event loop of what runs in it (`Timers`): what is planned ends with it. Everything
    that it asks of the world is a step, at which it may crash.

    Attributes:
        is_up: whether it runs.
        house: what decides.
        runtime: what carries it out.
        journal: what keeps its games.
    """

    def __init__(
        self,
        network: FakeNetwork,
        disk: FakeDisk,
        settings: TableSettings,
        *,
        rng: random.Random,
        think: Think = think_at_once,
    ) -> None:
        """Start, with the games that the disk has."""
        self._time: FakeTime = network.time
        self._network = network
        self._limits = AddressLimits()
        self._steps_left: int | None = None
        self.is_up = True
        # Every life has chances of its own, or the second would name its games as the first did.
        entropy = random.Random(rng.getrandbits(64)).randbytes
        self.house = House(settings, entropy=entropy, unix_time=self._time.unix_time)
        self.journal = FakeJournal(disk, self)
        self.runtime = Runtime(self.house, self.journal, self, think)
        lately = self._time.unix_time() - settings.abandon_s
        for stored in disk.running(ended_since=lately):
            self.run(self.runtime.restored, stored)

    # Its life

    def run(self, callback: Callable[..., Any], *args: Any) -> None:  # noqa: ANN401
        """Do something in the process, if it still runs."""
        if not self.is_up:
            return
        try:
            callback(*args)
        except Crashed:
            self.crash()
        except Exception as error:
            self.call_exception_handler({"exception": error})

    def step(self) -> None:
        """Note that the process asks something of the world; it may crash at that."""
        if self._steps_left is not None:
            self._steps_left -= 1
            if self._steps_left < 0:
                raise Crashed

    def crash_after(self, steps: int) -> None:
        """Crash after so many steps more."""
        self._steps_left = steps

    def crash(self) -> None:
        """Lose everything but what the disk has."""
        self.is_up = False
        self.journal.crash()
        for wire in [wire for wire in self._network.wires if wire.host is self]:
            wire.crash()

    def accept(self, wire: FakeWire) -> "_Connection | None":
        """Take a connection, unless its address may not have it."""
        if not self._limits.connect(wire.address, self.time()):
            return None
        return _Connection(wire, self.runtime, self._limits)

    # Its event loop

    def time(self) -> float:
        """Return the clock's reading."""
        return self._time.now

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> FakeTimer:  # noqa: ANN401
        """Call back after so many seconds, if the process still runs then."""
        self.step()
        return self._time.call_later(delay, self.run, callback, *args)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Remember an error of ours."""
        self._time.call_exception_handler(context)


class _Connection:
    """A session, and its place among the connections of its address."""

    def __init__(self, wire: FakeWire, runtime: Runtime, limits: AddressLimits) -> None:
        self._address = wire.address
        self._limits = limits
        self._session = Session(wire, runtime, transport="tcp", address=wire.address, limits=limits)
        self.receive = self._session.receive

    def lost(self) -> None:
        """Note that the connection is gone."""
        self._session.lost()
        self._limits.disconnect(self._address)
