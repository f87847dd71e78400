"""Rates finished games, in the transaction that stores their results."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from rachel_server.store.elo import rate
from rachel_server.store.schema import accounts, hold_numbers, ratings, seats

_CHANGE_ACCOUNTS: Final = (
    update(accounts)
    .where(accounts.c.id == bindparam("of_account"))
    .values(rating=bindparam("now"), rated_games=bindparam("number"))
)
_INSERT_RATINGS: Final = insert(ratings)


class _Player(NamedTuple):
    """An account at a table, and its place there."""

    game: str
    account: int
    place: int


def rate_games(connection: Connection, finished: Sequence[str]) -> None:
    """Rate games whose places have just been stored, in the order given.

    Only seats with an account are rated, and only in games with at least two of them. A game that
    has ratings already is left alone: the journal may write a game's end twice.
    """
    players = _players(connection, finished)
    standing = _standing(connection, {player.account for sitting in players for player in sitting})
    rows = []
    for sitting in players:
        there = [player for player in sitting if player.account in standing]
        if len(there) < 2:
            continue
        ids = [player.account for player in there]
        before = [standing[account][0] for account in ids]
        counts = [standing[account][1] for account in ids]
        changes = rate([player.place for player in there], before, counts)
        for player, rating, count, change in zip(there, before, counts, changes, strict=True):
            standing[player.account] = (rating + change, count + 1)
            rows.append(
                {
                    "account": player.account,
                    "number": count + 1,
                    "game": player.game,
                    "rating_before": rating,
                    "rating_after": rating + change,
                }
            )
    if rows:
        connection.execute(_INSERT_RATINGS, rows)
        connection.execute(
            _CHANGE_ACCOUNTS,
            [
                {"of_account": row["account"], "now": row["rating_after"], "number": row["number"]}
                for row in rows
            ],
        )


def _players(connection: Connection, finished: Sequence[str]) -> list[list[_Player]]:
    """Return the players to be rated in each game that has two or more, in the order given."""
    rated = select(ratings.c.game).where(ratings.c.game.in_(finished))
    found = connection.execute(
        select(seats.c.game, seats.c.account, seats.c.place)
        .where(seats.c.game.in_(finished), seats.c.game.not_in(rated))
        .where(seats.c.account.is_not(None), seats.c.place.is_not(None))
        .order_by(seats.c.seat)
    )
    games: dict[str, list[_Player]] = {game: [] for game in finished}
    for row in found:
        games[row.game].append(_Player(row.game, row.account, row.place))
    return [sitting for sitting in games.values() if len(sitting) > 1]


def _standing(connection: Connection, ids: set[int]) -> dict[int, tuple[int, int]]:
    """Return rating and number of rated games by account, and lock these rows until the commit.

    Rows are locked in the order of their ids, so that two transactions cannot wait for each other.
    An account that has been deleted, or cannot be read, is missing.
    """
    if not ids:
        return {}
    found = connection.execute(
        select(accounts.c.id, accounts.c.rating, accounts.c.rated_games)
        .where(accounts.c.id.in_(ids), hold_numbers(accounts.c.rating, accounts.c.rated_games))
        .order_by(accounts.c.id)
        .with_for_update(key_share=True)
    )
    return {account.id: (account.rating, account.rated_games) for account in found}
