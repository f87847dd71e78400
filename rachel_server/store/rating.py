"""Rates finished games, in the transaction that stores their results.

The statements are such as both kinds of database take.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from rachel_server.store.elo import rate

Ask: TypeAlias = Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]
"""Executes a statement with values by name, and returns its rows."""

_PLAYERS: Final = (
    "SELECT account, place FROM seats WHERE game = :game"
    " AND account IS NOT NULL AND place IS NOT NULL"
    " AND NOT EXISTS (SELECT game FROM ratings WHERE ratings.game = seats.game)"
    " ORDER BY seat"
)
_STANDING: Final = (
    "SELECT rating, rated_games FROM accounts WHERE id = :account"
    # SQLite stores anything; what is no number is larger than all of them.
    " AND rating BETWEEN -1000000 AND 1000000 AND rated_games BETWEEN 0 AND 1000000000"
)
_INSERT_RATING: Final = (
    "INSERT INTO ratings (account, number, game, rating_before, rating_after)"
    " VALUES (:account, :number, :game, :before, :after)"
)
_CHANGE_ACCOUNT: Final = (
    "UPDATE accounts SET rating = :after, rated_games = :number WHERE id = :account"
)


class _Player(NamedTuple):
    """An account at a table, and its place there."""

    account: int
    place: int


def rate_games(ask: Ask, finished: Sequence[str], *, lock: str = "") -> None:
    """Rate games whose places have just been stored, in the order given.

    Only seats with an account are rated, and only in games with at least two of them. A game that
    has ratings already is left alone: the journal may write a game's end twice.

    Args:
        ask: asks the database, in the transaction.
        finished: the ids of the games.
        lock: how a query ends that locks the rows it finds until the commit; nothing where the
            transaction has a lock on all.
    """
    players = {
        game: [_Player(*found) for found in ask(_PLAYERS, {"game": game})] for game in finished
    }
    rated = {game: sitting for game, sitting in players.items() if len(sitting) > 1}
    standing = _standing(ask, {it.account for sitting in rated.values() for it in sitting}, lock)
    for game, sitting in rated.items():
        there = [player for player in sitting if player.account in standing]
        if len(there) < 2:
            continue
        before = [standing[player.account] for player in there]
        changes = rate(
            [player.place for player in there],
            [rating for rating, _ in before],
            [count for _, count in before],
        )
        for player, (rating, count), change in zip(there, before, changes, strict=True):
            standing[player.account] = (rating + change, count + 1)
            row = {"account": player.account, "number": count + 1, "after": rating + change}
            ask(_INSERT_RATING, row | {"game": game, "before": rating})
            ask(_CHANGE_ACCOUNT, row)


def _standing(ask: Ask, accounts: set[int], lock: str) -> dict[int, tuple[int, int]]:
    """Return rating and number of rated games by account, and lock these rows until the commit.

    Rows are locked in the order of their ids, so that two transactions cannot wait for each other.
    An account that has been deleted, or cannot be read, is missing.
    """
    standing = {}
    for account in sorted(accounts):
        for rating, count in ask(_STANDING + lock, {"account": account}):
            standing[account] = (rating, count)
    return standing
