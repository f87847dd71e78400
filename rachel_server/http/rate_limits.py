"""How often an address or an account may do something: token buckets, bounded in memory."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Final, TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from rachel_server.edge.token_buckets import Buckets, RateLimit
from rachel_server.http import health
from rachel_server.http.clients import CLIENT, Client, is_in
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError
from rachel_server.ops.settings import Network

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
        self._buckets: dict[str, Buckets] = {}

    def spend(self, limit: RateLimit, key: str) -> None:
        """Let ``key``, such as the name of an account, do something once more.

        Raises:
            RateLimited: not now.
        """
        buckets = self._buckets.get(limit.name)
        if buckets is None:
            buckets = self._buckets[limit.name] = Buckets(limit)
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
