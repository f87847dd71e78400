"""The advanced bot counts cards and weighs what each play will lead to.

From the cards it has not seen (neither in its hand nor on the discard pile) and from the number of
cards in each hand it works out for every play how likely the next seats are to answer it or to go
out, how many cards they or it will have to draw, and how soon its own hand can be gone: see
`rachel.bots.outlook.Outlook`. Each of these consequences has a weight, and the play with the
highest sum is chosen; going out is always best.

The weights are a linear regression on the places reached after a million decisions of bots against
each other (one in seven of them at random), with all hand counts as further variables. There is one
set for a single opponent and one for more: with one opponent, keeping it from playing counts most;
at a table the other seats do that. A weight says what one unit of a consequence is worth while the
others stay the same: of two hands with as many ranks, the one with more cards is better, because it
has more pairs to get rid of at once or one by one.

It does not remember which seat could not answer: every spread of unseen cards is equally likely.
"""

from collections.abc import Sequence
from math import inf
from typing import Final

from rachel.bots.counting import Unseen
from rachel.bots.outlook import Outlook, others_in_turn, outlook
from rachel.rules.actions import Action, Play
from rachel.rules.view import SeatView

_AGAINST_ONE: Final = Outlook(
    cards=5.1,
    ranks=-8.6,
    breadth=-7.3,
    goes_out=26.3,
    others_draw=2.5,
    i_draw=-3.0,
    neighbour_goes_out=-44.9,
    followers=-17.6,
    twos=4.7,
    black_jacks=7.0,
    aces=2.6,
)
_AT_A_TABLE: Final = Outlook(
    cards=3.4,
    ranks=-8.1,
    breadth=3.3,
    goes_out=19.2,
    others_draw=2.7,
    i_draw=-4.0,
    neighbour_goes_out=-14.2,
    followers=-8.4,
    twos=3.5,
    black_jacks=3.7,
    aces=1.1,
)
"""What each consequence is worth, in hundredths of the way from the last place to the first."""


def rate(view: SeatView, actions: Sequence[Action]) -> list[float]:
    """Return how good each of ``actions`` looks; the higher, the better."""
    unseen = Unseen(view)
    others = others_in_turn(view)
    weights = _AGAINST_ONE if len(others) == 1 else _AT_A_TABLE
    return [
        _rate_play(view, unseen, others, action, weights) if isinstance(action, Play) else 0.0
        for action in actions
    ]


def weigh(view: SeatView, play: Play) -> Outlook:
    """Return what each consequence of ``play`` counts, for those who want to know why.

    The play leaves cards in the hand.
    """
    others = others_in_turn(view)
    weights = _AGAINST_ONE if len(others) == 1 else _AT_A_TABLE
    expected = outlook(view, Unseen(view), others, play)
    return Outlook(*(weight * value for weight, value in zip(weights, expected, strict=True)))


def _rate_play(
    view: SeatView, unseen: Unseen, others: Sequence[int], play: Play, weights: Outlook
) -> float:
    if len(play.cards) == len(view.hand):
        return inf
    expected = outlook(view, unseen, others, play)
    return sum(weight * value for weight, value in zip(weights, expected, strict=True))
