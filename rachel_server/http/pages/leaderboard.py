"""The leaderboard page: who plays best here."""

from typing import Final

from aiohttp import web

from rachel_server.accounts.leaderboard import leaderboard, ranked
from rachel_server.http.api.problems import as_api_error
from rachel_server.http.context import CONTEXT
from rachel_server.http.login import caller_of
from rachel_server.http.pages.paths import LEADERBOARD_PATH
from rachel_server.http.pages.templates import page

PLAYERS_PER_PAGE: Final = 25


async def show_leaderboard(request: web.Request) -> web.Response:
    """Show a page of it, and the rank of whoever is logged in."""
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


ROUTES: Final = [web.get(LEADERBOARD_PATH, show_leaderboard)]
