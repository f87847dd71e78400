"""The pages about players, for everybody to see: the leaderboard, and a page for each account."""

from typing import Final

from aiohttp import web

from rachel_server.accounts.account import find_account
from rachel_server.accounts.history import PlayedGame, history, statistics
from rachel_server.accounts.leaderboard import leaderboard, ranked
from rachel_server.http.api.problems import Problem, as_api_error
from rachel_server.http.context import CONTEXT
from rachel_server.http.login import caller_of
from rachel_server.http.pages.navigation import LEADERBOARD_PATH
from rachel_server.http.pages.templates import page

PLAYERS_PER_PAGE: Final = 25
GAMES_PER_PAGE: Final = 20
GAMES_PLOTTED: Final = 100


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


async def show_player(request: web.Request) -> web.Response:
    """Show a player's results, the latest first, and the way of the rating.

    Games at private tables are shown to the player alone, and so is what they did to the rating.

    Raises:
        ApiError: there is no such player, or the cursor is none.
    """
    engine, after = request.app[CONTEXT].engine, request.query.get("after")
    account = await caller_of(request)
    player = await find_account(engine, request.match_info["username"])
    if player is None:
        raise Problem.PLAYER_NOT_FOUND.error()
    public_only = account is None or account.id != player.id
    with as_api_error():
        games = await history(
            engine, player.id, cursor=after, limit=GAMES_PER_PAGE, public_only=public_only
        )
    plotted = await history(engine, player.id, limit=GAMES_PLOTTED, public_only=public_only)
    return page(
        request,
        "player.html",
        account=account,
        player=player,
        standing=await ranked(engine, player.id),
        statistics=await statistics(engine, player.id),
        games=games,
        older=after is not None,
        ratings=_ratings(plotted.items),
    )


def _ratings(games: tuple[PlayedGame, ...]) -> list[int]:
    """Return the rating before the oldest rated game and after each; empty without any."""
    rated = [game for game in reversed(games) if game.rating_after is not None]
    after = [game.rating_after for game in rated if game.rating_after is not None]
    before = [rated[0].rating_before] if rated else []
    return [rating for rating in [*before, *after] if rating is not None]


ROUTES: Final = [
    web.get(LEADERBOARD_PATH, show_leaderboard),
    web.get("/players/{username}", show_player),
]
