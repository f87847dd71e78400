"""The pages that everybody may see: the start page and the leaderboard."""

from typing import Final

from aiohttp import web

from rachel.address import address_text
from rachel_server.accounts.leaderboard import leaderboard, ranked
from rachel_server.http.api.problems import as_api_error
from rachel_server.http.context import CONTEXT
from rachel_server.http.login import caller_of
from rachel_server.http.pages.navigation import LEADERBOARD_PATH, notice_of
from rachel_server.http.pages.templates import page
from rachel_server.ops.settings import DEFAULT_RUBP_PORT

PLAYERS_PER_PAGE: Final = 25


async def show_start(request: web.Request) -> web.Response:
    """Show what this server is, and how to play here."""
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


async def show_leaderboard(request: web.Request) -> web.Response:
    """Show a page of the leaderboard, and the rank of the account that is logged in."""
    engine, after = request.app[CONTEXT].engine, request.query.get("after")
    account = await caller_of(request)
    with as_api_error():
        players = await leaderboard(engine, cursor=after, limit=PLAYERS_PER_PAGE)
    return page(
        request,
        "leaderboard.html",
        account=account,
        standing=None if account is None else await ranked(engine, account.id),
        players=players,
        later=after is not None,
    )


ROUTES: Final = [web.get("/", show_start), web.get(LEADERBOARD_PATH, show_leaderboard)]
