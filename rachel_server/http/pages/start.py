"""The start page: what this server is, and how to play here."""

from typing import Final

from aiohttp import web

from rachel.address import address_text
from rachel_server.http.context import CONTEXT
from rachel_server.http.login import caller_of
from rachel_server.http.pages.notices import notice_of
from rachel_server.http.pages.templates import page
from rachel_server.ops.settings import DEFAULT_RUBP_PORT


async def start_page(request: web.Request) -> web.Response:
    """Answer ``/``."""
    context = request.app[CONTEXT]
    host, ports = context.settings.public_host, context.rubp_ports
    usual = not ports or DEFAULT_RUBP_PORT in ports
    return page(
        request,
        "start.html",
        host=host,
        address=host if usual else address_text(host, ports[0]),
        account=await caller_of(request),
        notice=notice_of(request),
    )


ROUTES: Final = [web.get("/", start_page)]
