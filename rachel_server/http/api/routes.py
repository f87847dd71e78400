"""Every endpoint of the API."""

from typing import Final

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

ROUTES: Final = [endpoint.route() for endpoint in ENDPOINTS]
