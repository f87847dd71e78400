"""The ports for HTTP. What answers there is loaded when somebody comes for the first time.

It takes more memory than all the rest of a server, and longer to load. Meanwhile whoever has come
waits in the queue of the port.
"""

import asyncio
import logging
import socket
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from rachel_server.edge.certificate import Certificate
from rachel_server.edge.tcp import listening_socket
from rachel_server.http.server_parts import ServerParts
from rachel_server.ops.settings import ServerSettings

if TYPE_CHECKING:
    from rachel_server.http.serving import HttpService

_SERVING: Final = "rachel_server.http.serving"

_log = logging.getLogger(__name__)


class HttpDoor:
    """The HTTP side of a server. Bound to its ports at once; answers from `open` to `stop`.

    Attributes:
        ports: the ports in use, as `ports.json` names them: ``http`` and ``https``.
        settings: those given, with these ports.

    Raises:
        ModuleNotFoundError: what answers is not installed.
        OSError: a port cannot be had.
    """

    def __init__(self, settings: ServerSettings, certificate: Certificate | None) -> None:
        if find_spec("aiohttp") is None:
            raise ModuleNotFoundError("HTTP needs aiohttp", name="aiohttp")
        self._certificate = certificate
        self._sockets: dict[str, socket.socket] = {}
        self._service: HttpService | None = None
        self._loading: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        try:
            for name, port in (("http", settings.http_port), ("https", settings.https_port)):
                if port is not None:
                    self._sockets[name] = listening_socket(settings.host, port)
        except OSError:
            self.close_sockets()
            raise
        ports = {name: sock.getsockname()[1] for name, sock in self._sockets.items()}
        self.ports = {name: [port] for name, port in ports.items()}
        self.settings = replace(settings, **{f"{name}_port": port for name, port in ports.items()})

    def open(self, parts: ServerParts) -> None:
        """Begin to answer whoever comes."""
        loop = asyncio.get_running_loop()

        def load() -> None:
            if self._loading is None:
                self._loading = loop.create_task(self._load(parts), name="HTTP")

        def knocked() -> None:
            self._stop_waiting()
            load()

        for sock in self._sockets.values():
            try:
                loop.add_reader(sock, knocked)
            except NotImplementedError:  # Windows' event loop cannot tell
                load()

    def stop_listening(self) -> None:
        """Take no further connections; those that are there go on until `stop`."""
        self._closing.set()
        if self._loading is None:
            self._stop_waiting()
        if self._service is not None:
            self._service.stop_listening()

    async def stop(self) -> None:
        """Answer no further, within half a second from when everything is loaded."""
        if self._loading is not None:
            await self._loading
        if self._service is not None:
            await self._service.stop()

    def close_sockets(self) -> None:
        """Give the ports back."""
        for sock in self._sockets.values():
            sock.close()

    def _stop_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        for sock in self._sockets.values():
            loop.remove_reader(sock)

    async def _load(self, parts: ServerParts) -> None:
        try:
            await asyncio.to_thread(import_module, _SERVING)  # the tables go on meanwhile
            from rachel_server.http.serving import HttpService

            if self._closing.is_set():
                return
            service = HttpService(self.settings, self._certificate, self._sockets)
            await service.start(parts)
            self._service = service
            if self._closing.is_set():
                service.stop_listening()
        except Exception:
            _log.exception("an error of ours: HTTP cannot be answered")
            self.close_sockets()
