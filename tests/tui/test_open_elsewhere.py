"""A game that was left and is open in another terminal: continuing says so, and deals no other."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app_pilot import ENVIRONMENT, AppPilot

from rachel_tui.app import RachelApp
from rachel_tui.commands.solo import SoloGame
from rachel_tui.dressed import Outfit
from rachel_tui.home import Home
from rachel_tui.hosts import ELSEWHERE, Unplayable
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.settings import Settings
from rachel_tui.plain.home import HomeLines
from rachel_tui.plain.lines import Lines
from rachel_tui.screens.home import HomeScreen

SAID = "Your game is open in another terminal: go on there, or close that one"


@contextmanager
def two_terminals(folder: Path) -> Iterator[tuple[SoloGame, SoloGame]]:
    """Yield the solo games of two terminals; in the first one a game has begun."""
    first, second = (SoloGame(folder, lambda: Settings(bot_delay=0.0)) for _ in range(2))
    try:
        seats = first.open().seats_path
        saved_seat.save(seats, SavedSeat("solo", 1, bytes(range(8)), "Ann", "SOLO"))
        yield first, second
    finally:
        first.close()
        second.close()


def test_continuing_waits_for_the_other_terminal_to_close(tmp_path: Path) -> None:
    with two_terminals(tmp_path / "solo") as (first, second):
        another = second.open()
        assert another.greeting == "Your game is open in another terminal: this is another one."
        left = second.left_game()
        assert left is not None
        assert left.about == ELSEWHERE
        for _ in range(2):
            with pytest.raises(Unplayable, match="choose Continue again"):
                left.open()
        first.close()
        place = left.open()
        assert place.seats_path.parent == tmp_path / "solo"
        assert not place.greeting


def test_a_game_left_in_a_second_terminal_can_be_continued_in_any(tmp_path: Path) -> None:
    with two_terminals(tmp_path / "solo") as (first, second):
        seats = second.open().seats_path
        assert seats.parent == tmp_path / "solo-2"
        saved_seat.save(seats, SavedSeat("solo", 1, bytes(range(8)), "Ann", "", others=("Bob",)))
        saved_seat.forget(first.open().seats_path, "solo")
        left = first.left_game()
        assert left is not None
        assert left.about == ELSEWHERE
        second.close()
        left = first.left_game()
        assert left is not None
        assert left.about == "your game with Bob"
        assert left.open().seats_path == seats
        assert first.open().seats_path == seats


async def test_screens_say_so(tmp_path: Path) -> None:
    with two_terminals(tmp_path / "solo") as (_, second):
        app = RachelApp(
            Home(second.open, second.left_game), offered_name="Ann", outfit=Outfit(ENVIRONMENT)
        )
        async with app.run_test(size=(60, 20)) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_screen(HomeScreen)
            await seen.until_text(f"Continue           {ELSEWHERE}")
            await seen.press("c")
            await seen.until_words(SAID)


async def test_lines_say_so(tmp_path: Path) -> None:
    with two_terminals(tmp_path / "solo") as (_, second):
        said, lines = list[str](), Lines()
        for line in ("continue", "quit", None):
            lines.put_nowait(line)
        await asyncio.to_thread(second.open)
        await HomeLines(Home(second.open, second.left_game), "Ann", said.append).run(lines)
    assert any(line.startswith("Error: your game is open in another terminal") for line in said)
    assert not any("Your hand" in line for line in said)
