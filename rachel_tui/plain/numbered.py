"""The numbers by which the cards of a hand are called."""

from collections.abc import Sequence
from typing import TypeAlias

from rachel.rules.cards import SUIT_NAMES
from rachel_tui.words.picking import sorted_hand

Numbered: TypeAlias = tuple[int | None, ...]
"""The cards numbered from 1; None stands for a number whose card is no longer held."""


def numbered(hand: Sequence[int], before: Numbered, order: str = "rank") -> Numbered:
    """Return the numbers of a hand, sorted anew (`sorted_hand`) when a card has come.

    As long as none comes, every card keeps the number that it had ``before``: what has been heard
    once stays true.
    """
    if not set(hand) <= set(before):
        return sorted_hand(hand, order)
    return tuple(card if card in hand else None for card in before)


def typed_for(cards: Sequence[int], suit: int | None, held: Numbered) -> str:
    """Return what is typed to play cards that are held, with a suit for aces; for none: to draw."""
    numbers = [str(held.index(card) + 1) for card in cards if card in held]
    return " ".join(numbers + ([] if suit is None else [SUIT_NAMES[suit]])) or "draw"


def numbers_text(cards: Sequence[int | None]) -> str:
    """Return which numbers there are: ``1 to 4``, or each of them where some are missing."""
    numbers = [str(number) for number, card in enumerate(cards, start=1) if card is not None]
    if len(numbers) == len(cards) > 1:
        return f"1 to {numbers[-1]}"
    return ", ".join(numbers[:-1]) + f" and {numbers[-1]}" if len(numbers) > 1 else "".join(numbers)
