"""Bots: three levels of play, from the view a seat has of the game and nothing else.

>>> import random
>>> from rachel.rules.game import Game
>>> from rachel.rules.view import view_for
>>> str(choose("advanced", view_for(Game.deal(seats=2, seed=42), seat=0), random.Random(1)))
'4S'
"""

import random
from collections.abc import Callable, Sequence
from typing import Final

from rachel.bots import advanced, intermediate
from rachel.levels import LEVELS
from rachel.rules.actions import Action
from rachel.rules.view import SeatView

__all__ = ["LEVELS", "choose"]

_Rate = Callable[[SeatView, Sequence[Action]], list[float]]


def _rate_all_alike(_view: SeatView, actions: Sequence[Action]) -> list[float]:
    """Return the same rating for every action: the beginner plays any legal one."""
    return [0.0] * len(actions)


_RATINGS: Final[dict[str, _Rate]] = dict(
    zip(LEVELS, (_rate_all_alike, intermediate.rate, advanced.rate), strict=True)
)


def choose(level: str, view: SeatView, rng: random.Random) -> Action:
    """Return what a bot of ``level`` does when it sees ``view``: always a legal action.

    The level rates every legal action and the best one is chosen; ``rng`` decides between equals.
    The same view and the same state of ``rng`` give the same answer.

    Raises:
        ValueError: there is no such level, or it is not this seat's turn.
    """
    if level not in _RATINGS:
        raise ValueError(f"{level!r} is no level of bot; the levels are {', '.join(LEVELS)}")
    actions = view.legal_actions()
    if not actions:
        raise ValueError(f"it is not the turn of seat {view.seat}")
    if len(actions) == 1:
        return actions[0]
    ratings = _RATINGS[level](view, actions)
    best = max(ratings)
    equals = [action for action, rating in zip(actions, ratings, strict=True) if rating == best]
    return rng.choice(equals)
