"""RUBP over WebSocket: whole frames in binary messages to a session and back, nothing else."""

import asyncio
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from rachel.rubp import FRAME_SIZE
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.session import GOODBYE_LIMIT_S, Door, Session

SUBPROTOCOL: Final = "rubp.v1"
PING_S: Final = 19.0
"""How long a peer may be silent before it is pinged; half as long again, and it is gone.

aiohttp rounds both times up to whole seconds of its clock: they end within 30 s. Proxies close
connections that are silent for 60 s.
"""
MESSAGE_BYTES_MAX: Final = 64 * FRAME_SIZE
"""The largest message; clients send a frame or two at a time."""


class WebSocketLink:
    """One WebSocket, which takes one of the places of its address."""

    def __init__(self, door: Door, limits: AddressLimits, address: str) -> None:
        """Make one for a peer whose place has been taken."""
        self._door = door
        self._limits = limits
        self._address = address
        self._socket = web.WebSocketResponse(
            timeout=GOODBYE_LIMIT_S,
            heartbeat=PING_S,
            protocols=(SUBPROTOCOL,),
            compress=False,  # frames are small, and a window per connection is not
            max_msg_size=MESSAGE_BYTES_MAX,
        )
        self._transport: asyncio.Transport | None = None
        self._outgoing = bytearray()
        self._in_flight = 0
        self._sending: asyncio.Task[None] | None = None
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._closing = False

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Answer the request that opens it, then serve it to its end.

        Raises:
            HTTPBadRequest: the request opens no WebSocket.
        """
        try:
            await self._socket.prepare(request)
            self._transport = request.transport
            session = Session(
                self,
                self._door,
                transport="websocket",
                address=self._address,
                limits=self._limits,
            )
            try:
                await self._receive(session)
            finally:
                self._closing = True
                session.lost()
                if self._sending is not None:
                    await asyncio.wait({self._sending}, timeout=GOODBYE_LIMIT_S)
        finally:
            self._limits.disconnect(self._address)
        return self._socket

    async def _receive(self, session: Session) -> None:
        """Hand over what comes, one message in a turn of the loop, so that others are heard."""
        async for message in self._socket:
            if message.type is WSMsgType.ERROR:
                return
            if message.type is not WSMsgType.BINARY or len(message.data) % FRAME_SIZE:
                text = b"send whole RUBP frames in binary messages"
                await self._socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=text)
                return
            session.receive(message.data)
            await asyncio.sleep(0)
            await self._may_read.wait()

    async def _send(self) -> None:
        """Send what has been written, in as few messages as have gathered."""
        try:
            while self._outgoing:
                data, self._outgoing = self._outgoing, bytearray()
                self._in_flight = len(data)
                await self._socket.send_bytes(bytes(data))
            if self._closing:
                await self._socket.close(code=WSCloseCode.GOING_AWAY)
        except ConnectionError:
            self.abort()
        finally:
            self._in_flight = 0
            self._sending = None

    # The wire of its session

    def write(self, data: bytes) -> None:
        """Send bytes without blocking."""
        if not self._closing:
            self._outgoing += data
            self._go_on_sending()

    def close(self) -> None:
        """End the connection after what was written."""
        if not self._closing:
            self._closing = True
            self._may_read.set()
            self._go_on_sending()

    def abort(self) -> None:
        """End the connection at once."""
        self._closing = True
        self._may_read.set()
        if self._transport is not None:
            self._transport.abort()

    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading`; what comes meanwhile waits at the peer."""
        self._may_read.clear()

    def resume_reading(self) -> None:
        """Receive again."""
        self._may_read.set()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are written but not sent."""
        sent = 0 if self._transport is None else self._transport.get_write_buffer_size()
        return len(self._outgoing) + self._in_flight + sent

    def _go_on_sending(self) -> None:
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())
