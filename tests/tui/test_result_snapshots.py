"""What the end of a game looks like, with a whole game played and its deal proved.

To look at a change and accept it: ``pytest tests/tui/test_result_snapshots.py --snapshot-update``.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from app_pilot import AppPilot, app_at
from textual.pilot import Pilot
from whole_game import ANN_LOSES, ANN_WINS, dealt, place_with_album, play_to_the_end

from rachel_tui.screens.result import ResultScreen

Compare = Callable[..., bool]

SIZES = pytest.mark.parametrize(
    "size", [(80, 24), (60, 20), (120, 36)], ids=["80x24", "60x20", "120x36"]
)


def show(compare: Compare, folder: Path, seed: int, size: tuple[int, int]) -> bool:
    """Play a game to its end, wait until its record has been looked at, and compare."""
    host = dealt(seed)
    app = app_at(place_with_album(host, folder))
    app.animation_level = "none"

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_prompt()
        play_to_the_end(host, seed)
        await app_pilot.until_screen(ResultScreen)
        await app_pilot.until_text("Biggest attack")

    return compare(app, terminal_size=size, run_before=before)


@SIZES
def test_a_win(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Won in cards, then places with awards, what decided the game, and how to play again."""
    assert show(snap_compare, tmp_path, ANN_WINS, size)


@SIZES
def test_a_loss(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The same, quietly."""
    assert show(snap_compare, tmp_path, ANN_LOSES, size)
