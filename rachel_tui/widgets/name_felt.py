"""The name of the game: six cards fanned on the felt, as large as there is room for."""

from itertools import cycle
from typing import Any, Final, NamedTuple, cast

from textual.content import Content
from textual.geometry import Size

from rachel_tui.widgets.banner import SUITS, CardBanner
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
        """Rows of the felt below: its rim, and cloth around all but the smallest cards."""
        return self.size.height + self.bow + (2 if self.size is CardSize.SMALL else 4)


_FANS: Final = (
    (46, _Fan(CardSize.HUGE, 10, 3)),
    (30, _Fan(CardSize.LARGE, 8, 2)),
    (24, _Fan(CardSize.SMALL, 6, 2)),
)
"""From how many rows of the terminal on which is shown; a smaller one has no felt."""
_COLUMNS: Final = 76
"""Columns of the terminal that the felt needs."""


class NameFelt(CardBanner):
    """Spells a word in cards on a felt, or without one where there is little room."""

    @property
    def _fan(self) -> _Fan | None:
        columns, rows = self.app.size
        return next((fan for least, fan in _FANS if rows >= least and columns >= _COLUMNS), None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of the felt."""
        fan = self._fan
        return super().get_content_height(container, viewport, width) if fan is None else fan.rows

    def rows(self) -> list[Content]:
        """Return the felt with the cards that are dealt."""
        fan = self._fan
        if fan is None:
            return super().rows()
        app, (width, height) = cast("Any", self.app), self.size
        canvas = ground(width, height, lines=app.current_theme.ansi, halves=not app.in_ascii).copy()
        last = len(self.words) - 1
        left = (width - fan.step * last - fan.size.width) // 2
        top = (height - fan.size.height - fan.bow) // 2
        for place, (letter, suit) in enumerate(zip(self.words[: self.dealt], cycle(SUITS))):
            low = round(fan.bow * (2 * place / last - 1) ** 2)
            canvas.lay(left + fan.step * place, top + low, letter_card(letter, suit, fan.size))
        return canvas.rows()
