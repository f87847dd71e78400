"""Every endpoint of the API, and the route of their description."""

import json
from typing import Final

from aiohttp import web

from rachel_server.http.api import (
    accounts,
    games,
    passwords,
    players,
    server,
    sessions,
    statistics,
    tables,
)
from rachel_server.http.api.endpoint import PREFIX
from rachel_server.http.api.openapi import describe

ENDPOINTS: Final = [
    *server.ENDPOINTS,
    *tables.ENDPOINTS,
    *games.ENDPOINTS,
    *statistics.ENDPOINTS,
    *players.ENDPOINTS,
    *accounts.ENDPOINTS,
    *sessions.ENDPOINTS,
    *passwords.ENDPOINTS,
]

_DESCRIPTION: Final = json.dumps(describe(ENDPOINTS))


async def show_description(request: web.Request) -> web.Response:
    """Answer ``/api/v1/openapi.json``."""
    return web.Response(text=_DESCRIPTION, content_type="application/json", charset="utf-8")


ROUTES: Final = [
    *(endpoint.route() for endpoint in ENDPOINTS),
    web.get(f"{PREFIX}/openapi.json", show_description),
]
