"""RUBP over TCP, bare or inside TLS: bytes to a session and back, nothing else."""

import asyncio
import os
import socket
import ssl
from typing import Final, cast

from rachel.address import address_text
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener
from rachel_server.edge.session import Door, Session

_BACKLOG: Final = 1024
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


class TcpConnection(asyncio.Protocol):
    """One TCP connection, which has one of the places of its address."""

    def __init__(self, door: Door, limits: AddressLimits, address: str, *, in_tls: bool) -> None:
        """Make one, whose place has been taken."""
        self._door = door
        self._limits = limits
        self._address = address
        self._in_tls = in_tls
        self._session: Session | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session."""
        wire = cast(asyncio.Transport, transport)
        _set_options(wire.get_extra_info("socket"))
        self._session = Session(
            wire,
            self._door,
            transport="tls" if self._in_tls else "tcp",
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
            self._limits.disconnect(self._address)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket; the empty host means every address, IPv4 and IPv6 on one port.

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
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG
            )
        return socket.create_server(("", port), backlog=_BACKLOG)
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def listen(
    sock: socket.socket, door: Door, limits: AddressLimits, *, tls: ssl.SSLContext | None = None
) -> Listener:
    """Accept connections on a bound socket."""
    return Listener(
        sock,
        lambda address: TcpConnection(door, limits, address, in_tls=tls is not None),
        limits,
        tls=tls,
        headers=True,
    )


def _set_options(sock: socket.socket) -> None:
    """Send every write at once; find dead peers that never send heartbeats within a minute."""
    # Not every event loop does it for accepted connections; frames then wait 40 ms for an ACK.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
