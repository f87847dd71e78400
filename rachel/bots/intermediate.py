"""The intermediate bot plays by the rules of thumb that people give each other.

- Get rid of many cards at once: a pair before a single card.
- Keep what answers an attack (2s, 7s, jacks) and what changes the suit (aces) for when it is
  needed ...
- ... unless the next seat is about to go out: then attack it, or at least turn away from it.
- Leave a suit on top, or nominate one, of which many cards are left in the own hand.

It looks at its own hand, the top card and the number of cards of the next seat. It remembers no
earlier plays.
"""

from collections.abc import Sequence
from typing import Final

from rachel.rules.actions import Action, Play
from rachel.rules.cards import ACE, JACK, QUEEN, is_red_jack
from rachel.rules.view import PublicView, SeatView

_ABOUT_TO_GO_OUT: Final = 2
"""The next seat is attacked when it holds this many cards or fewer."""

_PER_CARD: Final = 10.0
_PER_CARD_OF_THE_SUIT_LEFT: Final = 1.5
_WORTH_KEEPING: Final = {2: 8.0, 7: 4.0, JACK: 8.0, ACE: 8.0}
"""What a card in hand is worth by its rank, against the ten for getting rid of it."""

_ATTACK: Final = {2: 20.0, 7: 15.0, JACK: 30.0, QUEEN: 8.0}
"""What playing a rank is worth when the next seat is about to go out."""


def rate(view: SeatView, actions: Sequence[Action]) -> list[float]:
    """Return how good each of ``actions`` looks; the higher, the better."""
    return [_rate_play(view, action) if isinstance(action, Play) else 0.0 for action in actions]


def _rate_play(view: SeatView, play: Play) -> float:
    cards = play.cards
    rank = cards[0] & 63
    rest = [card for card in view.hand if card not in cards]
    suit = cards[-1] >> 6 if play.suit is None else play.suit
    rating = len(cards) * (_PER_CARD - _WORTH_KEEPING.get(rank, 0.0))
    rating += _PER_CARD_OF_THE_SUIT_LEFT * sum(card >> 6 == suit for card in rest)
    if _next_count(view.public) <= _ABOUT_TO_GO_OUT and not is_red_jack(cards[-1]):
        rating += _ATTACK.get(rank, 0.0)
    return rating


def _next_count(public: PublicView) -> int:
    """Return how many cards the next seat that is still in holds."""
    seat = public.current
    while True:
        seat = (seat + public.direction) % public.seats
        if not public.out[seat]:
            return public.hand_counts[seat]
