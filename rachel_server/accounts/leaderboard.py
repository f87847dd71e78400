"""Who plays best: accounts in the order of their ratings."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.paging import Page, page_of, rows_for
from rachel_server.accounts.validation import key_of
from rachel_server.store.schema import accounts, ratings

_CURSOR: Final = re.compile(r"(-?\d{1,9})-([a-z0-9_]{3,20})")


@dataclass(frozen=True, slots=True)
class Ranked:
    """Somebody who has been rated.

    Attributes:
        rank: 1 plus how many have a higher rating, so that equal ratings share a rank.
        username: who it is.
        rating: now.
        rated_games: how many led to it.
        last_change: by how much the latest of them changed it; None if that is not known.
    """

    rank: int
    username: str
    rating: int
    rated_games: int
    last_change: int | None


async def leaderboard(
    engine: AsyncEngine, *, cursor: str | None = None, limit: int = 20
) -> Page[Ranked]:
    """Return everybody who has been rated, the best first, equal ratings by name.

    Raises:
        AccountError: CURSOR_INVALID.
    """
    everybody = _ranked().subquery()
    wanted = (
        select(everybody)
        .order_by(everybody.c.rating.desc(), everybody.c.username_key)
        .limit(rows_for(limit))
    )
    if cursor is not None:
        rating, name = _read_cursor(cursor)
        wanted = wanted.where(
            or_(
                everybody.c.rating < rating,
                and_(everybody.c.rating == rating, everybody.c.username_key > name),
            )
        )
    async with engine.connect() as connection:
        found = [_from_row(row) for row in await connection.execute(wanted)]
    return page_of(found, limit, lambda last: f"{last.rating}-{key_of(last.username)}")


async def ranked(engine: AsyncEngine, account: int) -> Ranked | None:
    """Return where an account stands among all, None if it has not been rated."""
    everybody = _ranked().subquery()
    async with engine.connect() as connection:
        found = await connection.execute(select(everybody).where(everybody.c.id == account))
        row = found.one_or_none()
    return None if row is None else _from_row(row)


def _ranked() -> Select[Any]:
    latest = and_(ratings.c.account == accounts.c.id, ratings.c.number == accounts.c.rated_games)
    return (
        select(
            accounts.c.id,
            accounts.c.username,
            accounts.c.username_key,
            accounts.c.rating,
            accounts.c.rated_games,
            func.rank().over(order_by=accounts.c.rating.desc()).label("rank"),
            (ratings.c.rating_after - ratings.c.rating_before).label("last_change"),
        )
        .select_from(accounts)
        .outerjoin(ratings, latest)
        .where(accounts.c.rated_games > 0)
    )


def _from_row(row: Any) -> Ranked:  # noqa: ANN401 - a row has no type of its own
    return Ranked(row.rank, row.username, row.rating, row.rated_games, row.last_change)


def _read_cursor(cursor: str) -> tuple[int, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise AccountError(AccountErrorCode.CURSOR_INVALID)
    return int(match[1]), match[2]
