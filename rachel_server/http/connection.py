"""One HTTP connection: aiohttp's own, with limits and a line in the log for each request.

aiohttp answers the requests. This class limits the connections of an address, the time that a
request's headers take, and the time that a peer leaves answers unread.
"""

import asyncio
import logging
import secrets
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from rachel_server.edge.limits import AddressLimits
from rachel_server.http import health_page, metrics_page
from rachel_server.http.clients import CLIENT
from rachel_server.http.errors import from_exception, plain_error
from rachel_server.http.security import add_security_headers
from rachel_server.ops.log_ids import request_id
from rachel_server.ops.metrics import Metrics

if TYPE_CHECKING:
    from aiohttp.web_server import Server

CONNECTIONS_PER_ADDRESS_MAX: Final = 256
HEADERS_LIMIT_S: Final = 10.0
"""How long a request's headers may take to arrive, from the first byte on."""
READING_LIMIT_S: Final = 20.0
"""How long a peer may leave an answer unread."""
IDLE_LIMIT_S: Final = 75.0
"""How long an idle connection is kept. Proxies close theirs after 60 s: they must be the first to
close, or they send requests into closed connections."""

REQUEST_ID_HEADER: Final = "X-Request-Id"
STARTED: Final = web.RequestKey("STARTED", float)

_LINE_BYTES_MAX: Final = 8190
_HEADER_BYTES_MAX: Final = 8190
_HEADERS_MAX: Final = 64
_LINGER_S: Final = 2.0
"""How long the rest of a refused request is read and dropped: its sender then gets the answer."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_ASKED_BY_CLIENTS: Final = {
    "/api/v1/server",
    "/api/v1/tables",
    "/api/v1/tables/{code}",
    "/api/v1/account",
}
_EVERYDAY: Final = health_page.PATHS | {metrics_page.PATH} | _ASKED_BY_CLIENTS
"""Routes that machines, and clients with a list open, ask every few seconds.

What they ask is logged at debug level, unless it changes something or fails.
"""

_log = logging.getLogger(__name__)


class HttpConnection(web.RequestHandler):
    """One connection of a server that aiohttp runs."""

    __slots__ = ("_address", "_answering", "_in_tls", "_limits", "_metrics", "_timer")

    def __init__(
        self,
        server: "Server",
        *,
        limits: AddressLimits,
        metrics: Metrics,
        in_tls: bool = False,
    ) -> None:
        """Answer requests; inside TLS the address's place has been taken before the handshake."""
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=IDLE_LIMIT_S,
            max_line_size=_LINE_BYTES_MAX,
            max_field_size=_HEADER_BYTES_MAX,
            max_headers=_HEADERS_MAX,
            lingering_time=_LINGER_S,
            auto_decompress=False,  # a small compressed body could become a huge one
            access_log=cast(logging.Logger, None),  # see log_access
            logger=_log,
        )
        self._limits = limits
        self._in_tls = in_tls
        self._metrics = metrics
        self._address: str | None = None
        self._answering = False
        self._timer: asyncio.TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, unless its address has too many already."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        now = asyncio.get_running_loop().time()
        if not self._in_tls and not self._limits.connect(address, now):
            cast(asyncio.Transport, transport).abort()
            return
        self._address = address
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count one connection less for its address."""
        self._stop_timer()
        if self._address is not None:
            self._limits.disconnect(self._address)
            self._address = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Limit the time until a request's headers are complete."""
        if not self._answering and self._timer is None:
            self._start_timer(HEADERS_LIMIT_S)
        super().data_received(data)

    def pause_writing(self) -> None:
        """Limit the time until the peer reads."""
        super().pause_writing()
        self._start_timer(READING_LIMIT_S)

    def resume_writing(self) -> None:
        """Stop the timer: the peer reads."""
        super().resume_writing()
        self._stop_timer()

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._too_slow)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self.transport is not None:
            self.transport.abort()

    # The requests

    def begin(self) -> None:
        """Note that the headers of a request are complete, and that it will be answered.

        From now on it has an id for log and answer, even if no middleware ever sees it.
        """
        self._answering = True
        self._stop_timer()
        if request_id.get() is None:  # aiohttp answers each request in a task of its own
            request_id.set(fresh_request_id())

    def log_access(
        self, request: web.BaseRequest, response: web.StreamResponse, time: float | None
    ) -> None:
        """Log and count a request that has been answered, by its route and never by its path.

        Paths may hold secrets; a route, such as ``/reset/{token}``, does not.
        """
        self._answering = False
        route, method = _route(request), request.method if request.method in _METHODS else "OTHER"
        started = request.get(STARTED)
        seconds = 0.0 if started is None else perf_counter() - started
        self._metrics.answered(route, method, response.status, seconds)
        client = request.get(CLIENT)
        fields = {
            "method": method,
            "path": route,
            "status": response.status,
            "duration_ms": round(1000 * seconds, 1),
            "client": str(self._address if client is None else client.address),
        }
        is_read = method in ("GET", "HEAD") and response.status < 500
        level = logging.DEBUG if is_read and route in _EVERYDAY else logging.INFO
        _log.log(level, "%s %s %d", method, route, response.status, extra=fields)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send a response, as JSON also if aiohttp raised it before any middleware ran."""
        if isinstance(resp, web.HTTPException) and resp.status >= 400:
            self.begin()
            resp = from_exception(resp)
        return await super().finish_response(request, resp, start_time)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to a request that could not be parsed, or not be answered."""
        self.begin()
        if request.writer.output_size > 0:
            raise ConnectionError("half of an answer has been sent already")
        if isinstance(exc, ConnectionError):
            status = 400  # the peer has hung up in the middle of its request
        if status >= 500:
            _log.error("a request could not be answered", exc_info=exc)
        answer = plain_error(431 if isinstance(exc, LineTooLong) else status)
        answer.headers[REQUEST_ID_HEADER] = request_id.get() or fresh_request_id()
        add_security_headers(answer)
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:  # noqa: ANN401 - aiohttp's own
        """Log what went wrong in aiohttp, unless it was the peer's fault."""
        if not isinstance(
            kw.get("exc_info"), web.RequestPayloadError | ConnectionError | HttpProcessingError
        ):
            super().log_exception(*args, **kw)


def fresh_request_id() -> str:
    """Return a new id for a request: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def _route(request: web.BaseRequest) -> str:
    """Return the route that a request took: ``/health``, ``/api/v1/tables/{code}``."""
    if not isinstance(request, web.Request) or STARTED not in request:
        return "unmatched"  # it failed before it was routed
    resource = request.match_info.route.resource
    return "unmatched" if resource is None else resource.canonical
