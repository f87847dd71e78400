"""When a connection sends heartbeats, gives up, and tries again. Times are passed in: no clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """How patient a connection is, all in seconds (docs/PROTOCOL.md, Staying connected).

    Attributes:
        connect_s: from the start of an attempt to WELCOME.
        heartbeat_s: between our heartbeats.
        silence_s: without a byte from the host the link counts as lost.
        backoff_first_s: the first pause between attempts; every further one is twice as long.
        backoff_max_s: the longest pause.
        steady_s: a link that lasted so long was a good one, and pauses begin anew.
    """

    connect_s: float = 10.0
    heartbeat_s: float = 10.0
    silence_s: float = 30.0
    backoff_first_s: float = 0.25
    backoff_max_s: float = 5.0
    steady_s: float = 10.0


class Attempts:
    """When a client that comes back by itself connects again: ever later at a host that is no good.

    A host can be reached, welcome a client and be no good all the same.

    Attributes:
        failed: links in a row that did not last, those that could not be made included.
    """

    def __init__(self, timing: LinkTiming) -> None:
        self.failed = 0
        self._timing = timing
        self._began_at: float | None = None

    def begin(self, now: float) -> None:
        """Note that a link is being made."""
        self._began_at = now

    def pause_s(self, now: float) -> float:
        """Return the pause after the last link, which ended now; 0 if there was none."""
        if self._began_at is None:
            return 0.0
        if now - self._began_at >= self._timing.steady_s:
            self.failed = 0
        self.failed += 1
        doublings = min(self.failed - 1, 30)
        return min(self._timing.backoff_first_s * 2.0**doublings, self._timing.backoff_max_s)


class Pulse:
    """When one link needs a heartbeat, and when it counts as lost.

    Attributes:
        lost_at: when the link counts as lost unless something is heard.
    """

    def __init__(self, timing: LinkTiming, now: float) -> None:
        self.lost_at = now + timing.connect_s
        self._timing = timing
        self._beat_at = now + timing.heartbeat_s

    @property
    def wakes_at(self) -> float:
        """When to beat or to give up, whichever comes first, unless something is heard before."""
        return min(self._beat_at, self.lost_at)

    def hear(self, now: float) -> None:
        """Note that the host sent something. Call it only after its WELCOME."""
        self.lost_at = now + self._timing.silence_s

    def is_lost(self, now: float) -> bool:
        """Tell whether the link counts as lost."""
        return now >= self.lost_at

    def beats(self, now: float) -> bool:
        """Tell whether a heartbeat is due, and if so put the next one an interval from now."""
        if now < self._beat_at:
            return False
        self._beat_at = now + self._timing.heartbeat_s
        return True
