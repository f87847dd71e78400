"""The text of the rules, with what was sought in it marked."""

import re
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Final, NamedTuple

from textual.content import Content
from textual.geometry import Size

from rachel_tui.widgets.card_faces import CardLook, face_lines
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.rules_text import RULES, Paragraph

_PICTURES_FROM: Final = 70
"""Columns from which on there is room for pictures of cards beside the text."""
_PICTURES_WIDTH: Final = 2 * CardSize.SMALL.width + 2
_BETWEEN: Final = 4
_FOUND: Final = "bold underline"
_HERE: Final = "bold reverse"
"""How a place looks that was found, and the one that was gone to: also without colours."""


class FoundPlace(NamedTuple):
    """Where in the rules something was found: the column of text, and the row in it."""

    column: int
    row: int


class RulesPage(Rows):
    """The paragraphs below each other, one of them marked.

    Attributes:
        sought: the letters that are marked wherever they are, empty for none.
        here: the place that was gone to.
    """

    def __init__(self, marked: str) -> None:
        super().__init__()
        self._marked = marked
        self.sought = ""
        self.here: FoundPlace | None = None

    def show(self, sought: str, here: FoundPlace | None) -> None:
        """Mark where some letters are, and of these places the one that was gone to."""
        self.sought, self.here = sought, here
        self.redraw()

    def places(self, sought: str) -> list[FoundPlace]:
        """Return the rows in which some letters are, whatever their case, in reading order."""
        return [
            FoundPlace(column, row)
            for column, paragraphs in enumerate(self._laid(self.size.width, sought))
            for row, text in enumerate(chain(*paragraphs))
            if any(span.style == _FOUND for span in text.spans)
        ]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the rules take in ``width`` cells."""
        return max(_height(column) for column in self._laid(width))

    def rows(self) -> list[Content]:
        """Return the rules."""
        columns = [list(chain(*each)) for each in self._laid(self.size.width, self.sought)]
        if self.here is not None and self.here.row < len(columns[self.here.column]):
            rows = columns[self.here.column]
            rows[self.here.row] = _gone_to(rows[self.here.row])
        first, *others = columns
        if not others:
            return first
        width = _column_width(self.size.width) + _BETWEEN
        return [
            left.pad_right(width - left.cell_length) + right
            for left, right in zip_longest(first, *others, fillvalue=Content())
        ]

    def first_row(self, index: int) -> int:
        """Return the row where a paragraph begins."""
        first, *others = self._laid(self.size.width)
        if index < len(first):
            return _height(first[:index])
        return _height(others[0][: index - len(first)])

    def _laid(self, width: int, sought: str = "") -> list[list[list[Content]]]:
        """Return the rows of each paragraph, in a column or in two of about the same height."""
        column = _column_width(width)
        laid = [_laid(each, column, sought, marked=each.key == self._marked) for each in RULES]
        if column == width:
            return [laid]
        halves = [[laid[:cut], laid[cut:]] for cut in range(1, len(laid))]
        return min(halves, key=lambda both: max(map(_height, both)))


def _column_width(width: int) -> int:
    """Return how wide a column is where ``width`` cells hold one or two of them."""
    half = (width - _BETWEEN) // 2
    return half if half >= _PICTURES_FROM else width


def _height(paragraphs: list[list[Content]]) -> int:
    return sum(map(len, paragraphs))


@lru_cache(256)
def _laid(paragraph: Paragraph, width: int, sought: str, *, marked: bool) -> list[Content]:
    """Return the rows of a paragraph, with its cards beside it where there is room."""
    pictures = _pictures(paragraph.cards) if width >= _PICTURES_FROM else []
    indent = _PICTURES_WIDTH if width >= _PICTURES_FROM else 0
    mark = "▶ " if marked else ""
    heading = _marked(paragraph.heading, sought).stylize_before("bold $caret")
    rows = [Content.assemble((mark, "bold $caret"), heading)]
    rows += _marked(paragraph.text, sought).wrap(max(1, width - indent))
    if not indent:
        return [*rows, Content("")]
    blank = Content(" " * indent)
    height = max(len(rows), len(pictures))
    left = [picture.pad_right(2) for picture in pictures] + [blank] * (height - len(pictures))
    rows += [Content("")] * (height - len(rows))
    joined = [Content.assemble(a, b) for a, b in zip(left, rows, strict=True)]
    return [*joined, Content("")]


def _marked(text: str, sought: str) -> Content:
    """Return a text with the places marked where some letters are."""
    content = Content(text)
    if sought:
        for found in re.finditer(re.escape(sought), text, re.IGNORECASE):
            content = content.stylize(_FOUND, *found.span())
    return content


def _gone_to(row: Content) -> Content:
    """Return a row in which what was found stands out."""
    for span in row.spans:
        if span.style == _FOUND:
            row = row.stylize(_HERE, span.start, span.end)
    return row


def _pictures(cards: tuple[int, ...]) -> list[Content]:
    """Return the rows of cards side by side, none without cards."""
    faces = [face_lines(CardLook(card), CardSize.SMALL) for card in cards]
    return [Content("").join(row) for row in zip(*faces, strict=True)]
