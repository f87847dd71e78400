"""Time that passes when it is told to."""

import heapq
from collections.abc import Callable
from typing import Any, Final

_UNIX_TIME: Final = 1_700_000_000.0


class FakeTimer:
    """Something planned."""

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._callback = callback
        self._args = args
        self._cancelled = False

    def cancel(self) -> None:
        """Plan it no longer."""
        self._cancelled = True

    def fire(self) -> None:
        """Do it, unless it was cancelled."""
        if not self._cancelled:
            self._callback(*self._args)


class FakeTime:
    """A clock, and what is planned by it. It has what a session needs of an event loop (`Timers`).

    What is planned for the same moment happens in the order in which it was planned.

    Attributes:
        now: the clock's reading in seconds; it never goes back.
        steps: how many things have happened.
        slept_s: for how long the machine has slept.
        failures: every error of ours that was reported.
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.steps = 0
        self.slept_s = 0.0
        self.failures: list[BaseException] = []
        self._unix_offset = _UNIX_TIME
        self._planned: list[tuple[float, int, FakeTimer]] = []
        self._count = 0

    def time(self) -> float:
        """Return the clock's reading."""
        return self.now

    @property
    def awake_s(self) -> float:
        """The clock's reading, without the time that the machine has slept."""
        return self.now - self.slept_s

    def unix_time(self) -> float:
        """Return the time of the day in seconds, which may be set to anything."""
        return self.now + self._unix_offset

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> FakeTimer:  # noqa: ANN401
        """Call back after so many seconds."""
        timer = FakeTimer(callback, args)
        self._count += 1
        heapq.heappush(self._planned, (self.now + delay, self._count, timer))
        return timer

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Remember an error of ours."""
        self.failures.append(context["exception"])

    def step(self) -> bool:
        """Go on to what is planned next, and do it; return False if nothing is planned."""
        if not self._planned:
            return False
        when, _, timer = heapq.heappop(self._planned)
        self.now = max(self.now, when)
        self.steps += 1
        timer.fire()
        return True

    def jump(self, seconds: float) -> None:
        """Let time pass in which nothing can happen: the machine sleeps. It happens afterwards."""
        self.now += seconds
        self.slept_s += seconds

    def set_unix_time(self, seconds: float) -> None:
        """Set the time of the day forward, or back if negative; the clock goes on as before."""
        self._unix_offset += seconds
