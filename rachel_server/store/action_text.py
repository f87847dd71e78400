"""Actions as the store writes them: ``D``, ``7H 7C``, ``AS:H``.

Short, readable in any database shell, and quick both ways: the journal writes thousands a second.
"""

from functools import lru_cache
from typing import Final

from rachel.rules.actions import DRAW, Action, Draw, Play
from rachel.rules.cards import SUIT_LETTERS, cards_text, parse_card

_DRAW: Final = "D"
_CACHE_SIZE: Final = 4096
"""Distinct plays are few: 52 cards alone, aces with four suits, short runs of one rank."""


def encode_action(action: Action) -> str:
    """Return the text of an action: ``D`` for a draw, else the cards in order, the last on top.

    An ace's nomination follows a colon as the letter of the suit.

    Raises:
        ValueError: a card or the suit does not exist.
    """
    if isinstance(action, Draw):
        return _DRAW
    cards = cards_text(action.cards)
    if action.suit is None:
        return cards
    if not 0 <= action.suit < len(SUIT_LETTERS):
        raise ValueError(f"no suit has the number {action.suit}")
    return f"{cards}:{SUIT_LETTERS[action.suit]}"


@lru_cache(_CACHE_SIZE)
def decode_action(text: object) -> Action:
    """Return the action that `encode_action` wrote as ``text``.

    Raises:
        ValueError: `encode_action` does not write such a text.
    """
    if text == _DRAW:
        return DRAW
    if not isinstance(text, str):  # SQLite stores anything in any column
        raise ValueError(f"{text!r} is no text")
    names, colon, letter = text.partition(":")
    if colon and letter not in SUIT_LETTERS:
        raise ValueError(f"{text!r} nominates no suit")
    cards = tuple(map(parse_card, names.split(" ")))
    return Play(cards, SUIT_LETTERS.index(letter) if colon else None)
