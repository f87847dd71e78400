"""The hint: what the advanced bot would do in the player's place, and why, in one sentence."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rachel.bots import choose
from rachel.bots.advanced import weigh
from rachel.bots.counting import Unseen
from rachel.bots.outlook import Outlook, others_in_turn
from rachel.rules.actions import Action, Play
from rachel.rules.cards import (
    ACE,
    RANK_NAMES,
    SUIT_NAMES,
    cards_text,
    is_black_jack,
    rank_of,
    suit_of,
)
from rachel.rules.view import SeatView
from rachel_tui.words.hints import draw_text, effect_text, plural, rank_plural

_NAMED_MAX: Final = 3
"""Cards that can be named in a line of a narrow terminal."""
_ACES_NAMED_MAX: Final = 2
"""The same, where the suit to ask for is named, too."""
_NEARLY_OUT: Final = 2
"""Cards with which a player may go out at once."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do, and why.

    Attributes:
        cards: the cards to play, in their order; empty for a draw.
        sentence: both, in one sentence.
        suit: the suit to ask for, None unless it is aces that are played.
    """

    cards: tuple[int, ...]
    sentence: str
    suit: int | None = None


def hint(view: SeatView) -> Hint:
    """Return the advanced bot's choice on what the player sees; it takes some milliseconds.

    Raises:
        ValueError: it is not the player's turn.
    """
    action = choose("advanced", view, random.Random(0))
    if not isinstance(action, Play):
        advice = draw_text(view.public)
        return Hint((), f"Hint: {advice[0].lower()}{advice[1:]}")
    reason = _reason(view, action, view.legal_actions())
    return Hint(action.cards, f"Hint: play {_what(action)}: {reason}.", action.suit)


def _what(choice: Play) -> str:
    """Return what to play, and the suit to ask for."""
    cards = cards_text(choice.cards)
    if choice.suit is None or rank_of(choice.cards[0]) != ACE:
        return cards
    if len(choice.cards) > _ACES_NAMED_MAX:
        cards = f"{len(choice.cards)} aces"
    return f"{cards}, ask for {SUIT_NAMES[choice.suit]}"


def _reason(view: SeatView, choice: Play, actions: Sequence[Action]) -> str:
    """Return what speaks most for ``choice``, measured by the average of the other plays."""
    if len(choice.cards) == len(view.hand):
        return "it empties your hand"
    weighed = [
        weigh(view, action)
        for action in actions
        if isinstance(action, Play) and action != choice and len(action.cards) < len(view.hand)
    ]
    if not weighed:
        return "nothing else fits"
    best = weigh(view, choice)
    ahead = {
        name: getattr(best, name) - sum(getattr(each, name) for each in weighed) / len(weighed)
        for name in Outlook._fields
    }
    return _in_words(max(ahead, key=lambda name: ahead[name]), view, choice)


def _in_words(consequence: str, view: SeatView, choice: Play) -> str:
    """Return what a consequence that the bot weighs means to a player who holds these cards."""
    kept = [card for card in view.hand if card not in choice.cards]
    effect = effect_text(choice.cards, view.public)
    fewest = min(others_in_turn(view))
    match consequence:
        case "neighbour_goes_out" if fewest <= _NEARLY_OUT:
            return f"somebody has {plural(fewest, 'card')} left, few fit on it"
        case "followers" | "neighbour_goes_out":
            return _about_followers(view, choice, kept)
        case "others_draw" if effect.startswith("next"):
            return f"the {effect}, if nothing answers"
        case "others_draw":
            return "the next player may hold nothing that fits"
        case "i_draw":
            return "the attack is less likely to come round"
        case "breadth" if len(kept) > _NAMED_MAX:
            return "what you keep fits on most cards"
        case "breadth":
            return f"{'one of ' * (len(kept) > 1)}{cards_text(kept)} fits on most cards"
        case "twos":
            return f"{_kept('2', [rank_of(card) == 2 for card in kept])} to answer an attack"
        case "black_jacks":
            return f"{_kept('black jack', [is_black_jack(card) for card in kept])} for an attack"
        case "aces":
            return f"{_kept('ace', [rank_of(card) == ACE for card in kept])} for a hard turn"
    return _about_ranks(choice, kept, effect)


def _kept(noun: str, held: Sequence[bool]) -> str:
    """Return that the cards of a kind are kept."""
    return f"your {noun} stays" if sum(held) == 1 else f"your {noun}s stay"


def _about_followers(view: SeatView, choice: Play, kept: Sequence[int]) -> str:
    """Return how many cards can be played on ``choice``, or what one holds of its suit."""
    held = sum(suit_of(card) == choice.suit for card in kept)
    if choice.suit is not None and held > 1:
        return f"you hold {held} {SUIT_NAMES[choice.suit]}, the others few"
    following = Unseen(view).following(choice)
    few = f"only {plural(following, 'unseen card')}" if following else "no unseen card"
    return f"{few} can follow it"


def _about_ranks(choice: Play, kept: Sequence[int], effect: str) -> str:
    """Return why the cards that are kept will be gone sooner."""
    ranks = Counter(map(rank_of, kept))
    together = [rank for rank, held in ranks.items() if held > 1]
    rank = rank_of(choice.cards[0])
    if len(ranks) == 1:
        return f"{cards_text(kept)} is then your last play"
    if len(choice.cards) > 1:
        return f"{len(choice.cards)} cards go at once"
    if together:
        return f"your {rank_plural(together[0])} stay together for later"
    if effect.startswith("next"):
        return f"the {effect}"
    if rank in ranks:
        return "what you keep goes together better"
    return f"as your only {RANK_NAMES[rank]}, it breaks up no pair"
