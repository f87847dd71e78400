"""A player at the table in one line: what they are called, how many cards they hold."""

import re
from collections.abc import Sequence
from typing import Final

from textual.content import Content

from rachel_tui.words.seat_lines import SeatLine

_MARK_WIDTH: Final = 2
_COUNT_WIDTH: Final = 8
BACK: Final = "▮"
"""The back of a card that somebody holds."""
_NUMBER: Final = re.compile(r" ?\d{1,3}$")
PLACES: Final = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")


def seat_content(line: SeatLine, name_width: int, width: int) -> Content:
    """Return one seat in at most ``width`` cells, the name shortened to ``name_width``."""
    style = "bold" if line.to_act or line.is_me else ""
    name = Content.styled(short_name(names(line), name_width), style)
    content = Content.assemble(
        ("▶".ljust(_MARK_WIDTH) if line.to_act else " " * _MARK_WIDTH, "bold $caret"),
        name,
        " " * (name_width - name.cell_length + 1),
        _standing(line),
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


def _standing(line: SeatLine) -> Content:
    """Return how many cards the seat holds, or its place, and its presence in one word."""
    if line.place is not None:
        return Content.styled(f" out {PLACES[line.place]}", "bold $fits")
    if line.cards is None:
        return Content.styled(line.acts_short, "$faint")
    count = f"{line.cards:>2} card{'' if line.cards == 1 else 's'}".ljust(_COUNT_WIDTH)
    return Content.assemble(
        (count, "bold $warning" if line.cards == 1 else ""),
        " ",
        (line.acts_short.ljust(len("away")), "$faint"),
    )
