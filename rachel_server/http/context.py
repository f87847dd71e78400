"""What the handlers of HTTP requests need to know of the server."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.service import Accounts
from rachel_server.core.lobby import Lobby
from rachel_server.edge.limits import AddressLimits
from rachel_server.http.health import Health
from rachel_server.http.rate_limits import RateLimits
from rachel_server.http.server_statistics import ServerStatistics
from rachel_server.ops.metrics import Metrics
from rachel_server.ops.settings import ServerSettings
from rachel_server.runtime import Runtime
from rachel_server.store.journal import Journal


@dataclass(frozen=True, slots=True)
class HttpContext:
    """The server behind an application: ``request.app[CONTEXT]``."""

    settings: ServerSettings
    base_url: str
    rubp_ports: tuple[int, ...]
    rubp_tls_port: int | None
    engine: AsyncEngine
    journal: Journal
    runtime: Runtime
    limits: AddressLimits
    lobby: Lobby
    accounts: Accounts
    metrics: Metrics
    health: Health
    rate_limits: RateLimits
    statistics: ServerStatistics


CONTEXT: Final = web.AppKey("CONTEXT", HttpContext)
