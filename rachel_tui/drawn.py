"""What stands in the cells of a terminal, so that only those that change are sent.

Textual sends every row that has changed from its beginning, and each piece of it with all of its
style; when a panel opens or closes it sends the whole screen, several times. Over a slow line
that is what one waits for.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Offset, Size
from textual.strip import Strip

_Codes = tuple[str, str, str]
"""What a terminal is told of a style: attributes, colour, background."""
_Cell = tuple[str, _Codes]
_Part = tuple[int, int, list[_Cell]]
"""Cells of a row: the row, the first column, the cells."""

_GAP: Final = 4
"""Equal cells between two changes that are sent as well: going there costs as much."""
_ATTRIBUTES: Final = (
    ("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("blink", "5"),
    ("reverse", "7"), ("strike", "9"),
)  # fmt: skip
_DEFAULT: Final = Color.default()
_PLAIN: Final[_Codes] = ("", "39", "49")
_UNKNOWN: Final[_Cell] = ("\0", _PLAIN)
_AND_BACK: Final = ("\x1b7", "\x1b8")
"""Note where the cursor is, and with which style; go back there."""


class Drawn:
    """The cells of one terminal, and its cursor, as far as they are known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[_Cell]] = {}
        self._size = Size()
        self._cursor: Offset | None = None

    def forget(self) -> None:
        """Know nothing any more: the terminal was cleared, or another program wrote on it."""
        self._rows.clear()
        self._cursor = None

    def take(self, update: ChopsUpdate | LayoutUpdate, cursor: Offset) -> str:
        """Return what changes the terminal as an update says, and puts its cursor somewhere.

        It counts as sent.
        """
        if isinstance(update, ChopsUpdate):
            parts = _parts(update)
        else:
            parts = _rows(update)
            if update.region.size != self._size:
                self.forget()
                self._size = update.region.size
        sent, codes = list[str](), _PLAIN
        for y, x, cells in parts:
            for start, end in self._changes(y, x, cells):
                sent.append(f"\x1b[{y + 1};{x + start + 1}H")
                codes = _write(sent, cells[start:end], codes)
        if cursor == self._cursor:
            return "".join([_AND_BACK[0], *sent, _AND_BACK[1]]) if sent else ""
        self._cursor = cursor
        plain = "\x1b[m" if codes != _PLAIN else ""
        return "".join([*sent, plain, f"\x1b[{cursor.y + 1};{cursor.x + 1}H"])

    def _changes(self, y: int, x: int, cells: list[_Cell]) -> list[tuple[int, int]]:
        """Note what stands in a row from column ``x`` on; return which of it has to be sent."""
        known = self._rows.setdefault(y, [])
        known += [_UNKNOWN] * (x + len(cells) - len(known))
        old = known[x : x + len(cells)]
        if old == cells:
            return []
        known[x : x + len(cells)] = cells
        if old[0] is _UNKNOWN:
            return [(0, len(cells))]
        texts = [text for text, _ in cells]
        if {*map(len, texts), *(len(text) for text, _ in old)} != {1}:
            # Terminals do not agree on the width of every character: all or nothing.
            return [(0, len(cells))]
        row, changes = "".join(texts), list[tuple[int, int]]()
        end = 0
        for differ, run in groupby(range(len(cells)), lambda column: old[column] != cells[column]):
            if differ:
                columns = list(run)
                start = _text_around(row, cells, columns[0])[0]
                if changes and start - end <= _GAP:
                    start = changes.pop()[0]
                end = max(end, _text_around(row, cells, columns[-1])[1])
                changes.append((start, end))
        return changes


def _text_around(row: str, cells: list[_Cell], column: int) -> tuple[int, int]:
    """Return where the text at a column begins and ends: at another style, or at a wide gap.

    Words are sent whole, so that whoever reads the stream, a braille display or a log, reads them;
    of a clock, what stands after the colon.
    """
    style = cells[column][1]
    start, end = column, column + 1
    while (
        start
        and cells[start - 1][1] == style
        and row[max(0, start - 2) : start].strip(" ")
        and not (row[start - 1] == ":" and row[start].isdigit())
    ):
        start -= 1
    while end < len(row) and cells[end][1] == style and row[end : end + 2].strip(" "):
        end += 1
    return start, end


def _rows(update: LayoutUpdate) -> Iterator[_Part]:
    for y, strips in enumerate(update.strips, update.region.y):
        yield y, update.region.x, [cell for strip in strips for cell in _cells(strip)]


def _parts(update: ChopsUpdate) -> Iterator[_Part]:
    """Return whole pieces, of which parts may be as before: a wide character is never cut.

    Pieces beside what has changed are no picture of the screen: widgets there may be missing.
    """
    for y, start, end in update.spans:
        for (x, strip), piece_end in zip(
            update.chops[y].items(), update.chop_ends[y], strict=False
        ):
            if strip is not None and x < end and piece_end > start:
                yield y, x, _cells(strip)


def _cells(strip: Strip) -> list[_Cell]:
    """Return a cell for each column; right of a wide character stands an empty one."""
    cells: list[_Cell] = []
    for text, style, _ in strip:
        codes = _PLAIN if style is None else _codes(style)
        if text.isascii() or cell_len(text) == len(text):
            cells += [(character, codes) for character in text]
            continue
        for character in text:
            width = cell_len(character)
            if width:
                cells += [(character, codes), ("", codes)][:width]
            elif cells:
                cells[-1] = (cells[-1][0] + character, codes)
    return cells


def _write(sent: list[str], cells: list[_Cell], before: _Codes) -> _Codes:
    """Append what writes cells, each style as the difference to the one before.

    Return the codes that hold then.
    """
    for text, codes in cells:
        if codes != before:
            sent.append(_change(before, codes))
            before = codes
        sent.append(text)
    return before


@lru_cache(4096)
def _codes(style: Style) -> _Codes:
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
