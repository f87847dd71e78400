"""Token buckets: how often somebody may do something, bounded in memory."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

PROXIED: Final = "proxies"
"""What the addresses of trusted proxies count as: whoever comes from one may be anybody."""
KEYS_MAX: Final = 10_000
"""Keys remembered for each limit; the one that was idle longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often one address, account or connection may do something.

    Attributes:
        name: what is limited, an identifier.
        burst: how often at once, after a long rest.
        per_minute: how often in the long run.
    """

    name: str
    burst: int
    per_minute: float

    def times(self, number: int) -> "RateLimit":
        """Return the limit for so many together."""
        return RateLimit(self.name, number * self.burst, number * self.per_minute)


class Buckets:
    """The token buckets of one limit: what each key has left, and since when."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._per_s = limit.per_minute / 60
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, now: float) -> float:
        """Take a token and return 0, or return the seconds until there is one to take."""
        burst = self._limit.burst
        left, then = self._left.get(key, (burst, now))
        left = min(burst, left + (now - then) * self._per_s)
        taken = left >= 1
        self._left[key] = left - taken, now
        self._left.move_to_end(key)
        if len(self._left) > KEYS_MAX:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) / self._per_s
