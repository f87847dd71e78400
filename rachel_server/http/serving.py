"""HTTP on sockets: started and stopped with the server."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.service import open_accounts
from rachel_server.edge.certificate import Certificate
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener, by_protocol
from rachel_server.edge.tcp import listening_socket
from rachel_server.http.app import create_app
from rachel_server.http.connection import CONNECTIONS_PER_ADDRESS_MAX, HttpConnection
from rachel_server.http.context import HttpContext
from rachel_server.http.health import Health
from rachel_server.http.pulse import Pulse
from rachel_server.http.rate_limits import RateLimits
from rachel_server.http.server_statistics import ServerStatistics
from rachel_server.ops.metrics import Metrics
from rachel_server.ops.settings import ServerSettings
from rachel_server.runtime import Runtime
from rachel_server.store.journal import Journal

STOP_LIMIT_S: Final = 0.25
"""How long a request that is being answered may go on when the server stops; twice that in all."""

_BACKLOG: Final = 1024


class HttpService:
    """The HTTP side of a server. Bound to its ports at once; answers from `start` to `stop`.

    Attributes:
        ports: the ports in use, as `ports.json` names them: ``http`` and ``https``.

    Raises:
        OSError: a port cannot be had.
    """

    def __init__(self, settings: ServerSettings, certificate: Certificate | None) -> None:
        self._settings = settings
        self._certificate = certificate
        self._stack = AsyncExitStack()
        self._sockets: dict[str, socket.socket] = {}
        self._listeners: list[asyncio.Server | Listener] = []
        try:
            for name, port in (("http", settings.http_port), ("https", settings.https_port)):
                if port is not None:
                    self._sockets[name] = listening_socket(settings.host, port)
        except OSError:
            self.close_sockets()
            raise
        self.ports = {name: [sock.getsockname()[1]] for name, sock in self._sockets.items()}

    async def start(
        self,
        *,
        engine: AsyncEngine,
        journal: Journal,
        runtime: Runtime,
        limits: AddressLimits,
        rubp_ports: Sequence[int],
        rubp_tls_port: int | None,
    ) -> None:
        """Begin to answer; ``limits`` are those of the players' connections."""
        settings = replace(  # links name the ports that are really open
            self._settings, **{f"{name}_port": ports[0] for name, ports in self.ports.items()}
        )
        pulse = Pulse()
        health = Health(engine, runtime, pulse)
        metrics = Metrics(
            house=runtime.house,
            engine=engine,
            version=settings.app_version,
            data_dir=settings.data_dir,
            turned_away=limits.turned_away,
            database_up=lambda: health.database_up,
        )
        statistics = ServerStatistics(engine, runtime.house)
        accounts = await self._stack.enter_async_context(
            open_accounts(
                settings, engine, metrics.mailed, names=runtime.house.names, tables=runtime
            )
        )
        context = HttpContext(
            settings=settings,
            base_url=settings.public_url,
            rubp_ports=tuple(rubp_ports),
            rubp_tls_port=rubp_tls_port,
            engine=engine,
            journal=journal,
            runtime=runtime,
            limits=limits,
            lobby=runtime.house.lobby,
            accounts=accounts,
            metrics=metrics,
            health=health,
            rate_limits=RateLimits(exempt=settings.unlimited_networks),
            statistics=statistics,
        )
        pulse.start()
        self._stack.callback(pulse.stop)
        health.start()
        self._stack.push_async_callback(health.close)
        self._stack.callback(statistics.close)
        runner = web.AppRunner(create_app(context), access_log=None, shutdown_timeout=STOP_LIMIT_S)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        server = runner.server
        assert server is not None
        requesters = AddressLimits(CONNECTIONS_PER_ADDRESS_MAX, proxies=settings.trusted_proxies)

        def connection(*, in_tls: bool = False) -> HttpConnection:
            return HttpConnection(server, limits=requesters, metrics=metrics, in_tls=in_tls)

        loop = asyncio.get_running_loop()
        if "http" in self._sockets:
            sock = self._sockets["http"]
            self._listeners.append(
                await loop.create_server(connection, sock=sock, backlog=_BACKLOG)
            )
        if "https" in self._sockets and self._certificate is not None:
            sock = self._sockets["https"]
            context_of_tls = self._certificate.context
            serve = by_protocol(lambda _: connection(in_tls=True), requesters, tls=context_of_tls)
            self._listeners.append(Listener(sock, serve, requesters))

    def stop_listening(self) -> None:
        """Take no further connections; those that are there go on until `stop`."""
        for listener in self._listeners:
            listener.close()

    async def stop(self) -> None:
        """Answer no further, within half a second."""
        await self._stack.aclose()

    def close_sockets(self) -> None:
        """Give the ports back."""
        for sock in self._sockets.values():
            sock.close()
