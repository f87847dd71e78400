"""How often an address or an account may do something: token buckets, bounded in memory."""

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Final, TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from rachel_server.http import health
from rachel_server.http.clients import CLIENT, Client, Network, is_in
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError

KEYS_MAX: Final = 10_000
"""Addresses or accounts remembered per limit; whoever was longest idle is forgotten first."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often one address or account may do something.

    Attributes:
        name: what is limited, an identifier.
        burst: how often at once, after a long rest.
        per_minute: how often in the long run.
    """

    name: str
    burst: int
    per_minute: float


REQUESTS: Final = RateLimit("requests", burst=300, per_minute=1200)
"""Requests of any kind per address: far more than a page, a lobby list and a script need."""


class RateLimited(ApiError):  # noqa: N818 - says what is the matter
    """Somebody does something too often: 429, with the seconds to wait in Retry-After."""

    def __init__(self, wait_s: float) -> None:
        seconds = max(1, math.ceil(wait_s))
        super().__init__(
            429,
            "rate_limited",
            f"Too many requests: wait {seconds} s.",
            details={"retry_after_s": seconds},
            headers={"Retry-After": str(seconds)},
        )


class _Buckets:
    """The token buckets of one limit: what each key has left, and since when."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._per_s = limit.per_minute / 60
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float) -> float:
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


class RateLimits:
    """What everybody has left of every limit.

    Args:
        exempt: networks whose requests are not limited per address.
        clock: seconds from any start.
    """

    def __init__(
        self, *, exempt: Sequence[Network] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._exempt = exempt
        self._clock = clock
        self._buckets: dict[str, _Buckets] = {}

    def spend(self, limit: RateLimit, key: str) -> None:
        """Let ``key``, such as the name of an account, do something once more.

        Raises:
            RateLimited: not now.
        """
        buckets = self._buckets.get(limit.name)
        if buckets is None:
            buckets = self._buckets[limit.name] = _Buckets(limit)
        wait_s = buckets.take(key, self._clock())
        if wait_s:
            raise RateLimited(wait_s)

    def spend_for(self, limit: RateLimit, client: Client) -> None:
        """Let a client's address do something once more.

        Raises:
            RateLimited: not now.
        """
        if client.address is None or not is_in(client.address, self._exempt):
            self.spend(limit, client.key)


_RequestHandler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def limited(limit: RateLimit) -> Callable[[_RequestHandler], _RequestHandler]:
    """Limit how often an address may call a handler, beyond what it may do at all.

    Limits per account are the handler's business, once it knows the account: `RateLimits.spend`.
    """

    def decorate(handler: _RequestHandler) -> _RequestHandler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            request.app[CONTEXT].rate_limits.spend_for(limit, request[CLIENT])
            return await handler(request)

        return guarded

    return decorate


@web.middleware
async def limit_rates(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Limit the requests of an address; health checks are free, for they cost nothing."""
    if request.path not in health.PATHS:
        request.app[CONTEXT].rate_limits.spend_for(REQUESTS, request[CLIENT])
    return await handler(request)
