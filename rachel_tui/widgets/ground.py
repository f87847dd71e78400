"""The felt itself: an oval of cloth in a wooden rim."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from rachel_tui.widgets.canvas import Canvas

_BACKGROUND = "$background"
_RIM = "$felt-rim"
_FELT = "$felt"


@lru_cache(32)
def ground(width: int, height: int, *, lines: bool, halves: bool = True) -> Canvas:
    """Return the empty felt; copy it before laying something on it.

    With ``lines`` the rim is drawn as a line and nothing is filled, for terminals whose colours
    are not ours to choose. Else each cell is two pixels, one above the other, unless there
    are no ``halves``: then the rim takes whole cells.
    """
    canvas = Canvas(width, height)
    if lines:
        _draw_rim(canvas)
        return canvas
    outer = [_reach(y, 2 * height, width / 2) for y in range(2 * height)]
    inner = _inner(outer)

    def pixel(x: int, y: int) -> str:
        away = abs(x + 0.5 - width / 2)
        return _FELT if away < inner[y] else _RIM if away < outer[y] else _BACKGROUND

    for y in range(height):
        for x in range(width):
            above, below = pixel(x, 2 * y), pixel(x, 2 * y + 1)
            if above == below:
                canvas.ground(x, y, " ", "", above)
            elif not halves:
                canvas.ground(x, y, " ", "", _RIM)
            elif above == _BACKGROUND:
                canvas.ground(x, y, "▄", below, above)
            else:
                canvas.ground(x, y, "▀", above, below)
    return canvas


def cloth_begins(y: int, width: int, height: int) -> int:
    """Return the first column of a row that is all cloth, 0 if none is; the right mirrors it."""
    inner = _inner([_reach(half, 2 * height, width / 2) for half in range(2 * height)])
    reach = min(inner[2 * y : 2 * y + 2], default=0.0)
    return ceil(width / 2 - reach) if reach > 0 else 0


def _inner(outer: Sequence[float]) -> list[float]:
    """Return how far the cloth reaches in rows of pixels in which the oval reaches so far.

    Cloth is what nothing beside the oval touches, not even at a corner: the rim has no gaps.
    """
    beside = [0.0, *outer, 0.0]
    return [min(beside[y : y + 3]) - 1 for y in range(len(outer))]


def _draw_rim(canvas: Canvas) -> None:
    width, height = canvas.width, canvas.height
    left = [round(width / 2 - _reach(y, height, width / 2)) for y in range(height)]
    for y in range(height):
        above = left[y - 1] if y else width // 2
        below = left[y + 1] if y + 1 < height else width // 2
        corner, run = left[y], max(above, below)
        upper = above > below or (above == below and y < height / 2)
        if run == corner:
            canvas.put(corner, y, "│", _RIM)
            canvas.put(width - 1 - corner, y, "│", _RIM)
            continue
        across = "─" * (run - corner - 1)
        first, last = ("╭", "╯") if upper else ("╰", "╮")
        if y in (0, height - 1):
            last = "─"
        canvas.put(corner, y, first + across + last, _RIM)
        mirrored = {"╭": "╮", "╰": "╯", "╯": "╰", "╮": "╭", "─": "─"}
        canvas.put(width - 1 - run, y, mirrored[last] + across + mirrored[first], _RIM)


def _reach(y: int, height: int, half_width: float) -> float:
    """Return how far the oval reaches from its middle in a row of pixels."""
    away = abs(2 * (y + 0.5) / height - 1)
    power = 4 if height >= 28 else 7
    return half_width * float((1 - away**power) ** (1 / power))
