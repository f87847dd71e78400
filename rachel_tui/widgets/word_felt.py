"""Words in cards that are fanned on a felt, as large as there is room for."""

from itertools import cycle
from typing import Any, Final, NamedTuple, cast

from textual.content import Content
from textual.geometry import Size

from rachel_tui.widgets.banner import HEIGHT, SUITS, CardBanner
from rachel_tui.widgets.card_faces import letter_card
from rachel_tui.widgets.ground import ground
from rachel_tui.widgets.hand_layout import CardSize


class _Fan(NamedTuple):
    """How cards lie: how large, so many columns apart, the outer ones so much lower."""

    size: CardSize
    step: int
    bow: int

    @property
    def rows(self) -> int:
        """Rows of the felt: its rim, and cloth around all but the smallest cards."""
        return self.size.height + self.bow + (2 if self.size is CardSize.SMALL else 4)

    def columns(self, cards: int) -> int:
        """Columns of so many cards, side by side."""
        return self.step * (cards - 1) + self.size.width


_FANS: Final = (
    (46, _Fan(CardSize.HUGE, 9, 3)),
    (30, _Fan(CardSize.LARGE, 8, 2)),
    (0, _Fan(CardSize.SMALL, 6, 2)),
)
"""From how many rows of the terminal on which is shown."""
_CLOTH: Final = 10
"""Columns beside the cards, at least."""


class WordFelt(CardBanner):
    """Spells words in cards on a felt, or without one where there is little room."""

    def __init__(self, least: int, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Have a felt from ``least`` rows of the terminal on."""
        super().__init__(id=id)
        self._least = least

    def height_in(self, words: str, width: int) -> int:
        """Return the rows that ``words`` take in ``width`` columns."""
        fan = self._fan(words, width)
        return HEIGHT if fan is None else fan.rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of the felt, or of the cards alone."""
        return self.height_in(self.words, width)

    def rows(self) -> list[Content]:
        """Return the felt with the cards that are dealt."""
        width, height = self.size
        fan = self._fan(self.words, width)
        if fan is None:
            return super().rows()
        app = cast("Any", self.app)
        lines = app.current_theme.ansi
        canvas = ground(width, height, lines=lines, halves=not app.in_ascii).copy()
        left = (width - fan.columns(len(self.words))) // 2
        top = (height - fan.size.height - fan.bow) // 2
        last = max(1, len(self.words) - 1)
        suits = cycle(SUITS)
        for place, letter in enumerate(self.words[: self.dealt]):
            if letter != " ":
                low = round(fan.bow * (2 * place / last - 1) ** 2)
                card = letter_card(letter, next(suits), fan.size, pips=not app.in_ascii)
                canvas.lay(left + fan.step * place, top + low, card)
        return canvas.rows()

    def _fan(self, words: str, width: int) -> _Fan | None:
        rows = self.app.size.height
        fits = (
            fan
            for least, fan in _FANS
            if rows >= least and width >= fan.columns(len(words)) + _CLOTH
        )
        return next(fits, None) if rows >= self._least else None
