"""How the server is, for load balancers and people: ``/health`` and what is below it."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from rachel.form import form
from rachel_server.http.context import CONTEXT

PATHS: Final = frozenset({"/health", "/health/live", "/health/ready"})


async def health(request: web.Request) -> web.Response:
    """Answer ``/health``: 200 when everything works, 503 when something does not."""
    context = request.app[CONTEXT]
    checks = {
        "database": await context.health.database(),
        "application": context.health.application(),
    }
    healthy = all(checks.values())
    now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "timestamp": f"{now}Z",
        "version": context.settings.app_version,
        "form": form(),
        "checks": {
            name: {"status": "pass" if passed else "fail"} for name, passed in checks.items()
        },
    }
    return web.json_response(body, status=200 if healthy else 503)


async def live(request: web.Request) -> web.Response:
    """Answer ``/health/live``: 200 as long as anything answers; a restart would not help more."""
    return web.json_response({"status": "live"})


async def ready(request: web.Request) -> web.Response:
    """Answer ``/health/ready``: 200 when players may be sent here, else 503."""
    checks = request.app[CONTEXT].health
    if checks.application() and await checks.database():
        return web.json_response({"status": "ready"})
    return web.json_response({"status": "not_ready"}, status=503)


ROUTES: Final = [
    web.get("/health", health),
    web.get("/health/live", live),
    web.get("/health/ready", ready),
]
