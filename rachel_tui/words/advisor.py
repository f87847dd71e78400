"""The hint: what the advanced bot would do in the player's place, and why, in one sentence."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rachel.bots import choose
from rachel.bots.advanced import weigh
from rachel.bots.outlook import others_in_turn
from rachel.rules.actions import Action, Play
from rachel.rules.cards import ACE, SUIT_NAMES, cards_text, rank_of
from rachel.rules.view import SeatView
from rachel_tui.words.hints import draw_text

_REASONS: Final = {
    "cards": "it keeps cards that go well together",
    "ranks": "it leaves fewer different ranks to get rid of",
    "breadth": "what you keep fits on more cards",
    "goes_out": "you may go out with your next play",
    "others_draw": "the others are likely to draw",
    "i_draw": "less of the attack can come back to you",
    "neighbour_goes_out": "it keeps the next player from going out",
    "followers": "few cards can follow it",
    "twos": "it keeps your 2s for later",
    "black_jacks": "it keeps your black jacks for later",
    "aces": "it keeps your aces for later",
}
"""What each consequence that the bot weighs means to a player."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do, and why.

    Attributes:
        cards: the cards to play, in their order; empty for a draw.
        sentence: both, in one sentence.
    """

    cards: tuple[int, ...]
    sentence: str


def hint(view: SeatView) -> Hint:
    """Return the advanced bot's choice on what the player sees; it takes some milliseconds.

    Raises:
        ValueError: it is not the player's turn.
    """
    action = choose("advanced", view, random.Random(0))
    if not isinstance(action, Play):
        return Hint((), f"Hint: {draw_text(view.public)}")
    suit = ""
    if action.suit is not None and rank_of(action.cards[0]) == ACE:
        suit = f" and ask for {SUIT_NAMES[action.suit]}"
    what = f"play {cards_text(action.cards)}{suit}"
    return Hint(action.cards, f"Hint: {what}: {_reason(view, action, view.legal_actions())}.")


def _reason(view: SeatView, choice: Play, actions: Sequence[Action]) -> str:
    """Return what speaks most for ``choice``, measured by the average of the other plays."""
    if len(choice.cards) == len(view.hand):
        return "it empties your hand"
    others = [action for action in actions if isinstance(action, Play) and action != choice]
    if not others:
        return "nothing else fits"
    weighed = [weigh(view, play) for play in others if len(play.cards) < len(view.hand)]
    best = weigh(view, choice)
    ahead = {
        name: getattr(best, name) - sum(getattr(each, name) for each in weighed) / len(weighed)
        for name in _REASONS
    }
    name = max(ahead, key=lambda name: ahead[name])
    if name == "neighbour_goes_out" and others_in_turn(view)[0] == 1:
        return "the next player has one card left"
    return _REASONS[name]
