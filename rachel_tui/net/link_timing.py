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
    """

    connect_s: float = 10.0
    heartbeat_s: float = 10.0
    silence_s: float = 30.0
    backoff_first_s: float = 0.25
    backoff_max_s: float = 5.0

    def pause_s(self, attempt: int) -> float:
        """Return the pause after the ``attempt``-th attempt in a row has failed.

        Attempt 0 is the loss of a link that was online.
        """
        doublings = min(max(attempt - 1, 0), 30)
        return min(self.backoff_first_s * 2.0**doublings, self.backoff_max_s)


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
