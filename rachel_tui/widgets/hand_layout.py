"""Where the cards of a hand stand, in a given number of columns and rows."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class CardSize(Enum):
    """How a card is drawn; the values are its width and height in cells, marks not included."""

    HUGE = (13, 9)
    LARGE = (9, 7)
    SMALL = (6, 4)
    HALF = (6, 3)
    EDGE = (6, 2)
    LINE = (9, 1)

    @property
    def width(self) -> int:
        """Cells from one edge of the card to the other."""
        return self.value[0]

    @property
    def height(self) -> int:
        """Rows of the card itself."""
        return self.value[1]

    @property
    def rows(self) -> int:
        """Rows it takes in a hand: a face also needs one to be raised and one for its marks."""
        if self is CardSize.LINE:
            return self.height
        return self.height + (1 if self in ROWS_OF_FACES else 2)


ROWS_OF_FACES: Final = (CardSize.HALF, CardSize.EDGE)
"""Upper ends of small faces, in rows of which the next lies on the one before."""
EDGE_STEP: Final = 3
"""Columns that each of them needs."""
OVERLAP_STEP: Final = {CardSize.HUGE: 5, CardSize.LARGE: 4, CardSize.SMALL: 3}
"""Columns of a face that stay visible, at least, when the next card lies on it."""

_FACES: Final = (CardSize.HUGE, CardSize.LARGE, CardSize.SMALL)

ARROW_COLUMNS: Final = 3
"""Columns kept free beside one-line cards: one at the left, two at the right for arrows."""


@dataclass(frozen=True, slots=True)
class HandLayout:
    """How a hand is laid out.

    Attributes:
        size: how cards are drawn.
        count: cards in the hand.
        step: columns from one card to the next.
        per_row: cards in a row.
        left: columns left of the first card.
        first_row: rows of cards scrolled out above, for lines only.
        rows: rows of cards that are visible.

    In several rows each card takes ``step`` columns, the last one, too.
    """

    size: CardSize
    count: int
    step: int
    per_row: int
    left: int = 0
    first_row: int = 0
    rows: int = 1

    @property
    def hidden_below(self) -> int:
        """Rows of cards that are scrolled out below."""
        total = -(-self.count // self.per_row)
        return max(0, total - self.first_row - self.rows)

    def marks_at(self, index: int) -> tuple[int, int]:
        """Return the column and the row in the hand of the marks below a card that is visible."""
        row, column = divmod(index, self.per_row)
        return self.left + column * self.step, (row - self.first_row + 1) * self.size.rows - 1

    def card_at(self, x: int, y: int) -> int | None:
        """Return the index of the card at a cell of the hand, or None beside the cards."""
        if x < self.left or not self.count:
            return None
        column = (x - self.left) // self.step
        if self.size in _FACES:
            column = min(column, self.count - 1)  # the last card shows its whole face
            inside = x - self.left - column * self.step < self.size.width
            return column if inside and y < self.size.rows else None
        row = y // self.size.rows
        index = (self.first_row + row) * self.per_row + column
        return index if column < self.per_row and row < self.rows and index < self.count else None


def lay_out(count: int, caret: int, width: int, height: int) -> HandLayout:
    """Return the best layout of ``count`` cards in ``width`` columns and ``height`` rows.

    Faces as large as they fit, though they overlap, in one row; else small ones in several rows. A
    hand too large for that becomes rows of one-line cards, scrolled so that the ``caret`` is
    visible.
    """
    for size in _FACES:
        if height >= size.rows:
            step = min(size.width, (width - size.width) // max(1, count - 1))
            if step >= OVERLAP_STEP[size]:
                return _one_row(size, step, count, width)
    for size in ROWS_OF_FACES:
        rows = height // size.rows
        per_row = -(-count // max(1, rows))
        step = min(size.width, width // max(1, per_row))
        if rows > 1 and step >= EDGE_STEP:
            left = (width - step * per_row) // 2
            return HandLayout(size, count, step, per_row, left=left, rows=rows)
    per_row = max(1, (width - ARROW_COLUMNS) // CardSize.LINE.width)
    rows = max(1, height)
    total = -(-count // per_row)
    first = max(0, min(caret // per_row - rows // 2, total - rows))
    return HandLayout(
        CardSize.LINE,
        count,
        CardSize.LINE.width,
        per_row,
        left=1,
        first_row=first,
        rows=min(rows, max(1, total - first)),
    )


def _one_row(size: CardSize, step: int, count: int, width: int) -> HandLayout:
    used = step * (count - 1) + size.width if count else 0
    return HandLayout(size, count, step, max(1, count), left=max(0, width - used) // 2)
