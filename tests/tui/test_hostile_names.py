"""Strangers' names are inert in our terminal: no markup, no escapes, no turned text."""

from pathlib import Path

import pytest
from app_pilot import playing
from scripted_host import cards, position
from table_host import hosting

from rachel.rubp import Announce
from rachel.rules.actions import Play
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.felt import Felt
from rachel_tui.widgets.log import GameLog

HOSTILE = [
    "[/",
    "[/]",
    "[@click=app.quit]me",
    "[@click=app.quit]x[/]",
    "[bold red]",
    "[link=http://x]",
    "$primary",
    "\\[",
]
CONTROL = {
    "\x1b[2J\x1b[31mred": "[2J[31mred",
    "\x9b5mC1": "5mC1",
    "a\nb\tc\x07": "a b c",
    "\u202emoc\u2066x\u200b": "mocx",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_markup_in_a_name_is_text_everywhere(tmp_path: Path, name: str) -> None:
    game = position("3S QH KC", "5C", top="9C", current=1)
    async with hosting(game) as host:
        host.names[1] = name
        async with playing(host, tmp_path) as app:
            await app.until_screen(TableScreen)
            await app.until_text(f"{name} is playing…")
            seat, *_ = (y for y, line in enumerate(app.text().splitlines()) if name[:12] in line)
            await app.click(Felt, 40, seat)
            host.send(Announce(f"{name} says hi"))
            await app.until_text(f"Host: {name} says hi.")
            log = app.app.screen.query_one(GameLog)
            for row in range(log.size.height):
                await app.click(GameLog, 9, row + 1)
            assert app.app.is_running
            host.move(Play(tuple(cards("5C"))))
            await app.until_screen(ResultScreen)
            await app.until_text(f"first  {name}")


@pytest.mark.parametrize("name", CONTROL)
async def test_control_and_direction_characters_never_reach_the_screen(
    tmp_path: Path, name: str
) -> None:
    game = position("3S QH KC", "5C 6C", top="9C", current=1)
    async with hosting(game) as host:
        host.names[1] = name
        async with playing(host, tmp_path) as app:
            await app.until_screen(TableScreen)
            await app.until_text(f"{CONTROL[name]} is playing…")
            assert not set(app.text()) & set("\x1b\x07\x9b\t\u202e\u2066\u200b")


async def test_the_longest_names_leave_room_for_the_facts(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", "4C", top="9C", current=1)
    async with hosting(game) as host:
        host.names[1] = "W" * 47
        host.names[2] = "界" * 15
        async with playing(host, tmp_path, size=(60, 20)) as app:
            await app.until_screen(TableScreen)
            await app.until_text("WWW")
            rows = app.text().splitlines()
            assert "▮2" in next(row for row in rows if "WWW" in row)
            assert "▮1" in next(row for row in rows if "界" in row)
