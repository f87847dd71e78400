"""HTTP on sockets: started and stopped with the server."""

import asyncio
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final

from aiohttp import web

from rachel_server.accounts.service import open_accounts
from rachel_server.edge.certificate import Certificate
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener, by_protocol
from rachel_server.edge.tcp import BACKLOG
from rachel_server.http.app import create_app
from rachel_server.http.connection import CONNECTIONS_PER_ADDRESS_MAX, HttpConnection
from rachel_server.http.context import HttpContext
from rachel_server.http.health import Health
from rachel_server.http.pulse import Pulse
from rachel_server.http.rate_limits import RateLimits
from rachel_server.http.server_parts import ServerParts
from rachel_server.http.server_statistics import ServerStatistics
from rachel_server.ops.metrics import Metrics
from rachel_server.ops.settings import ServerSettings

STOP_LIMIT_S: Final = 0.25
"""How long a request that is being answered may go on when the server stops; twice that in all."""


class HttpService:
    """Answers on sockets, ``http`` and ``https``, from `start` to `stop`."""

    def __init__(
        self,
        settings: ServerSettings,
        certificate: Certificate | None,
        sockets: Mapping[str, socket.socket],
    ) -> None:
        self._settings = settings
        self._certificate = certificate
        self._stack = AsyncExitStack()
        self._sockets = sockets
        self._listeners: list[asyncio.Server | Listener] = []

    async def start(self, parts: ServerParts) -> None:
        """Begin to answer."""
        settings, engine = self._settings, parts.engine()
        runtime, limits = parts.runtime, parts.limits
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
                settings,
                engine,
                metrics.mailed,
                mail_kept=parts.mail_kept,
                names=runtime.house.names,
                tables=runtime,
            )
        )
        context = HttpContext(
            settings=settings,
            base_url=settings.public_url,
            rubp_ports=tuple(parts.rubp_ports),
            rubp_tls_port=parts.rubp_tls_port,
            engine=engine,
            journal=parts.journal,
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
        requesters = AddressLimits(
            CONNECTIONS_PER_ADDRESS_MAX,
            proxies=settings.trusted_proxies,
            unlimited=settings.unlimited_networks,
        )

        def connection(*, in_tls: bool = False) -> HttpConnection:
            return HttpConnection(server, limits=requesters, metrics=metrics, in_tls=in_tls)

        loop = asyncio.get_running_loop()
        if "http" in self._sockets:
            sock = self._sockets["http"]
            self._listeners.append(await loop.create_server(connection, sock=sock, backlog=BACKLOG))
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
