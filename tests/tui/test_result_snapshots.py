"""What the end of a game looks like, with a whole game played and its deal proved.

To look at a change and accept it: ``pytest tests/tui/test_result_snapshots.py --snapshot-update``.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from app_pilot import AppPilot, app_at
from textual.pilot import Pilot
from whole_game import ANN_LOSES, ANN_THIRD, ANN_WINS, dealt, place_with_album, play_to_the_end

from rachel_tui.keep.settings import DEFAULTS, Settings
from rachel_tui.screens.result import ResultScreen, place_rows
from rachel_tui.words.results import Result, ResultRow

Compare = Callable[..., bool]

SIZES = pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)


def show(
    compare: Compare,
    folder: Path,
    seed: int,
    size: tuple[int, int],
    settings: Settings = DEFAULTS,
) -> bool:
    """Play a game to its end, wait until its record has been looked at, and compare."""
    host = dealt(seed)
    app = app_at(place_with_album(host, folder), settings=settings)
    app.animation_level = "none"

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_prompt()
        play_to_the_end(host, seed)
        await app_pilot.until_screen(ResultScreen)
        await app_pilot.until_text("Hardest hit")

    return compare(app, terminal_size=size, run_before=before)


@SIZES
def test_a_win(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Won in cards, then places with awards, what decided the game, and how to play again.

    From 100 columns on, the cards lie on a felt that fills its room.
    """
    assert show(snap_compare, tmp_path, ANN_WINS, size)


@SIZES
def test_a_third_place(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The same with THIRD."""
    assert show(snap_compare, tmp_path, ANN_THIRD, size)


def test_a_loss(snap_compare: Compare, tmp_path: Path) -> None:
    """The same with LAST."""
    assert show(snap_compare, tmp_path, ANN_LOSES, (120, 36))


@pytest.mark.parametrize(
    "settings",
    [Settings(theme="light"), Settings(theme="mono"), Settings(ascii=True)],
    ids=["light", "mono", "ascii"],
)
def test_a_win_in_other_looks(snap_compare: Compare, tmp_path: Path, settings: Settings) -> None:
    """The place and the way to another game stand out without our colours, too."""
    assert show(snap_compare, tmp_path, ANN_WINS, (120, 36), settings)


def test_awards_are_never_cut() -> None:
    """Where there is no room for them, they are told in the words above the numbers."""
    ended = Result(
        (
            ResultRow("Bot Ada", 0, False, 8, 17, "was attacked most"),
            ResultRow("Ann", None, True, 14, 7, "attacked most"),
        ),
        "",
    )
    assert [row.plain[-20:] for row in place_rows(ended, 80)[1:]] == [
        "   was attacked most",
        "   7   attacked most",
    ]
    short = place_rows(ended, 55)
    assert [row.plain[-11:] for row in short[1:]] == [" faced most", "  gave most"]
    assert max(row.cell_length for row in short) <= 55
