"""The page of metrics, which Prometheus reads and strangers may not."""

import hmac
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError

PATH: Final = "/metrics"


async def metrics(request: web.Request) -> web.Response:
    """Answer ``/metrics``, given METRICS_TOKEN; to this machine only if that is not set."""
    context = request.app[CONTEXT]
    token = context.settings.metrics_token
    if token is not None:
        _require_token(request, token.reveal())
    elif not request[CLIENT].local:
        raise ApiError(
            403,
            "metrics_are_local",
            "Metrics are shown to this machine only, directly: set METRICS_TOKEN to ask from afar.",
        )
    page = context.metrics.page()
    return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _require_token(request: web.Request, token: str) -> None:
    """Make sure that a request carries the token.

    Raises:
        ApiError: it does not.
    """
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    # As bytes: headers may hold characters that compare_digest refuses in texts.
    right = hmac.compare_digest(shown.strip().encode("utf-8", "surrogateescape"), token.encode())
    if scheme.lower() != "bearer" or not right:
        raise ApiError(
            401,
            "unauthorized",
            "Metrics need the METRICS_TOKEN of this server as a bearer token.",
            headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
        )


ROUTES: Final = [web.get(PATH, metrics)]
