"""What stands in the cells of a terminal, so that only those that change are sent.

Textual sends every row that has changed from its beginning, and each piece of it with all of its
style; when a panel opens or closes it sends the whole screen, several times. Over a slow line
that is what one waits for.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

_Cell = tuple[str, Style | None]
_Part = tuple[int, int, list[_Cell]]
"""Cells of a row: the row, the first column, the cells."""

_GAP: Final = 4
"""Equal cells between two changes that are sent as well: going there costs as much."""
_ATTRIBUTES: Final = (
    ("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("blink", "5"),
    ("reverse", "7"), ("strike", "9"),
)  # fmt: skip
_Codes = tuple[str, str, str]
_DEFAULT: Final = Color.default()
_PLAIN: Final[_Codes] = ("", "39", "49")


class Drawn:
    """The cells of one terminal, as far as they are known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[_Cell]] = {}
        self._size = Size()

    def forget(self) -> None:
        """Know nothing any more: the terminal was cleared, or another program wrote on it."""
        self._rows.clear()

    def changes(self, update: CompositorUpdate) -> CompositorUpdate:
        """Return what is left to be sent of an update."""
        return _Changes(self, update)

    def take(self, update: CompositorUpdate) -> str | None:
        """Return what changes the terminal as an update says, None for one that is not known.

        It counts as sent.
        """
        if isinstance(update, ChopsUpdate):
            parts = _parts(update)
        elif isinstance(update, LayoutUpdate):
            parts = _rows(update)
            if update.region.size != self._size:
                self.forget()
                self._size = update.region.size
        else:
            return None
        return "".join(self._row(y, x, cells) for y, x, cells in parts)

    def _row(self, y: int, x: int, cells: list[_Cell]) -> str:
        """Return what makes the cells of a row from column ``x`` on look like ``cells``."""
        known = self._rows.setdefault(y, [])
        known += [("\0", None)] * (x + len(cells) - len(known))
        old = known[x : x + len(cells)]
        if old == cells:
            return ""
        known[x : x + len(cells)] = cells
        if any(len(text) != 1 for text, _ in [*old, *cells]):
            # Terminals do not agree on the width of every character: all or nothing.
            return _sent(y, x, cells)
        parts: list[list[int]] = []
        for column, (was, cell) in enumerate(zip(old, cells, strict=True)):
            if was == cell or (parts and column < parts[-1][1]):
                continue
            start, end = _text_around(cells, column)
            if parts and start - parts[-1][1] <= _GAP:
                parts[-1][1] = end
            else:
                parts.append([start, end])
        return "".join(_sent(y, x + start, cells[start:end]) for start, end in parts)


def _text_around(cells: list[_Cell], column: int) -> tuple[int, int]:
    """Return where the text at a column begins and ends: at another style, or at a wide gap.

    Words are sent whole, so that whoever reads the stream, a braille display or a log, reads them;
    of a clock, what stands after the colon.
    """
    style = cells[column][1]
    start, end = column, column + 1
    while (
        start
        and cells[start - 1][1] == style
        and not _is_gap(cells, start - 2)
        and not (cells[start - 1][0] == ":" and cells[start][0].isdigit())
    ):
        start -= 1
    while end < len(cells) and cells[end][1] == style and not _is_gap(cells, end):
        end += 1
    return start, end


def _is_gap(cells: list[_Cell], column: int) -> bool:
    """Tell whether two spaces, or a space at an edge, begin at a column."""
    return all(text == " " for text, _ in cells[max(0, column) : column + 2])


class _Changes(CompositorUpdate):
    """The changes that an update makes, found out when it is sent."""

    def __init__(self, drawn: Drawn, update: CompositorUpdate) -> None:
        self._drawn = drawn
        self._update = update

    def render_segments(self, console: Console) -> str:
        changes = self._drawn.take(self._update)
        return self._update.render_segments(console) if changes is None else changes


def _rows(update: LayoutUpdate) -> Iterator[_Part]:
    for y, strips in enumerate(update.strips, update.region.y):
        yield y, update.region.x, [cell for strip in strips for cell in _cells(strip)]


def _parts(update: ChopsUpdate) -> Iterator[_Part]:
    """Return whole pieces, of which parts may be as before: a wide character is never cut."""
    for y, _, end in update.spans:
        for x, strip in update.chops[y].items():
            if strip is not None and x < end:
                yield y, x, _cells(strip)


def _cells(strip: Strip) -> list[_Cell]:
    """Return a cell for each column; right of a wide character stands an empty one."""
    cells: list[_Cell] = []
    for text, style, _ in strip:
        if text.isascii() or cell_len(text) == len(text):
            cells += [(character, style) for character in text]
            continue
        for character in text:
            width = cell_len(character)
            if width:
                cells += [(character, style), ("", style)][:width]
            elif cells:
                cells[-1] = (cells[-1][0] + character, style)
    return cells


def _sent(y: int, x: int, cells: Iterable[_Cell]) -> str:
    """Return what writes cells from a place on: each style as the difference to the one before."""
    sent, before = [f"\x1b[{y + 1};{x + 1}H"], _PLAIN
    for text, style in cells:
        codes = _PLAIN if style is None else _codes(style)
        if codes != before:
            sent.append(_change(before, codes))
            before = codes
        sent.append(text)
    return "".join(sent) + "\x1b[m"


@lru_cache(4096)
def _codes(style: Style) -> _Codes:
    """Return the codes of a style: attributes, colour, background."""
    attributes = ";".join(code for name, code in _ATTRIBUTES if getattr(style, name))
    color, background = style.color or _DEFAULT, style.bgcolor or _DEFAULT
    return (
        attributes,
        ";".join(color.get_ansi_codes(foreground=True)),
        ";".join(background.get_ansi_codes(foreground=False)),
    )


@lru_cache(4096)
def _change(before: _Codes, codes: _Codes) -> str:
    start = []
    if before[0] != codes[0]:
        if before[0]:
            start, before = ["0"], _PLAIN
        if codes[0]:
            start.append(codes[0])
    changed = [code for was, code in zip(before[1:], codes[1:], strict=True) if was != code]
    return f"\x1b[{';'.join([*start, *changed])}m"
