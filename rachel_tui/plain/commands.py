"""The commands of plain mode: from a typed line to what it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Final, TypeAlias

from rachel.rules.cards import (
    ACE,
    DECK,
    RANK_LETTERS,
    RANK_NAMES,
    SUIT_LETTERS,
    SUIT_NAMES,
    parse_card,
    parse_suit,
    rank_of,
)
from rachel.text import shown
from rachel_tui.plain.numbered import numbers_text
from rachel_tui.words.menu import entries

BACK: Final = "back"
"""Leads out of a question, or one step up; at a table it does not leave a game that runs."""


class Query(Enum):
    """A command; its value holds what may be typed for it."""

    DRAW = ("draw", "d", "draw a card")
    HAND = ("hand", "h")
    TABLE = ("table", "t")
    LAST = ("last", "l")
    HELP = ("help", "?")
    RULES = ("rules", "r")
    HINT = ("hint",)
    START = ("start",)
    SIT = ("sit", "sit down")
    FAST = ("fast", "f")
    AGAIN = ("again",)
    RECAP = ("recap",)
    REPLAY = ("replay",)
    SAVE = ("save",)
    NEW = ("new",)
    QUIT = ("quit", "q", "exit", BACK)


@dataclass(frozen=True, slots=True)
class TypedPlay:
    """Cards to play in the order typed; ``suit`` is given only when it was typed."""

    cards: tuple[int, ...]
    suit: int | None


Command: TypeAlias = Query | TypedPlay

_AT_HOME: Final = {entry.word for entry in entries("a game") if not entry.here} | {
    "home",
    "lessons",
    "menu",
}
_QUERIES: Final = {word: query for query in Query for word in query.value}
SUIT_QUESTION: Final = "Which suit must follow? Type hearts, diamonds, clubs or spades, or back."
_QUOTED_MAX: Final = 30
"""Characters of a wrong line that are said again."""
_PLAY: Final = frozenset({"play", "p"})
_NUMBERS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LETTERS: Final = {
    **{name: RANK_LETTERS[rank] for rank, name in RANK_NAMES.items()},
    **{word: str(rank) for rank, word in enumerate(_NUMBERS, start=2)},
    **{letter: letter for letter in "jqka"},
}
_RANKS: Final = {name: rank for rank, name in RANK_NAMES.items() if name.isalpha()} | {
    word: rank for rank, word in enumerate(_NUMBERS, start=2)
}
_IN_WORDS: Final = re.compile(
    rf"\b({'|'.join(_LETTERS)}) (of )?"
    rf"({'|'.join(f'{name}?' for name in SUIT_NAMES)}|[{''.join(SUIT_LETTERS).lower()}])\b"
)
_BETWEEN: Final = re.compile(r"[,;&+!]|\b(?:and|the)\b")
"""What may stand between cards and beside them, and says nothing."""
_FULL_STOP: Final = re.compile(r"(?<=\w)\.(?= |$)")


def parse_command(text: str, hand: Sequence[int | None]) -> Command | None:
    """Return what ``text`` asks for, None for an empty line.

    Cards are named like 7H, 7♥, 7 of hearts or seven hearts, by their rank in words if there is no
    other of it in ``hand``, or by their number from 1 there, where None stands for one that is not
    held; a suit may follow aces. Upper and lower case are
    the same, and commas or ``and`` may stand between cards.

    Raises:
        ValueError: the text is no command; the message says in one line what to type.
    """
    line = _FULL_STOP.sub("", " ".join(_BETWEEN.sub(" ", text.lower()).split()))
    words = _IN_WORDS.sub(partial(_code, hand), line).split()
    if not words:
        return None
    if (asked := " ".join(words)) in _QUERIES:
        return _QUERIES[asked]
    if words == ["pass"]:
        raise ValueError("There is no passing: play what fits, or draw when nothing does.")
    named = words[0] in _PLAY
    if named:
        words = words[1:]
        if not words:
            raise ValueError("Play what? Name the cards, like: play 7h 7c")
    cards: list[int] = []
    suit = None
    for number, word in enumerate(words):
        card = _card(word, hand)
        if card is not None:
            cards.append(card)
        elif cards and number == len(words) - 1 and rank_of(cards[-1]) == ACE:
            suit = _suit(word)
        elif named or cards or word.isdigit():
            raise ValueError(_no_card(word, hand))
        else:
            if is_at_home(text):
                raise ValueError(
                    f"{text.strip().lower()} is at home, not here. Type quit to leave."
                )
            typed = shown(text.strip(), most=_QUOTED_MAX)
            raise ValueError(f"'{typed}' is no command. Type help for what you can type.")
    return TypedPlay(tuple(cards), suit)


def query_of(line: str) -> Query | None:
    """Return the query that a line is, None when it is something else."""
    try:
        command = parse_command(line, ())
    except ValueError:
        return None
    return command if isinstance(command, Query) else None


def is_command(line: str) -> bool:
    """Tell whether a line asks for something, whichever cards the player holds."""
    try:
        return parse_command(line, DECK) is not None
    except ValueError:
        return False


def is_at_home(line: str) -> bool:
    """Tell whether a line is a word of home's menu, which does nothing at other questions."""
    return line.strip().lower() in _AT_HOME


def asked_with(query: Query, text: str) -> str | None:
    """Return what stands after the word of a query in a whole line, None if that is no such line.

    It is the card or word about which rules are asked for, or the file to save a record in.
    """
    words = text.strip().split(maxsplit=1)
    return words[1] if len(words) == 2 and words[0].lower() in query.value else None


def parse_nomination(text: str) -> int | None:
    """Return the suit that a whole line names, None when it names none."""
    try:
        return parse_suit(text)
    except ValueError:
        return None


def number_in(text: str, most: int) -> int:
    """Return the number from 1 to ``most`` that a text is, 0 if it is none."""
    number = int(text) if text.isdecimal() and len(text) <= len(str(most)) else 0
    return number if number <= most else 0


def _code(hand: Sequence[int | None], named: re.Match[str]) -> str:
    """Return a card in words as a short name; ``2 hearts`` may be an ace's number and its suit."""
    card = None if named[2] else _numbered(named[1], hand)
    if card is not None and rank_of(card) == ACE:
        return named[0]
    return _LETTERS[named[1]] + named[3][0]


def _card(word: str, hand: Sequence[int | None]) -> int | None:
    """Return the card that a word names, None if it names none.

    Raises:
        ValueError: it is a rank of which there is not one card; the message says what to type.
    """
    if word.isdecimal():
        return _numbered(word, hand)
    if word in _RANKS:
        return _only(word, hand)
    try:
        return parse_card(word)
    except ValueError:
        return None


def _only(rank: str, hand: Sequence[int | None]) -> int:
    """Return the only card of a rank in a hand: ``king``, without its suit, is clear then."""
    held = [card for card in hand if card is not None and rank_of(card) == _RANKS[rank]]
    if not held:
        raise ValueError(f"You hold no {rank}.")
    if len(held) > 1:
        raise ValueError(f"Which {rank}? Name its suit, too, or type its number.")
    return held[0]


def _numbered(word: str, hand: Sequence[int | None]) -> int | None:
    number = number_in(word, len(hand))
    return hand[number - 1] if number else None


def _suit(word: str) -> int:
    try:
        return parse_suit(word)
    except ValueError:
        raise ValueError(
            f"'{shown(word, most=_QUOTED_MAX)}' is no suit. "
            "Type hearts, diamonds, clubs or spades after the ace."
        ) from None


def _no_card(word: str, hand: Sequence[int | None]) -> str:
    word = shown(word, most=_QUOTED_MAX)
    if word.isdecimal():
        return f"There is no card number {word}; your hand has {numbers_text(hand) or 'none'}."
    return f"'{word}' is no card. Write cards like 7h, 10d or qs, or use their numbers."
