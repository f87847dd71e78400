"""Where the seats, the cards and the arrows stand on a felt of a given size."""

from dataclasses import dataclass
from enum import IntEnum
from math import cos, pi, sin
from typing import Final

from rachel_tui.widgets.hand_layout import CardSize

_ROUND_ROWS: Final = 15
"""From this many rows on, the seats stand all round; below, on both sides."""
_LARGE_ROWS: Final = 20
"""From this many rows on, the cards in the middle are large."""

_TALL_ROWS: Final = 26
"""From this many rows on, the fans are taller."""
_HUGE_ROWS: Final = 30
_HUGE_COLUMNS: Final = 100
"""From this size on, they are even larger."""
_ROOMY_SEATS: Final = 5
"""Up to this many seats there are three arrows between two of them, else one."""


class PlateSize(IntEnum):
    """How much is shown of a seat; the values are rows."""

    LINE = 1
    BACKS = 2
    FAN = 3
    TALL_FAN = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a seat stands: the upper left cell and the columns it has.

    Attributes:
        side: -1 at the left, 1 at the right of the table, 0 in the middle.
    """

    x: int
    y: int
    width: int
    side: int


@dataclass(frozen=True, slots=True)
class Seating:
    """A felt's geometry.

    Attributes:
        plate: how much is shown of each seat.
        spots: where they stand: the one at the bottom first, then clockwise.
        arrows: cells between them, with the way that clockwise play goes there: ← ↑ → ↓.
        cards: how the cards in the middle are drawn.
        centre: the upper left cell of the cards in the middle.
    """

    plate: PlateSize
    spots: tuple[Spot, ...]
    arrows: tuple[tuple[int, int, str], ...]
    cards: CardSize
    centre: tuple[int, int]

    @property
    def deck(self) -> tuple[int, int]:
        """The upper left cell of the deck."""
        return self.centre

    @property
    def pile(self) -> tuple[int, int]:
        """The upper left cell of the top card."""
        x, y = self.centre
        return x + self.cards.width + GAP, y


GAP: Final = 3
"""Columns between the deck and the top card."""


def seat_round(seats: int, width: int, height: int, *, own: bool) -> Seating:
    """Return how ``seats`` stand on a felt; ``own`` if the one at the bottom is the viewer's.

    The viewer's own seat takes one row only: its cards lie below the felt.
    """
    cards = CardSize.LARGE if height >= _LARGE_ROWS else CardSize.SMALL
    if height >= _HUGE_ROWS and width >= _HUGE_COLUMNS:
        cards = CardSize.HUGE
    middle = (height - cards.height - (1 if height < _ROUND_ROWS else 2)) // 2
    centre = ((width - 2 * cards.width - GAP) // 2, max(1, middle))
    if height < _ROUND_ROWS:
        plate = PlateSize.BACKS if height >= 10 else PlateSize.LINE
        spots, arrows = _beside(seats, width, height, plate, own=own)
    else:
        plate = PlateSize.TALL_FAN if height >= _TALL_ROWS else PlateSize.FAN
        spots, arrows = _around(seats, width, height, plate, own=own)
    free = [arrow for arrow in arrows if not any(_touches(arrow, spot, plate) for spot in spots)]
    return Seating(plate, tuple(spots), tuple(free), cards, centre)


def _touches(arrow: tuple[int, int, str], spot: Spot, plate: PlateSize) -> bool:
    x, y, _ = arrow
    return -2 < x - spot.x < spot.width + 1 and -1 < y - spot.y < plate.value


def _bottom(width: int, height: int, rows: int) -> Spot:
    room = min(40, width - 8)
    return Spot((width - room) // 2, height - rows, room, 0)


def _around(
    seats: int, width: int, height: int, plate: PlateSize, *, own: bool
) -> tuple[list[Spot], list[tuple[int, int, str]]]:
    room = max(18, min(24, width // 4))
    rows = plate.value
    spots = [_bottom(width, height, 1 if own else rows)]
    half_width, half_height = (width - room) / 2 - 2, (height - rows) / 2
    for seat in range(1, seats):
        x, y = _on_oval(seat / seats)
        side = 0 if abs(x) < 0.3 else 1 if x > 0 else -1
        left = width / 2 + x * half_width - room / 2
        top = (height - rows) / 2 + y * half_height
        spots.append(Spot(round(left), round(top), room, side))
    arrows = []
    for gap in range(seats):
        x, y = _on_oval((gap + 0.5) / seats)
        angle = 2 * pi * (gap + 0.5) / seats
        along = abs(cos(angle)) > 0.6
        way = ("←" if cos(angle) > 0 else "→") if along else ("↑" if sin(angle) > 0 else "↓")
        column = round(width / 2 + x * (width / 2 - 4))
        row = round((height - 1) / 2 + y * ((height - 1) / 2 - 1.5))
        dx, dy = (2, 0) if along else (0, 1)
        steps = (-1, 0, 1) if seats <= _ROOMY_SEATS else (0,)
        arrows += [(column + step * dx, row + step * dy, way) for step in steps]
    return spots, arrows


def _on_oval(share: float) -> tuple[float, float]:
    """Return the point, from -1 to 1, that is a share of the way round from the bottom."""
    x, y = -sin(2 * pi * share), cos(2 * pi * share)
    power = 0.7
    return (
        abs(x) ** power * (1 if x > 0 else -1),
        abs(y) ** power * (1 if y > 0 else -1),
    )


def _beside(
    seats: int, width: int, height: int, plate: PlateSize, *, own: bool
) -> tuple[list[Spot], list[tuple[int, int, str]]]:
    others = seats - 1
    a_side = others // 2
    room = max(16, (width - 30) // 2 if width >= 76 else (width - 24) // 2) - 2
    room = min(room, (width - 2 * CardSize.SMALL.width - GAP) // 2 - 3)
    rows = plate.value
    heights = _spread(a_side, height - 2, rows)
    left = [Spot(2, y, room, -1) for y in reversed(heights)]
    right = [Spot(width - 2 - room, y, room, 1) for y in heights]
    top = [Spot((width - 30) // 2, 0, 30, 0)] if others % 2 else []
    spots = [_bottom(width, height, 1 if own else rows), *left, *top, *right]
    middle = height // 2
    column = room + 3
    arrows = [(column, middle + dy, "↑") for dy in (-1, 0, 1)]
    arrows += [(width - 1 - column, middle + dy, "↓") for dy in (-1, 0, 1)]
    return spots, arrows


def _spread(count: int, room: int, rows: int) -> list[int]:
    """Return the top rows of ``count`` plates, evenly from row 1 down."""
    if count == 0:
        return []
    space = room - count * rows
    return [1 + i * rows + round(space * (i + 0.5) / count) for i in range(count)]
