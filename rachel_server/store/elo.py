"""Ratings by Elo's formula, pairwise among everybody who is rated at a table. Pure."""

import math
from collections.abc import Sequence
from typing import Final

START: Final = 1000
"""The rating of somebody who has not been rated yet."""

_K_NEW: Final = 32
_K: Final = 16
_NEW_GAMES: Final = 30
"""Rated games after which a rating moves half as fast."""

_SCALE: Final = 400
"""So much better is expected to win ten times as often as to lose."""


def rate(places: Sequence[int], ratings: Sequence[int], rated_games: Sequence[int]) -> list[int]:
    """Return by how much each player's rating changes.

    Each player is compared with each other one: who has the better place has won, equal places
    count half. What was scored beyond what the ratings led to expect counts K times, divided by
    the number of opponents; K is 32 for a player's first 30 rated games and 16 from then on.

    Each change is rounded by itself to the nearest whole number, halves away from zero. So the
    changes of two players with the same K cancel out, and those of N players with the same K add
    up to no more than N / 2 either way.

    Args:
        places: 1 for the best; gaps, from players who are not rated, do not matter.
        ratings: before the game.
        rated_games: before the game.

    Raises:
        ValueError: there are fewer than two players, or not as many of each.
    """
    opponents = len(places) - 1
    if opponents < 1:
        raise ValueError("nobody is rated alone")
    changes = []
    for player, (place, rating, games) in enumerate(zip(places, ratings, rated_games, strict=True)):
        surprise = math.fsum(
            _score(place, other_place) - _expected(rating, other_rating)
            for other, (other_place, other_rating) in enumerate(zip(places, ratings, strict=True))
            if other != player
        )
        k = _K_NEW if games < _NEW_GAMES else _K
        changes.append(_rounded(k * surprise / opponents))
    return changes


def _score(place: int, other: int) -> float:
    """Return 1 for a win, 0.5 for a tie, 0 for a loss."""
    return ((place < other) + (place <= other)) / 2


def _expected(rating: int, other: int) -> float:
    """Return the score that the ratings lead to expect; that of both together is exactly 1."""
    if rating > other:
        return 1 - _expected(other, rating)
    behind = min(other - rating, 25 * _SCALE)  # beyond that the chances are nil in any float
    return 1 / (1 + 10 ** (behind / _SCALE))


def _rounded(change: float) -> int:
    return int(math.copysign(math.floor(abs(change) + 0.5), change))
