"""The table in a browser: one page, which talks RUBP over `/ws`."""

import re
from typing import Final

from aiohttp import web

from rachel.address import address_text
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError
from rachel_server.http.login import caller_of
from rachel_server.http.pages.templates import page
from rachel_server.ops.settings import DEFAULT_RUBP_PORT

_CODE: Final = re.compile(r"[A-Za-z0-9]{1,8}")


async def show_table(request: web.Request) -> web.Response:
    """Show the table with a room code, or without one any public table.

    Raises:
        ApiError: there cannot be such a code.
    """
    room = request.match_info.get("code", "").upper()
    if room and not _CODE.fullmatch(room):
        raise ApiError(404, "not_found", "A table's code has at most 8 letters and digits.")
    context = request.app[CONTEXT]
    host, ports = context.settings.public_host, context.rubp_ports
    usual = not ports or DEFAULT_RUBP_PORT in ports
    account = await caller_of(request)
    scheme = "https" if request[CLIENT].secure else "http"
    return page(
        request,
        "play.html",
        account=account,
        room=room,
        watch="watch" in request.query,
        suggested="" if account is None else account.username,
        address=host if usual else address_text(host, ports[0]),
        link=f"{scheme}://{request.host}/t/{room}",
    )


ROUTES: Final = [web.get("/t", show_table), web.get("/t/{code}", show_table)]
