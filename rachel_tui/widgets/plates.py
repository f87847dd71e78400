"""What is shown of a seat on the felt: name, who plays, cards or place, whose turn it is."""

from typing import Final

from textual.content import Content

from rachel_tui.widgets.canvas import Canvas
from rachel_tui.widgets.opponents import BACK, PLACES, names, short_name
from rachel_tui.widgets.seating import PlateSize, Spot
from rachel_tui.words.hints import plural
from rachel_tui.words.seat_lines import Presence, SeatLine

_LONG: Final = 18
"""From this many columns on, cards are counted in words."""
_GREAT: Final = 5
"""From this many rows on, a fan's cards are larger, and more is seen of those that lie below."""
_FREE: Final = "○ free"
"""What a free seat is called where there is little room."""
_TURN: Final = "bold $turn-text on $turn-back"
_FAINT: Final = "$felt-faint"
_BACK: Final = "$card-back-line on $card-back"


def lay_plate(canvas: Canvas, line: SeatLine, spot: Spot) -> None:
    """Lay a seat on its spot, aligned to its side of the table; on cloth where the rim is."""
    width, size = spot.width, spot.plate
    if size is PlateSize.LINE or line.is_me:
        rows = [_title(line, width, counts=True)]
    elif size is PlateSize.BACKS:
        rows = [_title(line, width), _backs(line, width)]
    else:
        title = _title(line, width, counts=spot.side == 0)
        rows = [title, *_fan(line, size.value - 1, width, spot.side)]
    for dy, row in enumerate(rows):
        free = max(0, width - row.cell_length)
        before = 0 if spot.side < 0 else free if spot.side > 0 else free // 2
        canvas.clear(spot.x + before, spot.y + dy, row.cell_length, "$felt")
        canvas.lay(spot.x + before, spot.y + dy, [row])


def _title(line: SeatLine, width: int, *, counts: bool = False) -> Content:
    count = Content("")
    if counts:
        count = Content.assemble(" ", _count(line, long=width >= _LONG))
    acts = line.acts_short
    after = Content.assemble(count, (f" {acts}" if acts else "", _FAINT))
    if line.presence is Presence.FREE and after.cell_length > width:
        return Content.styled(_FREE, _FAINT)
    mark = "▶ " if line.to_act else ""
    room = width - after.cell_length - len(mark) - (2 if line.to_act else 0)
    name = short_name(names(line), max(1, room))
    if line.to_act:
        return Content.assemble((f" {mark}{name} ", _TURN), after)
    return Content.assemble((name, "bold"), after)


def _count(line: SeatLine, *, long: bool) -> Content:
    if line.place is not None:
        return Content.styled(f"out {PLACES[line.place]}", "bold $fits")
    if line.cards is None:
        return Content("")
    text = plural(line.cards, "card") if long else f"{BACK}{line.cards}"
    return Content.styled(text, "bold $warning" if line.cards == 1 else _FAINT)


def _backs(line: SeatLine, width: int) -> Content:
    count = _count(line, long=True)
    if line.place is not None or not line.cards:
        return count
    both = Content.assemble((BACK * line.cards, "$fan"), " ", count)
    return both if both.cell_length <= width else count  # one back for each card, or none


def _fan(line: SeatLine, height: int, width: int, side: int) -> list[Content]:
    """Return the cards of a seat as backs that lie on each other, in ``height`` rows."""
    count = _count(line, long=True)
    if line.place is not None or not line.cards:
        return [count] if side else []
    step, face = (2, 5) if height >= _GREAT else (1, 2)
    behind = min(line.cards - 1, (width - count.cell_length - face - 3) // step)
    upper, middle, lower = (
        Content.styled(f"{left}{fill * (step - 1)}" * behind + left + fill * face + right, _BACK)
        for left, fill, right in ("╭─╮", "│╳│", "╰─╯")
    )
    rows = [upper, *[middle] * (height - 2)]
    if side > 0:
        return [*rows, Content.assemble(count, " ", lower)]
    if side < 0:
        return [*rows, Content.assemble(lower, " ", count)]
    return [*rows, lower]
