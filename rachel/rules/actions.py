"""What a seat may ask for, and the names of the refusals (docs/RULES.md)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, final

from rachel.rules.cards import SUIT_NAMES, cards_text


@final
@dataclass(init=False, unsafe_hash=True, slots=True)
class Play:
    """Put ``cards`` on the discard pile in this order; the last one ends up on top.

    ``suit`` (0-3) is the nomination an ace must make; it is None for every other rank.
    """

    cards: Final[tuple[int, ...]]
    suit: Final[int | None]

    # Written out, because what dataclass writes is never compiled.
    def __init__(self, cards: tuple[int, ...], suit: int | None = None) -> None:
        self.cards = cards
        self.suit = suit

    def __str__(self) -> str:
        """Return the short form: ``7H 7C``, or ``AS hearts`` with a nomination."""
        cards = cards_text(self.cards)
        return cards if self.suit is None else f"{cards} {SUIT_NAMES[self.suit]}"


@dataclass(frozen=True, slots=True)
class Draw:
    """Take one card, or every pending draw."""

    def __str__(self) -> str:
        """Return the short form, ``draw``."""
        return "draw"


Action: TypeAlias = Play | Draw

DRAW: Final = Draw()


class Refusal(StrEnum):
    """Why an action is refused: identifiers that every implementation shares."""

    GAME_ALREADY_OVER = "game_already_over"
    NOT_YOUR_TURN = "not_your_turn"
    INVALID_PLAY = "invalid_play"
    CARD_NOT_IN_HAND = "card_not_in_hand"
    MUST_NOMINATE_SUIT = "must_nominate_suit"
    CANNOT_NOMINATE_SUIT = "cannot_nominate_suit"
    MUST_PLAY_IF_ABLE = "must_play_if_able"


class IllegalAction(Exception):  # noqa: N818 - the card table's word for it
    """A rule forbids the action, which changed nothing. ``reason`` says which rule."""

    def __init__(self, reason: Refusal, text: str) -> None:
        super().__init__(text)
        self.reason = reason
