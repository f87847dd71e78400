"""A screen that is left before it stands breaks nothing."""

from pathlib import Path
from typing import Any

import pytest
from app_pilot import playing
from home_pilot import at_home
from table_host import any_game, hosting
from textual.events import Resize
from textual.screen import Screen

from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.replays import ReplaysScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.statistics import StatisticsScreen


@pytest.mark.parametrize("kind", [StatisticsScreen, ReplaysScreen])
async def test_a_screen_is_left_before_it_stands(
    tmp_path: Path, kind: type[StatisticsScreen] | type[ReplaysScreen]
) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        app.app.push_screen(kind(tmp_path))
        await app.app.pop_screen()
        app.app.push_screen(kind(tmp_path))
        app.app.exit()


@pytest.mark.parametrize("screen", [RulesScreen(), HelpScreen([], cards=False)])
async def test_a_screen_is_left_while_it_learns_its_size(
    tmp_path: Path, screen: Screen[Any]
) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        app.app.push_screen(screen)
        screen.post_message(Resize(app.app.size, app.app.size))
        await app.app.pop_screen()
        await app.until_screen(HomeScreen)


async def test_a_notice_at_the_very_end_is_not_shown(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press_at(1.0, "percent_sign", "ctrl+c", "ctrl+c")
        await app.until(lambda: not app.app.is_running, "the end")
