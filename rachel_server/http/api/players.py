"""Players: the leaderboard, profiles and histories."""

from dataclasses import asdict
from typing import Annotated, Final

from pydantic import Field

from rachel_server.accounts.account import Account, find_account
from rachel_server.accounts.history import history, statistics
from rachel_server.accounts.leaderboard import leaderboard, ranked
from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.http.api.fields import PageQuery, UnixTime
from rachel_server.http.api.problems import Problem

LastChange = Annotated[
    int | None, Field(description="By how much the latest rated game changed the rating.")
]


class RankedPlayer(Model):
    """A rated player. Equal ratings share a rank."""

    rank: int
    username: str
    rating: int
    rated_games: int
    last_change: LastChange


class Leaderboard(Model):
    """A page of the leaderboard; ``next`` is the cursor of the page after it."""

    items: tuple[RankedPlayer, ...]
    next: str | None


class PlayerStatistics(Model):
    """A player's finished games, added up; ``last`` counts those in which the player came last."""

    games: int
    wins: int
    last: int
    cards_left: int
    attack_dealt: int
    attack_taken: int


class Profile(Model):
    """The public part of an account. The rank is null before the first rated game."""

    username: str
    created_at: UnixTime
    rating: int
    rated_games: int
    rank: int | None
    last_change: LastChange
    statistics: PlayerStatistics


class Played(Model):
    """A finished game as one of its players saw it; null is what was not kept, or not rated."""

    game: str
    started_at: UnixTime
    finished_at: UnixTime
    seats: int
    place: int
    cards_left: int | None
    attack_dealt: int | None
    attack_taken: int | None
    rating_before: int | None
    rating_after: int | None


class History(Model):
    """A page of a player's games; ``next`` is the cursor of the page after it."""

    items: tuple[Played, ...]
    next: str | None


@endpoint("GET", "/leaderboard", Problem.CURSOR_INVALID)
async def show_leaderboard(call: Call, query: PageQuery) -> Leaderboard:
    """List everybody who has been rated, the best first."""
    page = await leaderboard(call.context.engine, cursor=query.cursor, limit=query.limit)
    return Leaderboard(
        items=tuple(RankedPlayer(**asdict(player)) for player in page.items),
        next=page.next_cursor,
    )


@endpoint("GET", "/players/{username}", Problem.PLAYER_NOT_FOUND)
async def show_player(call: Call) -> Profile:
    """Show a player's rating and results."""
    player, engine = await _player(call), call.context.engine
    standing = await ranked(engine, player.id)
    return Profile(
        username=player.username,
        created_at=player.created_at,
        rating=player.rating,
        rated_games=player.rated_games,
        rank=None if standing is None else standing.rank,
        last_change=None if standing is None else standing.last_change,
        statistics=PlayerStatistics(**asdict(await statistics(engine, player.id))),
    )


@endpoint(
    "GET",
    "/players/{username}/games",
    *(Problem.PLAYER_NOT_FOUND, Problem.CURSOR_INVALID),
    asks=True,
)
async def list_played(call: Call, query: PageQuery) -> History:
    """List a player's finished games at public tables, the latest first.

    Players who are logged in see all of their own games, those at private tables, too.
    """
    player = await _player(call)
    page = await history(
        call.context.engine,
        player.id,
        cursor=query.cursor,
        limit=query.limit,
        public_only=call.caller is None or call.caller.id != player.id,
    )
    return History(
        items=tuple(Played(**asdict(game)) for game in page.items), next=page.next_cursor
    )


ENDPOINTS: Final = [show_leaderboard, show_player, list_played]


async def _player(call: Call) -> Account:
    player = await find_account(call.context.engine, call.path("username"))
    if player is None:
        raise Problem.PLAYER_NOT_FOUND.error()
    return player
