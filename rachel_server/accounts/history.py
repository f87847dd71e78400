"""The history of an account: its finished games, and how each changed its rating."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel_server.accounts.paging import (
    Page,
    page_of,
    read_result_cursor,
    result_cursor,
    rows_for,
)
from rachel_server.core.entries import GameStatus
from rachel_server.store.schema import games, hold_numbers, ratings, seats


@dataclass(frozen=True, slots=True)
class PlayedGame:
    """A finished game as one of its players sees it.

    Attributes:
        game: its id in the store.
        started_at: Unix time in seconds.
        finished_at: likewise.
        seats: the number of players, bots included.
        place: 1 for the winner.
        cards_left: cards in the hand at the end; None, like the two below, if an older server that
            did not store them ran the game.
        attack_dealt: the sum of the severities of the player's attacks.
        attack_taken: the sum of the severities of the attacks that the player took.
        rating_before: None, like the one below, if the game did not rate the player.
        rating_after: the rating that the game led to.
    """

    game: str
    started_at: float
    finished_at: float
    seats: int
    place: int
    cards_left: int | None
    attack_dealt: int | None
    attack_taken: int | None
    rating_before: int | None
    rating_after: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """A player's finished games, added up.

    Attributes:
        games: the number of games.
        wins: how many of them the player won.
        last: in how many the player was the last one left with cards.
        cards_left: the sum of the cards in the hand at the end.
        attack_dealt: the sum of the severities of the player's attacks.
        attack_taken: the sum of the severities of the attacks that the player took.
    """

    games: int
    wins: int
    last: int
    cards_left: int
    attack_dealt: int
    attack_taken: int


async def history(
    engine: AsyncEngine,
    account: int,
    *,
    cursor: str | None = None,
    limit: int = 20,
    public_only: bool = False,
) -> Page[PlayedGame]:
    """Return the finished games of an account, the latest first.

    For strangers, ask for those of public tables only: a game's record tells the room code of its
    table, and friends meet again under the same code.

    Raises:
        AccountError: CURSOR_INVALID.
    """
    wanted = _played(account).limit(rows_for(limit))
    if public_only:
        wanted = wanted.where(games.c.public)
    if cursor is not None:
        finished_at, game = read_result_cursor(cursor)
        wanted = wanted.where(
            or_(
                games.c.finished_at < finished_at,
                and_(games.c.finished_at == finished_at, games.c.id < game),
            )
        )
    async with engine.connect() as connection:
        found = [PlayedGame(*row) for row in await connection.execute(wanted)]
    return page_of(found, limit, lambda last: result_cursor(last.finished_at, last.game))


async def all_games(connection: AsyncConnection, account: int) -> list[PlayedGame]:
    """Return every finished game of an account, the latest first."""
    return [PlayedGame(*row) for row in await connection.execute(_played(account))]


async def statistics(engine: AsyncEngine, account: int) -> Statistics:
    """Return the finished games of an account, added up."""
    wanted = select(
        func.count(),
        func.count().filter(seats.c.place == 1),
        func.count().filter(seats.c.cards_left > 0),
        *(
            func.coalesce(func.sum(column), 0)
            for column in (seats.c.cards_left, seats.c.attack_dealt, seats.c.attack_taken)
        ),
    ).where(seats.c.account == account, seats.c.place.is_not(None))
    async with engine.connect() as connection:
        return Statistics(*(await connection.execute(wanted)).one())


def _played(account: int) -> Select[Any]:
    at_table = seats.alias("at_table")
    size = select(func.count()).where(at_table.c.game == games.c.id).scalar_subquery()
    rated = and_(ratings.c.game == games.c.id, ratings.c.account == account)
    numbers = (
        games.c.started_at,
        games.c.finished_at,
        seats.c.place,
        seats.c.cards_left,
        seats.c.attack_dealt,
        seats.c.attack_taken,
        ratings.c.rating_before,
        ratings.c.rating_after,
    )
    return (
        select(games.c.id, *numbers[:2], size, *numbers[2:])
        .select_from(games)
        .join(seats, seats.c.game == games.c.id)
        .outerjoin(ratings, rated)
        .where(seats.c.account == account, games.c.status == GameStatus.FINISHED.value)
        .where(hold_numbers(*numbers), games.c.finished_at.is_not(None), seats.c.place.is_not(None))
        .order_by(games.c.finished_at.desc(), games.c.id.desc())
    )
