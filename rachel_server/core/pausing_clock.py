"""The clock that tables go by: the event loop's, but it can stand still."""

from collections.abc import Callable


class PausingClock:
    """A clock that pauses while nothing can be saved, so that no time of the players passes."""

    def __init__(self, time: Callable[[], float]) -> None:
        """Make one that agrees with ``time`` until its first pause."""
        self._time = time
        self._paused_at: float | None = None
        self._lost_s = 0.0

    def now(self) -> float:
        """Return the reading."""
        return (self._time() if self._paused_at is None else self._paused_at) - self._lost_s

    def pause(self) -> None:
        """Stand still from now on."""
        if self._paused_at is None:
            self._paused_at = self._time()

    def go_on(self) -> None:
        """Go on from where it stood still."""
        if self._paused_at is not None:
            self._lost_s += self._time() - self._paused_at
            self._paused_at = None

    def when(self, reading: float) -> float:
        """Return the other clock's time at a reading of this one, if there is no further pause."""
        return reading + self._lost_s
