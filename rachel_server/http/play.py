"""``/ws``: RUBP over a WebSocket, for the pages of this server and for programs."""

import asyncio
from typing import Final

from aiohttp import web

from rachel_server.edge.websocket import SUBPROTOCOL, WebSocketLink
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError

PATH: Final = "/ws"


async def play(request: web.Request) -> web.StreamResponse:
    """Serve one connection, until it ends.

    Raises:
        ApiError: a page of another site asked, or something else than RUBP is asked for, or the
            address has too many connections.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise ApiError(403, "cross_site", "Play on this server's own pages.")
    offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    if SUBPROTOCOL not in map(str.strip, offered):
        raise ApiError(400, "not_rubp", f"Open a WebSocket with the subprotocol {SUBPROTOCOL}.")
    context, address = request.app[CONTEXT], str(request[CLIENT].address)
    if not context.limits.connect(address, asyncio.get_running_loop().time()):
        raise ApiError(429, "too_many_connections", "Too many connections from your address.")
    return await WebSocketLink(context.runtime, context.limits, address).serve(request)


ROUTES: Final = [web.get(PATH, play)]
