"""Every endpoint of the API."""

from typing import Final

from rachel_server.http.api import server

ENDPOINTS: Final = [*server.ENDPOINTS]

ROUTES: Final = [endpoint.route() for endpoint in ENDPOINTS]
