"""The players at the table, one line per seat, in the order of the seats."""

import re
from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive

from rachel_tui.widgets.rows import Rows
from rachel_tui.words.seat_lines import Presence, SeatLine

_MARK_WIDTH: Final = 2
_COUNT_WIDTH: Final = 8
BACK: Final = "▮"
"""The back of a card that somebody holds."""
_WIDE: Final = 46
"""From this many columns on, presence is written in full."""

_SHORT: Final = len("away")
"""Columns for the presence in one word."""
_NUMBER: Final = re.compile(r" ?\d{1,3}$")
PLACES: Final = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")


class Opponents(Rows):
    """Shows names, how many cards each holds, who is away or out, and whose turn it is.

    Attributes:
        lines: the seats from seat 0 on.
    """

    BORDER_TITLE = "Players"

    lines: reactive[tuple[SeatLine, ...]] = reactive((), repaint=False)

    def watch_lines(self, before: tuple[SeatLine, ...], now: tuple[SeatLine, ...]) -> None:
        """Draw what is new; lay out the screen anew only when there are more seats, or fewer."""
        if len(before) == len(now):
            self.redraw()
        else:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return a row for every seat."""
        return len(self.lines)

    def rows(self) -> list[Content]:
        """Return the seats."""
        width = self.size.width
        longest = max((_cells(names(line)[0]) for line in self.lines), default=0)
        room = width - _MARK_WIDTH - 1 - _COUNT_WIDTH - 1
        room -= len(Presence.AWAY.value) if width >= _WIDE else _SHORT
        name_width = max(1, min(longest, room))
        return [seat_content(line, name_width, width) for line in self.lines]


def seat_content(line: SeatLine, name_width: int, width: int) -> Content:
    """Return one seat in at most ``width`` cells, the name shortened to ``name_width``."""
    style = "bold" if line.to_act or line.is_me else ""
    name = Content.styled(short_name(names(line), name_width), style)
    content = Content.assemble(
        ("▶".ljust(_MARK_WIDTH) if line.to_act else " " * _MARK_WIDTH, "bold $caret"),
        name,
        " " * (name_width - name.cell_length + 1),
        _standing(line, wide=width >= _WIDE),
    )
    backs = f" {BACK * (line.cards or 0)}"
    fits = len(backs) <= width - content.cell_length
    return content.append_text(backs, "$back") if fits else content


def short_name(forms: Sequence[str], width: int) -> str:
    """Return the first of a name's ``forms`` that fits, or else the last one, shortened.

    A number at the end stays: hosts add it to tell apart players who asked for the same name.
    """
    for form in forms:
        if _cells(form) <= width:
            return form
    end = _NUMBER.search(forms[-1])
    number = end[0] if end and _cells(end[0]) < width - 1 else ""
    head = Content(forms[-1].removesuffix(number))
    return head.truncate(width - _cells(number), ellipsis=True).plain + number


def names(line: SeatLine) -> tuple[str, ...]:
    """Return how a seat may be called, the clearest form first."""
    if not line.is_me:
        return (line.name,)
    return (f"You ({line.name})", f"You: {line.name}") if line.name else ("You",)


def _cells(text: str) -> int:
    return Content(text).cell_length


def _standing(line: SeatLine, *, wide: bool) -> Content:
    """Return how many cards the seat holds, or its place, and its presence in words."""
    acts = line.acts if wide else line.acts_short
    if line.place is not None:
        return Content.styled(f" out {PLACES[line.place]}", "bold $fits")
    if line.cards is None:
        return Content.styled(acts, "$faint")
    count = f"{line.cards:>2} card{'' if line.cards == 1 else 's'}".ljust(_COUNT_WIDTH)
    room = len(Presence.AWAY.value) if wide else _SHORT
    return Content.assemble(
        (count, "bold $warning" if line.cards == 1 else ""),
        " ",
        (acts.ljust(room), "$faint"),
    )
