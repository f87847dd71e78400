"""The table in a browser: one page, which talks RUBP over `/ws`."""

import re
from typing import Final

from aiohttp import web

from rachel_server.http.errors import ApiError
from rachel_server.http.login import caller_of
from rachel_server.http.pages.templates import page

_CODE: Final = re.compile(r"[A-Za-z0-9]{1,8}")


async def show_table(request: web.Request) -> web.Response:
    """Show the table with a room code, or without one any public table.

    Raises:
        ApiError: there cannot be such a code.
    """
    room = request.match_info.get("code", "").upper()
    if room and not _CODE.fullmatch(room):
        raise ApiError(404, "not_found", "A table's code has at most 8 letters and digits.")
    account = await caller_of(request)
    return page(
        request,
        "play.html",
        account=account,
        room=room,
        watch="watch" in request.query,
        suggested="" if account is None else account.username,
    )


ROUTES: Final = [web.get("/t", show_table), web.get("/t/{code}", show_table)]
