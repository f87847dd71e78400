"""The felt's rim: closed at every size, in half cells, whole cells and lines."""

import pytest

from rachel_tui.widgets.canvas import Canvas
from rachel_tui.widgets.ground import cloth_begins, ground
from rachel_tui.widgets.seating import GAP, PLAQUE_ROWS, seat_round

SIZES = [(width, height) for width in (58, 97, 143) for height in range(5, 46)]
ARMS = {
    "─": {(-1, 0), (1, 0)},
    "│": {(0, -1), (0, 1)},
    "╭": {(1, 0), (0, 1)},
    "╮": {(-1, 0), (0, 1)},
    "╰": {(1, 0), (0, -1)},
    "╯": {(-1, 0), (0, -1)},
}
"""Where each line leads."""


def pixels(canvas: Canvas) -> list[str]:
    """Return the pixels of a felt, two rows for each of its cells: outside, rim or cloth."""
    signs = {"$background": " ", "$felt-rim": "#", "$felt": "."}
    upper_and_lower = []
    for row in canvas.rows():
        styles = [""] * canvas.width
        for span in row.spans:
            styles[span.start : span.end] = [str(span.style)] * (span.end - span.start)
        pairs = []
        for character, style in zip(row.plain, styles, strict=True):
            colour, _, back = style.rpartition("on ")
            text, back = signs.get(colour.strip(), ""), signs[back]
            pairs.append({" ": (back, back), "▀": (text, back), "▄": (back, text)}[character])
        upper_and_lower += ["".join(half) for half in zip(*pairs, strict=True)]
    return upper_and_lower


@pytest.mark.parametrize("halves", [True, False], ids=["half cells", "whole cells"])
def test_the_rim_has_no_gap(*, halves: bool) -> None:
    for width, height in SIZES:
        rows = pixels(ground(width, height, lines=False, halves=halves))
        bare = " " * (width + 2)
        rows = [bare, *(f" {row} " for row in rows), bare]
        assert any("." in row for row in rows)
        for y, row in enumerate(rows):
            for x, sign in enumerate(row):
                if sign == ".":
                    around = "".join(other[x - 1 : x + 2] for other in rows[y - 1 : y + 2])
                    assert " " not in around, (width, height, x, y)


def test_the_rim_of_lines_has_no_gap() -> None:
    for width, height in SIZES:
        rows = [row.plain for row in ground(width, height, lines=True).rows()]
        drawn = {
            (x, y): ARMS[sign]
            for y, row in enumerate(rows)
            for x, sign in enumerate(row)
            if sign != " "
        }
        for (x, y), arms in drawn.items():
            for dx, dy in arms:
                assert (-dx, -dy) in drawn.get((x + dx, y + dy), set()), (width, height, x, y)


@pytest.mark.parametrize("seats", [2, 3, 4, 5, 6, 7, 8])
def test_seats_stand_on_the_cloth_not_on_the_rim(seats: int) -> None:
    for width, height in SIZES:
        if height < 10 or (height < 15 and seats > 6):
            continue  # there is no room inside
        for spot in seat_round(seats, width, height, own=True).spots:
            short = spot.x if spot.side else width // 2 - 10
            for row in range(spot.y, spot.y + spot.plate.value):
                begins = cloth_begins(row, width, height)
                assert 0 < begins <= short, (width, height, spot)
                assert spot.side <= 0 or spot.x + spot.width <= width - begins, (width, height)


@pytest.mark.parametrize("own", [True, False], ids=["playing", "watching"])
def test_what_must_be_answered_covers_no_seat(*, own: bool) -> None:
    for width, height in SIZES:
        if height >= 10:
            assert seat_round(4, width, height, own=own).plaque_rows >= PLAQUE_ROWS, height


@pytest.mark.parametrize("seats", [2, 4, 6, 8])
def test_the_cards_cover_no_arrow(seats: int) -> None:
    """Also on the narrow felt of a replay."""
    for width in (40, 46, 52, 58, 97, 143):
        seating = seat_round(seats, width, 12, own=True)
        begins = seating.centre[0]
        ends = begins + 2 * seating.cards.width + GAP
        assert not [x for x, _, _ in seating.arrows if begins <= x < ends], width
