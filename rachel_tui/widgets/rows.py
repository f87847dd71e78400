"""Rows of text, of which only those that change are drawn anew."""

from functools import lru_cache
from typing import Self

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget


class Rows(Widget):
    """A widget that draws rows.

    Textual draws all of a widget whatever has changed in it. At a table each turn changes a few
    rows, and a host draws the tables of hundreds who have come over SSH.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.auto_links = False
        self._rows: list[Content] = []
        self._rows_size = Size()
        self._strips: dict[tuple[object, ...], Strip] = {}

    def rows(self) -> list[Content]:
        """Return what to draw, from the top, in a widget of this size."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw the rows that have changed."""
        if not self._rows or self.size != self._rows_size:
            self.refresh()  # all of them are drawn in any case, and may change again until then
            return
        before, self._rows = self._rows, self.rows()
        if len(before) != len(self._rows):
            self.refresh()
            return
        keys = list(map(_key, self._rows))
        self._strips = {key: self._strips[key] for key in keys if key in self._strips}
        changed = [y for y, key in enumerate(keys) if key != _key(before[y])]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw some regions, or everything, as after a change of styles."""
        if not regions:
            self._rows = []
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Forget what was drawn in other styles."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Return a row, drawn now if it is new."""
        size, style = self.size, self.visual_style
        if not self._rows or size != self._rows_size:
            self._rows, self._rows_size, self._strips = self.rows(), size, {}
        if y >= len(self._rows):
            return Strip.blank(size.width, style.rich_style)
        row = self._rows[y]
        key = _key(row)
        if key not in self._strips:
            self._strips[key] = self._strip(row, style)
        return self._strips[key]

    def _strip(self, row: Content, style: Style) -> Strip:
        """Draw a row.

        Textual would give each piece of it a style that also says where it stands, so that text can
        be marked: none would equal another, and all would be worked out again for every turn.
        """
        pieces = row.render(style, end="", parse_style=self._get_style)
        return Strip([Segment(text, _rich_style(its)) for text, its in pieces], row.cell_length)


def _key(row: Content) -> tuple[object, ...]:
    """Return what makes a row look as it does; rows are equal if only their texts are."""
    return row.plain, *row.spans


@lru_cache(4096)
def _rich_style(style: Style) -> RichStyle:
    return style.rich_style
