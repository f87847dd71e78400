"""The HTTP application: its routes, and the middlewares that every request passes."""

from aiohttp import web

from rachel_server.http import assets, health_page, metrics_page, play
from rachel_server.http.api import routes
from rachel_server.http.context import CONTEXT, HttpContext
from rachel_server.http.errors import errors_as_json
from rachel_server.http.limiting import limit_rates
from rachel_server.http.pages import (
    entering,
    host,
    keys,
    owner,
    passwords,
    players,
    public,
    replay,
    table,
)
from rachel_server.http.pages.errors import errors_as_pages
from rachel_server.http.requests import (
    BODY_BYTES_MAX,
    identify,
    limit_body_and_time,
    name_request,
    refuse_while_stopping,
)
from rachel_server.http.security import require_https, secure_answer


def create_app(context: HttpContext) -> web.Application:
    """Return the application of a server, which does not listen yet."""
    app = web.Application(
        client_max_size=BODY_BYTES_MAX,
        # Each wraps those below it. `identify` is first because the others ask who the client is.
        # Errors become JSON, and that becomes a page. Floods are refused before they are redirected
        # and before a body is read.
        middlewares=[
            identify,
            errors_as_pages,
            errors_as_json,
            refuse_while_stopping,
            limit_rates,
            require_https,
            limit_body_and_time,
        ],
    )
    app[CONTEXT] = context
    app.on_response_prepare.append(name_request)
    app.on_response_prepare.append(secure_answer)
    pages = (public, table, replay, players, host, entering, passwords, owner)
    if context.settings.ssh_port is not None:
        app.add_routes(keys.ROUTES)
    for part in (*pages, assets, health_page, metrics_page, play, routes):
        app.add_routes(part.ROUTES)
    return app
