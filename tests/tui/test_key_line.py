"""The line of keys: a click does what a key does, and no key is shown in part."""

from pathlib import Path

from app_pilot import AppPilot, app_at, place_of, playing
from scripted_host import position
from table_host import hosting
from textual import events

from rachel.rules.game import Game
from rachel_tui.keep.settings import Settings
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.key_line import KeyLine

_ALL = " space Pick  enter Play  d Draw  h Hint  r Rules  ? Keys  q Leave"


def our_turn() -> Game:
    return position("3S QH KC", "5C 6C", "4D 5D", top="9H")


def last_line(player: AppPilot) -> str:
    return player.text().splitlines()[-1]


async def test_a_click_does_what_the_key_does(tmp_path: Path) -> None:
    async with hosting(our_turn()) as host, playing(host, tmp_path) as player:
        await player.until_prompt()
        await player.until(lambda: last_line(player) == _ALL)
        await player.click(KeyLine, 79, 0)  # no key is there
        await player.click(KeyLine, _ALL.index("?"), 0)
        await player.until_screen(HelpScreen)
        await player.press("escape")
        await player.until_screen(TableScreen)
        await player.click(KeyLine, _ALL.index("Pick"), 0)
        await player.until(lambda: player.hand.picking.picked)


async def test_the_line_stays_while_the_player_looks_elsewhere(tmp_path: Path) -> None:
    async with hosting(our_turn()) as host, playing(host, tmp_path) as player:
        await player.until_prompt()
        await player.until(lambda: last_line(player) == _ALL)
        player.app.post_message(events.AppBlur())
        await player.until(lambda: not player.app.app_focus and player.app.focused is None)
        player.app.screen.query_one(KeyLine).refresh()
        await player.pilot.pause()
        assert last_line(player) == _ALL


async def test_keys_without_room_are_left_out(tmp_path: Path) -> None:
    keys = {"pick": "insert", "rules": "delete"}
    async with hosting(our_turn()) as host:
        app = app_at(place_of(host, tmp_path), settings=Settings(keys=keys))
        async with app.run_test(size=(60, 20)) as pilot:
            player = AppPilot(app, pilot)
            await player.until_prompt()
            await player.until(
                lambda: last_line(player) == " enter Play insert Pick d Draw h Hint ? Keys q Leave"
            )
