"""Cards in words, for the ear: a synthesizer reads ``AS`` as "as", and ``1 4H`` as "14 H"."""

import re
from typing import Final

from rachel.rules.cards import RANK_NAMES, SUIT_NAMES, parse_card, rank_of, suit_of

_CODE: Final = "(?:10|[2-9JQKA])[HDCS]"
_CARDS: Final = re.compile(rf"(?<![\w/.-])(?:(\d+) )?({_CODE}(?: {_CODE})*)(?![\w/-])")


def spoken(line: str) -> str:
    """Return a line with its cards in words: ``1 4H`` becomes ``1: 4 of hearts``.

    Cards that stand side by side get a comma between them, and a sentence begins with a capital.
    What is to be typed stays short, as it is written in lower case.
    """
    return _CARDS.sub(_in_words, line)


def _in_words(found: re.Match[str]) -> str:
    cards = ", ".join(_name(parse_card(code)) for code in found[2].split())
    if found[1]:
        return f"{found[1]}: {cards}"
    begins = found.start() == 0 or found.string[: found.start()].endswith(". ")
    return f"{cards[0].upper()}{cards[1:]}" if begins else cards


def _name(card: int) -> str:
    return f"{RANK_NAMES[rank_of(card)]} of {SUIT_NAMES[suit_of(card)]}"
