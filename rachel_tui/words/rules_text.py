"""The rules of Rachel for players, in paragraphs for screens and for lines."""

from typing import Final

RULES: Final[tuple[tuple[str, str], ...]] = (
    (
        "The goal",
        "Get rid of your cards. Whoever has none left is out, the first one wins, and the last "
        "player still holding cards loses.",
    ),
    (
        "Your turn",
        "Play a card of the same suit or the same rank as the top card. You may add more cards of "
        "that rank: the first must fit, the last ends up on top. If nothing fits, draw a card. If "
        "something fits, you must play.",
    ),
    ("2", "The next player draws two cards, or answers with a 2: then the one after draws four."),
    (
        "7",
        "The next player misses a turn, unless they hold a 7: then they must play it, and the "
        "skips add up for whoever comes next.",
    ),
    (
        "Black jack",
        "JC and JS: the next player draws five cards, or answers with a jack. Another black jack "
        "makes it ten.",
    ),
    (
        "Red jack",
        "JH and JD: takes five of the pending cards back. Without an attack it is an ordinary "
        "card.",
    ),
    ("Queen", "Turns the direction of play. Two queens at once leave it as it was."),
    ("Ace", "You choose the suit that must follow. Only another ace may be played instead."),
    ("Others", "3, 4, 5, 6, 8, 9, 10 and kings do nothing special."),
    (
        "The deck",
        "When it runs out, the discards are shuffled into a new one; the top card stays.",
    ),
)
"""Pairs of heading and text."""

CARD_GUIDE: Final = (
    ("2", "next draws two"),
    ("7", "next is skipped"),
    ("queen", "turns the direction"),
    ("ace", "you choose the suit"),
    ("JC JS", "next draws five"),
    ("JH JD", "takes five back"),
)
"""The special cards at a glance."""
