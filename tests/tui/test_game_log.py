"""The log: there from the first frame on, no scrollbar, and it can be read back."""

from pathlib import Path
from typing import Any

import pytest
from app_pilot import AppPilot, playing
from rich.console import RenderableType
from scripted_host import position
from table_host import TableHost, hosting
from textual import events
from textual.screen import Screen

from rachel.rubp import Announce
from rachel_tui.screens.result import ResultScreen
from rachel_tui.widgets.log import GameLog

LAST_LINE = "› The game is over: Bot Ada is left with cards and loses."


async def announce(host: TableHost, app: AppPilot, start: int, end: int) -> None:
    """Let the host say numbered lines until the last one is in the story."""
    host.send(*(Announce(f"Line {number}") for number in range(start, end)))
    sitting = app.app.sitting
    assert sitting is not None
    await app.until(lambda: sitting.story.sentences[-1] == (f"Host: Line {end - 1}.",))


async def test_the_story_is_there_from_the_first_frame_of_a_screen_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = position("KH", "5C 6C", top="9H")
    frames: list[str] = []
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        display = app.app._display

        def watch(screen: Screen[Any], renderable: RenderableType | None) -> None:
            display(screen, renderable)
            if isinstance(screen, ResultScreen):
                frames.append(app.text())

        monkeypatch.setattr(app.app, "_display", watch)
        await app.press("enter")
        await app.until_screen(ResultScreen)
        await app.until_text(LAST_LINE)
    assert LAST_LINE in frames[0]


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_what_happened_can_be_read_back_while_more_happens(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    game = position("3S QH KC", "5C 6C", top="9H")
    async with hosting(game) as host, playing(host, tmp_path, size=size) as app:
        await app.until_prompt()
        await announce(host, app, 0, 30)
        await app.until_text("› Host: Line 29.")
        await app.press("[")
        await app.until(lambda: "Line 29." not in app.text())
        log = app.app.screen.query_one(GameLog)
        before = [row.plain for row in log.rows()]
        await announce(host, app, 30, 33)
        await app.until(lambda: log.back > 3)
        assert [row.plain for row in log.rows()] == before
        await app.press(*"]" * 20)
        await app.until_text("› Host: Line 32.")
        await app.press(*"[" * 20)
        await app.until_text("You have a seat.")


async def test_the_wheel_scrolls_too(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await announce(host, app, 0, 30)
        await app.pilot._post_mouse_events([events.MouseScrollUp], GameLog)
        await app.until(lambda: "Line 29." not in app.text())


async def test_who_reads_back_is_told_so_and_where_the_story_begins(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path, size=(80, 24)) as app:
        await app.until_prompt()
        await announce(host, app, 0, 6)
        own = app.advice
        await app.press("[")
        await app.until(lambda: app.advice == "You read back: ] goes on.")
        await app.press("[", "[", "[")
        await app.until(lambda: app.advice == "There is nothing older: ] goes on.")
        await app.press("]")
        await app.until(lambda: app.advice == "You read back: ] goes on.")
        await app.press("]", "]", "]")
        await app.until(lambda: app.advice == own)
