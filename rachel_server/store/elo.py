"""Ratings by Elo's formula, pairwise among all rated players of a game. Pure."""

import math
from collections.abc import Sequence
from typing import Final

START: Final = 1000
"""The rating of an account before its first rated game."""

_K_NEW: Final = 32
_K: Final = 16
_NEW_GAMES: Final = 30
"""Rated games after which a rating moves half as fast."""

_SCALE: Final = 400
"""A player whose rating is higher by this much is expected to win ten times as often as to lose."""


def rate(places: Sequence[int], ratings: Sequence[int], rated_games: Sequence[int]) -> list[int]:
    """Return by how much each player's rating changes.

    Each player is compared with every other player: the better place scores 1, an equal place 0.5,
    a worse place 0. A player's change is K times the sum of score minus expected score, divided by
    the number of opponents. K is 32 for a player's first 30 rated games and 16 after that.

    Each change is rounded separately to the nearest whole number, halves away from zero. So the
    changes of two players with the same K add up to 0, and those of N players with the same K to
    at most N / 2 in either direction.

    Args:
        places: 1 for the best; places of players who are not rated may be missing.
        ratings: before the game.
        rated_games: before the game.

    Raises:
        ValueError: there are fewer than two players, or the lists differ in length.
    """
    opponents = len(places) - 1
    if opponents < 1:
        raise ValueError("a rating needs two players")
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
    """Return the expected score by the ratings; the scores of both players add up to exactly 1."""
    if rating > other:
        return 1 - _expected(other, rating)
    behind = min(other - rating, 25 * _SCALE)  # beyond that the score is 0 in floating point
    return 1 / (1 + 10 ** (behind / _SCALE))


def _rounded(change: float) -> int:
    return int(math.copysign(math.floor(abs(change) + 0.5), change))
