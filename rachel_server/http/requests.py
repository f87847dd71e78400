"""Middlewares for every request: its id, its client, and limits on its body and time."""

import asyncio
import logging
from time import perf_counter
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from rachel_server.http import health_page, play
from rachel_server.http.clients import CLIENT, client_of
from rachel_server.http.connection import (
    REQUEST_ID_HEADER,
    STARTED,
    HttpConnection,
    fresh_request_id,
)
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError, plain_error
from rachel_server.ops.log_ids import request_id

BODY_BYTES_MAX: Final = 64 * 1024
"""The largest body; real requests are far smaller."""

REQUEST_LIMIT_S: Final = 15.0
"""How long a request's body may take to arrive, and the request to be answered."""

_log = logging.getLogger(__name__)


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give a request an id, and find out its client."""
    connection = request.protocol
    if isinstance(connection, HttpConnection):
        connection.begin()
    # Each request is answered in a task, and so in a context, of its own.
    request_id.set(fresh_request_id())
    request[STARTED] = perf_counter()
    request[CLIENT] = client_of(request, request.app[CONTEXT].settings.trusted_proxies)
    answer = await handler(request)
    if not request.content.is_eof():
        answer.force_close()  # the rest of the body is not worth reading
    return answer


@web.middleware
async def refuse_while_stopping(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a server that stops can no longer do; its health it still tells."""
    if request.app[CONTEXT].runtime.house.stopping and request.path not in health_page.PATHS:
        raise ApiError(
            503,
            "stopping",
            "The server restarts: try again in a moment.",
            headers={"Retry-After": "2"},
        )
    return await handler(request)


async def name_request(request: web.Request, answer: web.StreamResponse) -> None:
    """Tell the client the request's id, under which the log has it."""
    answer.headers[REQUEST_ID_HEADER] = request_id.get() or fresh_request_id()


@web.middleware
async def limit_body_and_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse bodies that are too large or too slow, and end handlers that take too long.

    Play goes on for as long as it likes.
    """
    if request.path == play.PATH:
        return await handler(request)
    if (request.content_length or 0) > BODY_BYTES_MAX:
        return plain_error(413)
    try:
        async with asyncio.timeout(REQUEST_LIMIT_S) as limit:
            return await handler(request)
    except TimeoutError:
        if not limit.expired():
            raise
        if not request.content.is_eof():
            return plain_error(408)
        _log.warning("a request took longer than %.0f s", REQUEST_LIMIT_S)
        return plain_error(503)
