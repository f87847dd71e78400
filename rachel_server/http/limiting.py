"""Limits on the way to a handler: of every request, and of those that cost more than others."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler

from rachel_server.core.limits import RateLimit
from rachel_server.http import health_page
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.rate_limits import REQUESTS

_RequestHandler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def limited(limit: RateLimit) -> Callable[[_RequestHandler], _RequestHandler]:
    """Limit how often an address may call a handler, beside `REQUESTS`.

    The handler itself spends limits per account, once it knows the account: `RateLimits.spend`.
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
    """Limit the requests of an address; health checks are free, because they cost nothing."""
    if request.path not in health_page.PATHS:
        request.app[CONTEXT].rate_limits.spend_for(REQUESTS, request[CLIENT])
    return await handler(request)
