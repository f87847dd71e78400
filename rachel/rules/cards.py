"""Cards as bytes, their names and their order (docs/PROTOCOL.md, Cards).

A card is one int 0-255: bits 7-6 the suit, bits 5-0 the rank. Written short, a card is its rank and
the letter of its suit: ``7H``, ``10D``, ``QC``, ``AS``.
"""

from collections.abc import Iterable
from typing import Final

HEARTS: Final = 0
DIAMONDS: Final = 1
CLUBS: Final = 2
SPADES: Final = 3
SUITS: Final = (HEARTS, DIAMONDS, CLUBS, SPADES)

JACK: Final = 11
QUEEN: Final = 12
KING: Final = 13
ACE: Final = 14
RANKS: Final = tuple(range(2, ACE + 1))

SUIT_NAMES: Final = ("hearts", "diamonds", "clubs", "spades")
SUIT_LETTERS: Final = ("H", "D", "C", "S")
SUIT_GLYPHS: Final = ("♥", "♦", "♣", "♠")
RANK_NAMES: Final = {
    **{rank: str(rank) for rank in range(2, 11)},
    JACK: "jack",
    QUEEN: "queen",
    KING: "king",
    ACE: "ace",
}
RANK_LETTERS: Final = {
    **{rank: str(rank) for rank in range(2, 11)},
    JACK: "J",
    QUEEN: "Q",
    KING: "K",
    ACE: "A",
}

DECK: Final = tuple(suit << 6 | rank for suit in SUITS for rank in RANKS)
"""The unshuffled deck: hearts, diamonds, clubs, spades; 2 up to ace."""

_DECK_SET: Final = frozenset(DECK)
_CODES: Final = {card: RANK_LETTERS[card & 63] + SUIT_LETTERS[card >> 6] for card in DECK}
_CARDS_BY_CODE: Final = {code: card for card, code in _CODES.items()}


def make_card(rank: int, suit: int) -> int:
    """Return the byte of the card of ``rank`` (2-14) and ``suit`` (0-3).

    Raises:
        ValueError: there is no such card.
    """
    card = suit << 6 | rank
    if suit not in SUITS or card not in _DECK_SET:
        raise ValueError(f"no card has rank {rank} and suit {suit}")
    return card


def rank_of(card: int) -> int:
    """Return the rank of a card byte: 2-10, 11 jack, 12 queen, 13 king, 14 ace."""
    return card & 63


def suit_of(card: int) -> int:
    """Return the suit of a card byte: 0 hearts, 1 diamonds, 2 clubs, 3 spades."""
    return card >> 6


def is_card(value: int) -> bool:
    """Tell whether ``value`` is the byte of one of the 52 cards."""
    return value in _DECK_SET


def is_black_jack(card: int) -> bool:
    """Tell whether the card is J♣ or J♠, which attack with five draws."""
    return card & 63 == JACK and card >> 6 >= CLUBS


def is_red_jack(card: int) -> bool:
    """Tell whether the card is J♥ or J♦, which take five draws back."""
    return card & 63 == JACK and card >> 6 <= DIAMONDS


def card_code(card: int) -> str:
    """Return the short name of a card: ``7H``, ``10D``, ``AS``.

    Raises:
        ValueError: the byte is not one of the 52 cards.
    """
    code = _CODES.get(card)
    if code is None:
        raise ValueError(f"0x{card:02X} is not a card")
    return code


def parse_card(text: str) -> int:
    """Return the card a short name means, in any case; ``T`` reads as 10, suit glyphs as suits.

    Raises:
        ValueError: the text names no card.
    """
    code = text.strip().upper()
    for letter, glyph in zip(SUIT_LETTERS, SUIT_GLYPHS, strict=True):
        code = code.replace(glyph, letter)
    if code.startswith("T"):
        code = "10" + code[1:]
    card = _CARDS_BY_CODE.get(code)
    if card is None:
        raise ValueError(f"{text.strip()!r} is not a card; write it like 7H, 10D, QC or AS")
    return card


def parse_suit(text: str) -> int:
    """Return the suit a word, its first letter or its glyph means, in any case.

    Raises:
        ValueError: the text names no suit.
    """
    word = text.strip().lower()
    for suit, name in enumerate(SUIT_NAMES):
        if word and (name == word or name[0] == word or name[:-1] == word):
            return suit
        if word == SUIT_GLYPHS[suit]:
            return suit
    raise ValueError(f"{text.strip()!r} is not a suit; write hearts, diamonds, clubs or spades")


def cards_text(cards: Iterable[int]) -> str:
    """Return the short names of cards with a space between them."""
    return " ".join(map(card_code, cards))
