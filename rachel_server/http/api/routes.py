"""Every endpoint of the API."""

from typing import Final

from rachel_server.http.api import accounts, passwords, server, sessions, tables

ENDPOINTS: Final = [
    *server.ENDPOINTS,
    *tables.ENDPOINTS,
    *accounts.ENDPOINTS,
    *sessions.ENDPOINTS,
    *passwords.ENDPOINTS,
]

ROUTES: Final = [endpoint.route() for endpoint in ENDPOINTS]
