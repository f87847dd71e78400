"""Words spelled in cards, dealt one after the other."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any, Final, cast

from textual.content import Content
from textual.geometry import Size
from textual.timer import Timer

from rachel.rules.cards import CLUBS, DIAMONDS, HEARTS, SPADES
from rachel_tui.widgets.card_faces import letter_card
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import settings_of

HEIGHT: Final = 5
"""Rows of a banner: four of a card, and one by which every other card stands higher."""

_CARD_WIDTH: Final = 6
_SPACE_WIDTH: Final = 3
_DEAL_S: Final = 0.05
SUITS: Final = (HEARTS, SPADES, DIAMONDS, CLUBS)


class CardBanner(Rows):
    """Spells a few words in cards; they are dealt once, in less than a second.

    Attributes:
        words: what to spell, in capitals.
        dealt: how many of their letters are shown by now.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.words = ""
        self.dealt = 0
        self._dealing: Timer | None = None

    def spell(self, words: str) -> None:
        """Deal the cards of ``words``; nothing happens if they lie there already."""
        if words == self.words:
            return
        self.words = words
        if self._dealing is not None:
            self._dealing.stop()
        self.dealt = 0 if settings_of(self).motion and words else len(words)
        if self.dealt < len(words) and self.app.animation_level != "none":
            self._dealing = self.set_interval(_DEAL_S, self._deal)
        else:
            self.dealt = len(words)
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of a card and one more."""
        return HEIGHT

    def rows(self) -> list[Content]:
        """Return the cards that are dealt, in the middle."""
        rows = card_rows(self.words, self.dealt, pips=not cast("Any", self.app).in_ascii)
        left = max(0, self.size.width - width_of(self.words)) // 2
        return [Content(" " * left) + row for row in rows]

    def _deal(self) -> None:
        self.dealt += 1
        if self.dealt >= len(self.words) and self._dealing is not None:
            self._dealing.stop()
        self.redraw()


def width_of(words: str) -> int:
    """Return how many columns the cards of ``words`` take."""
    return sum(_SPACE_WIDTH if letter == " " else _CARD_WIDTH for letter in words)


def card_rows(words: str, dealt: int, *, pips: bool) -> list[Content]:
    """Return the rows of the first ``dealt`` cards of ``words``, with room for the others."""
    columns: list[Sequence[Content]] = []
    suits = cycle(SUITS)
    for number, letter in enumerate(words):
        suit = next(suits) if letter != " " else HEARTS
        if letter == " " or number >= dealt:
            width = _SPACE_WIDTH if letter == " " else _CARD_WIDTH
            columns.append([Content(" " * width)] * HEIGHT)
            continue
        gap, face = Content(" " * _CARD_WIDTH), letter_card(letter, suit, CardSize.SMALL, pips=pips)
        columns.append([*face, gap] if number % 2 else [gap, *face])
    return [Content.assemble(*(column[row] for column in columns)) for row in range(HEIGHT)]
