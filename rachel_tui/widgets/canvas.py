"""A ground of cells on which texts and cards are laid, and which comes out as rows."""

from itertools import groupby
from typing import Final

from rich.cells import get_character_cell_size
from textual.content import Content, Span

_Cell = tuple[str, str, str]
"""What stands in a cell (empty right of a wide character), its style, and the ground below."""

EMPTY: Final[_Cell] = (" ", "", "")


class Canvas:
    """Cells in rows; whatever is laid on them later covers what was there.

    Styles name variables of the themes. A style without a background keeps the cell's ground.
    What would stand outside is left out.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._cells: list[list[_Cell]] = [[EMPTY] * width for _ in range(height)]

    def copy(self) -> "Canvas":
        """Return another canvas with the same cells."""
        other = Canvas(self.width, 0)
        other.height = self.height
        other._cells = [row.copy() for row in self._cells]
        return other

    def ground(self, x: int, y: int, character: str, style: str, ground: str) -> None:
        """Make a cell another ground: what is laid there later stands on ``ground``."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._cells[y][x] = (character, style, ground)

    def clear(self, x: int, y: int, width: int, ground: str) -> None:
        """Make so many cells from one on to the right another ground, and empty them."""
        for column in range(x, x + width):
            self.ground(column, y, " ", "", ground)

    def put(self, x: int, y: int, text: str, style: str = "") -> None:
        """Lay a text from a cell on to the right."""
        if not 0 <= y < self.height:
            return
        row = self._cells[y]
        for character in text:
            width = get_character_cell_size(character)
            if not width:
                if 0 < x <= self.width:
                    before, its_style, ground = row[x - 1]
                    row[x - 1] = (before + character, its_style, ground)
                continue
            if x >= 0 and x + width <= self.width:
                row[x] = (character, style, row[x][2])
                if width == 2:
                    row[x + 1] = ("", style, row[x][2])
            x += width

    def text(self, x: int, y: int, width: int) -> str:
        """Return what stands in so many cells from one on to the right."""
        cells = self._cells[y][max(0, x) : max(0, x + width)] if 0 <= y < self.height else []
        return "".join(cell[0] for cell in cells)

    def lay(self, x: int, y: int, rows: list[Content]) -> None:
        """Lay rows with styles of their own, such as a card, with the upper left at a cell."""
        for dy, row in enumerate(rows):
            end = 0
            for span in row.spans:  # in the order of the text, side by side
                if span.start > end:
                    self.put(x + end, y + dy, row.plain[end : span.start])
                self.put(x + span.start, y + dy, row.plain[span.start : span.end], str(span.style))
                end = span.end
            self.put(x + end, y + dy, row.plain[end:])

    def rows(self) -> list[Content]:
        """Return the rows."""
        return [_row(cells) for cells in self._cells]


def _row(cells: list[_Cell]) -> Content:
    text, spans = "", []
    for (style, ground), group in groupby(cells, lambda cell: cell[1:]):
        start = len(text)
        text += "".join(cell[0] for cell in group)
        style = f"{style} on {ground}" if ground and " on " not in f" {style}" else style
        if style:
            spans.append(Span(start, len(text), style))
    return Content(text, spans)
