"""The leaderboard: rated accounts in the order of their ratings."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.paging import Page, page_of, rows_for
from rachel_server.accounts.validation import key_of
from rachel_server.store.engine import one_moment
from rachel_server.store.schema import accounts, hold_numbers, ratings

_CURSOR: Final = re.compile(r"(-?\d{1,9})-([a-z0-9_]{3,20})")

_RATED: Final = (
    select(
        accounts.c.username,
        accounts.c.username_key,
        accounts.c.rating,
        accounts.c.rated_games,
        (ratings.c.rating_after - ratings.c.rating_before).label("last_change"),
    )
    .select_from(accounts)
    .outerjoin(
        ratings,
        and_(ratings.c.account == accounts.c.id, ratings.c.number == accounts.c.rated_games),
    )
    .where(accounts.c.rated_games > 0)
    .where(
        hold_numbers(
            *(accounts.c.rating, accounts.c.rated_games),
            *(ratings.c.rating_before, ratings.c.rating_after),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A rated account.

    Attributes:
        rank: 1 plus the number of accounts with a higher rating: equal ratings share a rank.
        username: the account's name.
        rating: the present rating.
        rated_games: the number of games that have changed it.
        last_change: how much the latest of them changed it; None if that is not stored.
    """

    rank: int
    username: str
    rating: int
    rated_games: int
    last_change: int | None


async def leaderboard(
    engine: AsyncEngine, *, cursor: str | None = None, limit: int = 20
) -> Page[Ranked]:
    """Return a page of the rated accounts, the highest rating first, equal ratings by name.

    Raises:
        AccountError: CURSOR_INVALID.
    """
    wanted = _RATED.order_by(accounts.c.rating.desc(), accounts.c.username_key).limit(
        rows_for(limit)
    )
    if cursor is not None:
        rating, name = _read_cursor(cursor)
        wanted = wanted.where(
            accounts.c.rating <= rating,
            or_(accounts.c.rating < rating, accounts.c.username_key > name),
        )
    async with one_moment(engine) as connection:
        rows = (await connection.execute(wanted)).all()
        if not rows:
            return Page((), None)
        better, before = await _ahead_of(connection, rows[0])
    found: list[Ranked] = []
    for place, row in enumerate(rows, start=before):
        tied = not found or found[-1].rating == row.rating
        better = better if tied else place
        found.append(_ranked(row, better))
    return page_of(found, limit, lambda last: f"{last.rating}-{key_of(last.username)}")


async def ranked(engine: AsyncEngine, account: int) -> Ranked | None:
    """Return an account with its rank; None if it has not been rated."""
    async with one_moment(engine) as connection:
        row = (await connection.execute(_RATED.where(accounts.c.id == account))).one_or_none()
        if row is None:
            return None
        better, _ = await _ahead_of(connection, row)
    return _ranked(row, better)


async def _ahead_of(connection: AsyncConnection, row: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return how many accounts have a better rating than a row's, and how many precede it."""
    better = accounts.c.rating > row.rating
    ahead = await connection.execute(
        select(func.count().filter(better), func.count()).where(
            accounts.c.rated_games > 0,
            accounts.c.rating >= row.rating,
            or_(better, accounts.c.username_key < row.username_key),
        )
    )
    better_count, before = ahead.one()
    return better_count, before


def _ranked(row: Any, better: int) -> Ranked:  # noqa: ANN401
    return Ranked(better + 1, row.username, row.rating, row.rated_games, row.last_change)


def _read_cursor(cursor: str) -> tuple[int, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise AccountError(AccountErrorCode.CURSOR_INVALID)
    return int(match[1]), match[2]
