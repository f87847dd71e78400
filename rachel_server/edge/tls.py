"""TLS around any protocol, with the handshake limited in time and number.

An event loop's own TLS servers let a stranger hold any number of connections that never finish
their handshake. Here a connection counts from its first moment.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Final

from rachel_server.edge.limits import AddressLimits

HANDSHAKE_LIMIT_S: Final = 5.0
_GOODBYE_LIMIT_S: Final = 1.0
"""How long a peer may take to confirm that the connection ends."""
_OUT_OF_FILES_S: Final = 0.5
"""How long nobody is accepted when the process may open no further files."""

_log = logging.getLogger(__name__)


class TlsListener:
    """Accepts connections on a bound socket, each for a protocol of its own inside TLS."""

    def __init__(
        self,
        sock: socket.socket,
        make_protocol: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext,
        limits: AddressLimits,
    ) -> None:
        """Begin to listen, on the running event loop."""
        sock.setblocking(False)
        self._make_protocol = make_protocol
        self._context = context
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._accepting = self._loop.create_task(self._accept(sock), name="tls")

    def close(self) -> None:
        """Accept no further; connections that are secure go on."""
        self._accepting.cancel()
        for task in self._handshakes:
            task.cancel()

    async def _accept(self, sock: socket.socket) -> None:
        while True:
            try:
                connection, address = await self._loop.sock_accept(sock)
            except ConnectionError:
                continue  # it was gone again before it was accepted
            except OSError as error:
                _log.error("no connection can be accepted: %s", error)
                await asyncio.sleep(_OUT_OF_FILES_S)
                continue
            if self._limits.connect(address[0], self._loop.time()):
                task = self._loop.create_task(self._secure(connection, address[0]))
                self._handshakes.add(task)
                task.add_done_callback(self._handshakes.discard)
            else:
                connection.close()

    async def _secure(self, connection: socket.socket, address: str) -> None:
        """Make a connection secure; from then on its protocol gives the place back."""
        try:
            await self._loop.connect_accepted_socket(
                self._make_protocol,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=HANDSHAKE_LIMIT_S,
                ssl_shutdown_timeout=_GOODBYE_LIMIT_S,
            )
        except OSError:
            # Whatever a stranger does wrong in a handshake; the event loop has hung up.
            self._limits.disconnect(address)
        except BaseException:
            self._limits.disconnect(address)
            raise
