"""Connections on a bound socket, counted by address from their first moment.

An event loop's own TLS servers let a stranger hold any number of connections that never finish
their handshake. Nor do they let anything come before the handshake, as the PROXY protocol does.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Final, TypeAlias

from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.proxy_header import HEADER_BYTES_MAX, BrokenHeader, read_header

HANDSHAKE_LIMIT_S: Final = 5.0
"""How long a TLS handshake may take, and a proxy's header before it."""
_GOODBYE_LIMIT_S: Final = 1.0
"""How long a peer may take to confirm that the connection ends."""
_AT_ONCE: Final = 64
"""Connections accepted in one turn of the loop: all players of a server come back at once when it
starts again, and a turn takes a while when many tables play."""
_OUT_OF_FILES_S: Final = 0.5
"""How long nobody is accepted when the process may open no further files."""

Serve: TypeAlias = Callable[[socket.socket, str], Coroutine[None, None, None]]
"""Begins a connection from an address, and sees to it that its place is given back in the end."""

_log = logging.getLogger(__name__)


class Listener:
    """Accepts connections on a bound socket."""

    def __init__(
        self, sock: socket.socket, serve: Serve, limits: AddressLimits, *, headers: bool = False
    ) -> None:
        """Begin to listen, on the running event loop.

        With ``headers``, proxies that ``limits`` know may say in the PROXY protocol whose
        connection they pass on; then that is the peer's address.
        """
        sock.setblocking(False)
        self._serve = serve
        self._limits = limits
        self._headers = headers
        self._loop = asyncio.get_running_loop()
        self._beginnings: set[asyncio.Task[None]] = set()
        self._accepting = self._loop.create_task(self._accept(sock), name="listener")

    def close(self) -> None:
        """Accept no further; connections that have begun go on."""
        self._accepting.cancel()
        for task in self._beginnings:
            task.cancel()

    async def _accept(self, sock: socket.socket) -> None:
        while True:
            try:
                self._welcome(*await self._loop.sock_accept(sock))
                for _ in range(_AT_ONCE - 1):
                    connection, peer = sock.accept()
                    connection.setblocking(False)
                    self._welcome(connection, peer)
            except (BlockingIOError, ConnectionError):
                continue  # that was everybody, or one who is gone again
            except OSError as error:
                _log.error("no connection can be accepted: %s", error)
                await asyncio.sleep(_OUT_OF_FILES_S)

    def _welcome(self, connection: socket.socket, peer: tuple[str, int]) -> None:
        address = peer[0]
        if self._headers and self._limits.speaks_for_others(address):
            self._begin(self._pass_on(connection, address))
        else:
            self._admit(connection, address)

    def _begin(self, beginning: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(beginning)
        self._beginnings.add(task)
        task.add_done_callback(self._beginnings.discard)

    async def _pass_on(self, connection: socket.socket, proxy: str) -> None:
        """Admit whom a proxy's header names, or the proxy itself if there is none."""
        try:
            address = await _announced(connection) or proxy
        except BrokenHeader as error:
            _log.warning("a broken PROXY header came from %s: %s", proxy, error)
            connection.close()
        except OSError:
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            self._admit(connection, address)

    def _admit(self, connection: socket.socket, address: str) -> None:
        """Count a connection and begin it, unless its address has too many already."""
        if self._limits.connect(address, self._loop.time()):
            self._begin(self._serve(connection, address))
        else:
            connection.close()


def by_protocol(
    make_protocol: Callable[[str], asyncio.Protocol],
    limits: AddressLimits,
    *,
    tls: ssl.SSLContext | None = None,
) -> Serve:
    """Return how to serve connections, bare or inside TLS, with a protocol for each.

    ``make_protocol`` is called with the peer's address, whose place the protocol gives back when
    its connection is lost.
    """
    in_time = {
        "ssl_handshake_timeout": HANDSHAKE_LIMIT_S,
        "ssl_shutdown_timeout": _GOODBYE_LIMIT_S,
    }

    async def serve(connection: socket.socket, address: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(
                lambda: make_protocol(address), connection, ssl=tls, **(in_time if tls else {})
            )
        except OSError:
            # Whatever a stranger does wrong in a handshake; the event loop has hung up.
            limits.disconnect(address)
        except BaseException:
            limits.disconnect(address)
            raise

    return serve


async def _announced(sock: socket.socket) -> str:
    """Take the PROXY header off a new connection; return the address in it, empty if none is.

    Nothing else is taken: what follows waits in the socket.

    Raises:
        BrokenHeader: it is malformed or too long, or does not come to its end in time.
        OSError: the connection is gone.
    """
    header, seen = None, -1
    with suppress(TimeoutError):
        async with asyncio.timeout(HANDSHAKE_LIMIT_S):
            while header is None:
                await _until_readable(sock)
                data = sock.recv(HEADER_BYTES_MAX, socket.MSG_PEEK)
                if len(data) == seen:
                    break  # no more will come
                header, seen = read_header(data), len(data)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, seen + 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    if header is not None:
        sock.recv(header.size)
        return header.source
    if seen > 0:
        raise BrokenHeader("its end is missing")
    return ""


async def _until_readable(sock: socket.socket) -> None:
    """Wait until more has come than the socket's low-water mark, or the end."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sock, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sock)
