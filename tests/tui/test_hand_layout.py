"""Every hand has a place in every terminal that is large enough, and its caret is visible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rachel_tui.widgets.hand_layout import CardSize, lay_out

USUAL = (80, 6)
NARROW = (60, 6)
TALL = (200, 9)
VAST = (200, 11)


@pytest.mark.parametrize(
    ("count", "space", "size"),
    [
        (7, TALL, CardSize.LARGE),
        (48, TALL, CardSize.LARGE),
        (49, TALL, CardSize.SMALL),
        (15, (120, 9), CardSize.LARGE),
        (24, VAST, CardSize.HUGE),
        (39, VAST, CardSize.LARGE),
        (7, USUAL, CardSize.SMALL),
        (25, USUAL, CardSize.SMALL),
        (26, USUAL, CardSize.EDGE),
        (52, USUAL, CardSize.EDGE),
        (10, NARROW, CardSize.SMALL),
        (19, NARROW, CardSize.SMALL),
        (20, NARROW, CardSize.EDGE),
        (40, NARROW, CardSize.EDGE),
        (41, NARROW, CardSize.LINE),
        (40, (120, 9), CardSize.HALF),
    ],
)
def test_faces_give_way_as_the_hand_grows(
    count: int, space: tuple[int, int], size: CardSize
) -> None:
    assert lay_out(count, 0, *space).size is size


def test_faces_overlap_before_they_give_way() -> None:
    side_by_side, overlapping = lay_out(13, 0, *USUAL), lay_out(14, 0, *USUAL)
    assert side_by_side.step == CardSize.SMALL.width
    assert overlapping.step < CardSize.SMALL.width


def test_a_hand_beyond_the_last_row_scrolls_with_the_caret() -> None:
    top, bottom = lay_out(44, 0, *NARROW), lay_out(44, 43, *NARROW)
    assert (top.first_row, top.hidden_below) == (0, 2)
    assert (bottom.first_row, bottom.hidden_below) == (2, 0)


@given(
    count=st.integers(1, 52),
    caret=st.integers(0, 51),
    width=st.integers(60, 250),
    height=st.sampled_from([6, 9, 11]),
)
def test_the_caret_is_always_on_a_visible_card_that_a_click_finds(
    count: int, caret: int, width: int, height: int
) -> None:
    caret %= count
    layout = lay_out(count, caret, width, height)
    cells = {layout.card_at(x, y) for x in range(width) for y in range(height)}
    assert caret in cells
    assert cells - {None} <= set(range(count))
    if layout.size is not CardSize.LINE:
        assert cells - {None} == set(range(count))
        used = layout.step * (min(count, layout.per_row) - 1)
        last = layout.step if layout.rows > 1 else layout.size.width
        assert layout.left + used + last <= width


def test_a_click_beside_the_cards_finds_none() -> None:
    layout = lay_out(3, 0, *USUAL)
    assert layout.card_at(0, 2) is None
    assert layout.card_at(79, 2) is None
    assert layout.card_at(layout.left, 2) == 0
