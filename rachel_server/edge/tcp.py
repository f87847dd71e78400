"""RUBP over streams, most of all TCP, bare or inside TLS: bytes to a session and back."""

import asyncio
import os
import socket
import ssl
from typing import Final, cast

from rachel.address import address_text
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener, by_protocol
from rachel_server.edge.session import Door, Session

BACKLOG: Final = 1024
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


class StreamConnection(asyncio.Protocol):
    """One connection."""

    def __init__(self, door: Door, limits: AddressLimits, address: str, transport: str) -> None:
        """Make one of somebody at an address; ``transport`` tells in one word how they come."""
        self._door = door
        self._limits = limits
        self._address = address
        self._transport = transport
        self._session: Session | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session."""
        self._session = Session(
            cast(asyncio.Transport, transport),
            self._door,
            transport=self._transport,
            address=self._address,
            limits=self._limits,
        )

    def data_received(self, data: bytes) -> None:
        """Pass on what came."""
        if self._session is not None:
            self._session.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the session, once."""
        session, self._session = self._session, None
        if session is not None:
            session.lost()


class TcpConnection(StreamConnection):
    """One over TCP, which has one of the places of its address."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session."""
        _set_options(transport.get_extra_info("socket"))
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the session, and give the place back, once."""
        if self._session is not None:
            super().connection_lost(exc)
            self._limits.disconnect(self._address)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens; the empty host means every address, IPv4 and IPv6 on one port.

    Raises:
        OSError: the address cannot be had; the text says in one line why, and what to do.
    """
    try:
        return _bound(host, port)
    except OSError as error:
        number = error.errno or 0  # those of names that do not exist are negative
        why = os.strerror(number) if number > 0 else error.strerror
        where = address_text(host, port) if host else f"port {port}"
        raise OSError(f"cannot listen on {where}: {why}; choose another address or port") from None


def _bound(host: str, port: int) -> socket.socket:
    if not host:
        if socket.has_dualstack_ipv6():
            return socket.create_server(
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG
            )
        return socket.create_server(("", port), backlog=BACKLOG)
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)


def listen(
    sock: socket.socket, door: Door, limits: AddressLimits, *, tls: ssl.SSLContext | None = None
) -> Listener:
    """Accept connections on a bound socket."""
    transport = "tcp" if tls is None else "tls"
    serve = by_protocol(
        lambda address: TcpConnection(door, limits, address, transport), limits, tls=tls
    )
    return Listener(sock, serve, limits, headers=True)


def _set_options(sock: socket.socket) -> None:
    """Send every write at once; find dead peers that never send heartbeats within a minute."""
    # Not every event loop does it for accepted connections; frames then wait 40 ms for an ACK.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
