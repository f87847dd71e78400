"""Where the seats, the cards and the arrows stand on a felt of a given size."""

from dataclasses import dataclass
from enum import IntEnum
from math import cos, pi, sin
from typing import Final

from rachel_tui.widgets.ground import cloth_begins
from rachel_tui.widgets.hand_layout import CardSize

_INSIDE_ROWS: Final = 10
"""From this many rows on, all seats are inside the rim; below, some lie on it."""
_ROUND_ROWS: Final = 15
"""From this many rows on, the seats stand all round; below, on both sides."""
_LARGE_ROWS: Final = 20
_LARGE_COLUMNS: Final = 60
"""From this size on, the cards in the middle are large."""

_TALL_ROWS: Final = 23
_TALL_COLUMNS: Final = 76
"""From this size on, the fans are taller, and eight of them still do not touch."""
_HUGE_ROWS: Final = 30
_HUGE_COLUMNS: Final = 100
"""From this size on, they are even larger, and so are the fans."""
_ROOMY_SEATS: Final = 5
"""Up to this many seats there are three arrows between two of them, else one."""


class PlateSize(IntEnum):
    """How much is shown of a seat; the values are rows."""

    LINE = 1
    BACKS = 2
    FAN = 3
    TALL_FAN = 4
    GREAT_FAN = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a seat stands: the upper left cell and the columns it has.

    Attributes:
        side: -1 at the left, 1 at the right of the table, 0 in the middle.
        plate: how much is shown of it.
    """

    x: int
    y: int
    width: int
    side: int
    plate: PlateSize


@dataclass(frozen=True, slots=True)
class Seating:
    """A felt's geometry.

    Attributes:
        spots: where they stand: the one at the bottom first, then clockwise.
        arrows: cells between them, with the way that clockwise play goes there: ← ↑ → ↓.
        cards: how the cards in the middle are drawn.
        centre: the upper left cell of the cards in the middle.
    """

    spots: tuple[Spot, ...]
    arrows: tuple[tuple[int, int, str], ...]
    cards: CardSize
    centre: tuple[int, int]

    @property
    def plaque_rows(self) -> int:
        """How many rows there are between the cards and the seat at the bottom."""
        return self.spots[0].y - self.centre[1] - self.cards.height

    @property
    def middle(self) -> tuple[int, int]:
        """The upper left cell of a deck that lies there alone."""
        x, y = self.centre
        return x + (self.cards.width + GAP) // 2, y

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
PLAQUE_ROWS: Final = 2
"""Rows for what must be answered, below them."""


def seat_round(seats: int, width: int, height: int, *, own: bool) -> Seating:
    """Return how ``seats`` stand on a felt; ``own`` if the one at the bottom is the viewer's.

    The viewer's own seat takes one row only: its cards lie below the felt.
    """
    is_large = height >= _LARGE_ROWS and width >= _LARGE_COLUMNS
    cards = CardSize.LARGE if is_large else CardSize.SMALL
    if _is_huge(width, height):
        cards = CardSize.HUGE
    middle = (height - cards.height - (1 if height < _ROUND_ROWS else 2)) // 2
    centre = ((width - 2 * cards.width - GAP) // 2, max(1, middle))
    rim = 1 if height >= _INSIDE_ROWS else 0
    if height < _ROUND_ROWS:
        spots, arrows = _beside(seats, width, height, rim, above=centre[1], own=own)
    else:
        spots, arrows = _around(seats, width, height, rim, own=own)
    free = [arrow for arrow in arrows if not any(_touches(arrow, spot) for spot in spots)]
    return Seating(tuple(spots), tuple(free), cards, centre)


def _is_huge(width: int, height: int) -> bool:
    return height >= _HUGE_ROWS and width >= _HUGE_COLUMNS


def _touches(arrow: tuple[int, int, str], spot: Spot) -> bool:
    x, y, _ = arrow
    return -2 < x - spot.x < spot.width + 1 and -1 < y - spot.y < spot.plate.value


def _bottom(width: int, height: int, rim: int, plate: PlateSize) -> Spot:
    room = min(40, width - 8)
    return Spot((width - room) // 2, height - rim - plate.value, room, 0, plate)


def _around(
    seats: int, width: int, height: int, rim: int, *, own: bool
) -> tuple[list[Spot], list[tuple[int, int, str]]]:
    room = max(18, min(24, width // 4))
    is_tall = height >= _TALL_ROWS and width >= _TALL_COLUMNS
    plate = PlateSize.TALL_FAN if is_tall else PlateSize.FAN
    if _is_huge(width, height):
        plate = PlateSize.GREAT_FAN
    rows = plate.value
    spots = [_bottom(width, height, rim, PlateSize.LINE if own else plate)]
    half_width, half_height = (width - room) / 2 - 2, (height - rows) / 2 - rim
    for seat in range(1, seats):
        x, y = _on_oval(seat / seats)
        side = 0 if abs(x) < 0.3 else 1 if x > 0 else -1
        top = round((height - rows) / 2 + y * half_height)
        left = round(width / 2 + x * half_width - room / 2)
        begins = 1 + _cloth(top, plate, width, height)
        left = min(max(left, begins), width - begins - room)
        spots.append(Spot(left, top, room, side, plate))
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


def _cloth(top: int, plate: PlateSize, width: int, height: int) -> int:
    """Return from which column on a plate whose first row is ``top`` lies on cloth."""
    return max(cloth_begins(row, width, height) for row in range(top, top + plate.value))


def _on_oval(share: float) -> tuple[float, float]:
    """Return the point, from -1 to 1, that is a share of the way round from the bottom."""
    x, y = -sin(2 * pi * share), cos(2 * pi * share)
    power = 0.7
    return (
        abs(x) ** power * (1 if x > 0 else -1),
        abs(y) ** power * (1 if y > 0 else -1),
    )


def _beside(
    seats: int, width: int, height: int, rim: int, *, above: int, own: bool
) -> tuple[list[Spot], list[tuple[int, int, str]]]:
    """Return the spots, and the arrows; ``above`` are the rows above the cards in the middle."""
    plate = PlateSize.BACKS if height >= _INSIDE_ROWS else PlateSize.LINE
    others = seats - 1
    a_side = others // 2
    room = max(16, (width - 30) // 2 if width >= 76 else (width - 24) // 2) - 2
    room = min(room, (width - 2 * CardSize.SMALL.width - GAP) // 2 - 4)
    heights = _spread(a_side, height - 2, plate.value)
    begins = {y: max(2, _cloth(y, plate, width, height)) for y in heights}
    left = [Spot(begins[y], y, room + 2 - begins[y], -1, plate) for y in reversed(heights)]
    right = [Spot(width - room - 2, y, room + 2 - begins[y], 1, plate) for y in heights]
    fits = plate if rim + plate.value <= above else PlateSize.LINE
    top = [Spot((width - 30) // 2, rim, 30, 0, fits)] if others % 2 else []
    below = height - rim - above - CardSize.SMALL.height - PLAQUE_ROWS
    low = PlateSize.LINE if own or below < plate.value else plate
    spots = [_bottom(width, height, rim, low), *left, *top, *right]
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
