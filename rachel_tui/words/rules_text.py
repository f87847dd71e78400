"""The rules of Rachel for players, in paragraphs, and which of them matters now."""

import re
from dataclasses import dataclass
from typing import Final

from rachel.rules.cards import ACE, JACK, QUEEN, card_code, is_black_jack, parse_card, rank_of
from rachel.rules.view import PublicView, SeatView
from rachel_tui.words.hints import must_draw


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the rules.

    Attributes:
        key: the word by which it can be asked for.
        heading: what it is about.
        text: what it says.
        cards: the cards it is about, if it is about some.
    """

    key: str
    heading: str
    text: str
    cards: tuple[int, ...] = ()


def _paragraph(key: str, heading: str, text: str, cards: str = "") -> Paragraph:
    return Paragraph(key, heading, text, tuple(map(parse_card, cards.split())))


RULES: Final[tuple[Paragraph, ...]] = (
    _paragraph(
        "goal",
        "The goal",
        "Get rid of your cards. A player without cards is out, and the first one out wins. The "
        "last player still holding cards loses.",
    ),
    _paragraph(
        "start",
        "The start",
        "2 to 8 players, one deck of 52 cards. Each is dealt 7 cards; with six players 6, with "
        "seven or eight 5. One more card is turned up: the pile begins with it, and it does "
        "nothing else. The player in the first seat starts: against bots, you in one game and a "
        "bot in another. Play goes clockwise.",
    ),
    _paragraph(
        "turn",
        "Your turn",
        "Play a card of the same suit or the same rank as the top card. If something fits, you "
        "must play.",
    ),
    _paragraph(
        "draw",
        "Nothing fits",
        "Then draw one card. Your turn is over, even if the new card fits.",
    ),
    _paragraph(
        "several",
        "Several cards",
        "Cards of one rank may go together. Only the first has to fit; the last ends up on top. "
        "You choose the order.",
    ),
    _paragraph(
        "2",
        "2",
        "The next player draws two cards, or answers with a 2 and draws nothing: then the one "
        "after faces four, and so on.",
        "2H 2S",
    ),
    _paragraph(
        "7",
        "7",
        "The next player misses a turn. A player with a 7 does not: they must play it, and one "
        "more player misses a turn.",
        "7D 7C",
    ),
    _paragraph(
        "queen",
        "Queen",
        "Turns the direction of play. Two at once leave it as it was, three turn it.",
        "QH QS",
    ),
    _paragraph(
        "ace",
        "Ace",
        "You name the suit that must follow. Only another ace may be played instead. An ace has "
        "to fit like any other card.",
        "AD AC",
    ),
    _paragraph(
        "black",
        "Black jack",
        "The next player draws five cards, or answers with a jack. The other black jack makes it "
        "ten. A 2 does not answer a jack.",
        "JC JS",
    ),
    _paragraph(
        "red",
        "Red jack",
        "Takes five off the cards that a black jack makes you draw. If cards are left, the next "
        "player must draw them: no jack answers any more. Without an attack it is an ordinary "
        "card.",
        "JH JD",
    ),
    _paragraph("others", "Others", "3, 4, 5, 6, 8, 9, 10 and kings do nothing special."),
    _paragraph(
        "deck",
        "The deck",
        "When it runs out, the pile is shuffled into a new one; the top card stays. If there is "
        "still nothing to draw, you draw nothing, and your turn is over.",
    ),
    _paragraph(
        "end",
        "The end",
        "What a last card does still counts: a last 2 makes the next player draw. The game ends "
        "when only one player holds cards.",
    ),
)

CARD_GUIDE: Final = (
    ("2", "next draws two"),
    ("7", "next is skipped"),
    ("queen", "turns the direction"),
    ("ace", "you choose the suit"),
    ("JC JS", "next draws five"),
    ("JH JD", "takes five off"),
)
"""The special cards at a glance."""

_BY_RANK: Final = {2: "2", 7: "7", QUEEN: "queen", ACE: "ace"}
_OTHER_WORDS: Final = {
    "two": ("2",),
    "seven": ("7",),
    "q": ("queen",),
    "a": ("ace",),
    "j": ("black", "red"),
    "jack": ("black", "red"),
    "together": ("several",),
    "suit": ("turn", "ace"),
    "rank": ("turn", "several"),
    "skip": ("7",),
    "deal": ("start",),
    "player": ("start",),
    "attack": ("2", "black", "red"),
    "direction": ("queen",),
    "win": ("goal", "end"),
}


def paragraph_of(card: int) -> str:
    """Return the key of the paragraph about what a card does, ``others`` if it does nothing."""
    if rank_of(card) == JACK:
        return "black" if is_black_jack(card) else "red"
    return _BY_RANK.get(rank_of(card), "others")


def what_matters(
    public: PublicView | None, view: SeatView | None = None, card: int | None = None
) -> str:
    """Return the key of the paragraph that matters now.

    First an attack; then the card that the player looks at, if it does something.

    Args:
        public: the table as everybody sees it, None before the deal.
        view: the table as the player sees it, None for one who watches.
        card: the card that the player looks at.
    """
    if public is None:
        return "goal"
    if public.pending_skips or public.pending_draws:
        return "7" if public.pending_skips else paragraph_of(public.top)
    if card is not None and (key := paragraph_of(card)) != "others":
        return key
    if public.nominated_suit is not None:
        return "ace"
    return "draw" if view is not None and view.is_my_turn and must_draw(view) else "turn"


def paragraphs_about(word: str) -> list[Paragraph]:
    """Return the paragraphs about a card, a rank or a word, or else those in which it stands."""
    sought = word = " ".join(word.lower().split())
    try:
        keys: tuple[str, ...] = (paragraph_of(parse_card(word)),)
    except ValueError:
        word = word.removesuffix(" jacks").removesuffix(" jack")
        single = word.removesuffix("s") if len(word) > 1 else word
        keys = _OTHER_WORDS.get(single, (single,))
        if single in {"3", "4", "5", "6", "8", "9", "10", "k", "king", "other"}:
            keys = ("others",)
    about = [paragraph for paragraph in RULES if paragraph.key in keys]
    begins = re.compile(rf"\b{re.escape(sought)}")
    return about or [it for it in RULES if begins.search(f"{it.heading}. {it.text}".lower())]


def paragraph_text(paragraph: Paragraph) -> str:
    """Return a paragraph in one line."""
    cards = (
        f" ({' and '.join(map(card_code, paragraph.cards))})" if "jack" in paragraph.heading else ""
    )
    return f"{paragraph.heading}{cards}: {paragraph.text}"
