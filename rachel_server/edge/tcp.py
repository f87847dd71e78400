"""RUBP over TCP: bytes to the runtime and back, nothing else."""

import asyncio
import os
import secrets
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from rachel.address import address_text
from rachel.rubp import FRAME_SIZE, FrameStream
from rachel_server.core.link import Link
from rachel_server.edge.foreign import answer_to
from rachel_server.edge.limits import AddressLimits
from rachel_server.ops.log_ids import connection_id
from rachel_server.runtime import Runtime

OUTGOING_BYTES_MAX: Final = 256 * 1024
"""Bytes that may wait for a peer; one that reads more slowly than that is cut."""

GARBAGE_BYTES_MAX: Final = 64 * 1024
"""Bytes without a frame among them that a connection may send; a noisy line gets frames through."""

_BACKLOG: Final = 1024
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


class TcpLink(Link, asyncio.Protocol):
    """One TCP connection."""

    transport = "tcp"

    def __init__(self, runtime: Runtime, limits: AddressLimits) -> None:
        super().__init__()
        self._runtime = runtime
        self._limits = limits
        self._id = secrets.token_hex(4)
        self._stream = FrameStream()
        self._dropped_before = 0  # of the stream's dropped bytes, when it last brought a frame
        self._transport: asyncio.Transport | None = None
        self._address = ""
        self._paced: deque[bytes] = deque()
        self._leaving = False
        self._pace_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, unless its address has too many already."""
        tcp = cast(asyncio.Transport, transport)
        peer = tcp.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        if not self._limits.connect(self._address):
            tcp.abort()
            return
        self._transport = tcp
        self.limited_as = self._limits.counts_as(self._address)
        _set_options(tcp.get_extra_info("socket"))
        with self._named():
            self._runtime.connected(self)

    def data_received(self, data: bytes) -> None:
        """Pass on the frames that are complete; an error of ours costs the connection."""
        transport = self._transport
        if transport is None:
            return
        token = connection_id.set(self._id)  # not `_named`, which takes ten times as long
        try:
            frames = self._stream.feed(data)
            if frames:
                self._dropped_before = self._stream.dropped_bytes
                self._runtime.received(self, frames)
            elif not self.hellos and (answer := answer_to(data)) is not None:
                transport.write(answer)
                self.hang_up()
        except Exception as error:
            # As the event loop itself would, but while the log knows the connection.
            context = {"message": "an error while handling frames", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
            transport.abort()
        finally:
            connection_id.reset(token)
        if self._stream.dropped_bytes - self._dropped_before > GARBAGE_BYTES_MAX:
            self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the runtime, once."""
        if self._pace_timer is not None:
            self._pace_timer.cancel()
        if self._transport is not None:
            self._transport = None
            self._runtime.tally.dropped_bytes += self._stream.dropped_bytes
            self._limits.disconnect(self._address)
            with self._named():
                self._runtime.disconnected(self)

    def transmit(self, frames: bytes) -> None:
        """Send frames, with pauses between them for machines that need those."""
        transport = self._transport
        if transport is None or self._leaving or transport.is_closing():
            return
        if self.frame_gap_s:
            self._paced.extend(
                frames[start : start + FRAME_SIZE] for start in range(0, len(frames), FRAME_SIZE)
            )
            if len(self._paced) * FRAME_SIZE > OUTGOING_BYTES_MAX:
                transport.abort()
            elif self._pace_timer is None:
                self._send_paced()
            return
        transport.write(frames)
        if transport.get_write_buffer_size() > OUTGOING_BYTES_MAX:
            transport.abort()

    def hang_up(self) -> None:
        """Close the connection after what has been transmitted."""
        self._leaving = True
        if self._transport is not None and not self._paced:
            self._transport.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Name the connection in whatever is logged."""
        token = connection_id.set(self._id)
        try:
            yield
        finally:
            connection_id.reset(token)

    def _send_paced(self) -> None:
        """Send one frame, then pause."""
        self._pace_timer = None
        if self._paced and self._transport is not None:
            self._transport.write(self._paced.popleft())
            loop = asyncio.get_running_loop()
            self._pace_timer = loop.call_later(self.frame_gap_s, self._send_paced)
            if self._leaving:
                self.hang_up()


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket; the empty host means every address, IPv4 and IPv6 on one port.

    Raises:
        OSError: the address cannot be had; the text says in one line why, and what to do.
    """
    try:
        return _bound(host, port)
    except OSError as error:
        number = error.errno or 0  # those of names that nobody has are negative
        why = os.strerror(number) if number > 0 else error.strerror
        where = address_text(host, port) if host else f"port {port}"
        raise OSError(f"cannot listen on {where}: {why}; choose another address or port") from None


def _bound(host: str, port: int) -> socket.socket:
    if not host:
        if socket.has_dualstack_ipv6():
            return socket.create_server(
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG
            )
        return socket.create_server(("", port), backlog=_BACKLOG)
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


class TlsLink(TcpLink):
    """One TCP connection inside TLS: the same frames."""

    transport = "tls"


async def listen(sock: socket.socket, runtime: Runtime, limits: AddressLimits) -> asyncio.Server:
    """Accept connections on a bound socket."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: TcpLink(runtime, limits), sock=sock, backlog=_BACKLOG)


def _set_options(sock: socket.socket) -> None:
    """Send every write at once; find dead peers that never send heartbeats within a minute."""
    # Not every event loop does it for accepted connections; frames then wait 40 ms for an ACK.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
