"""Keys of the player's own: they count, the old ones do not, and footer and help show them."""

from pathlib import Path

from app_pilot import AppPilot, app_at, place_of
from table_host import hosting, position
from textual.binding import Binding

from rachel_tui.dressed import DressedApp
from rachel_tui.keep.settings import ACTIONS, Settings
from rachel_tui.keep.settings_file import read_file
from rachel_tui.screens.game_questions import LeaveScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.hand import HandView


async def test_keys_of_ones_own(tmp_path: Path) -> None:
    keys = {"leave": "w", "next": "plus", "help": "h"}
    async with hosting(position("3S QH KC", "5C 6C", "4D 5D", top="9H")) as host:
        app = app_at(place_of(host, tmp_path), settings=Settings(keys=keys))
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_prompt()
            await seen.until_text("w Leave")
            await seen.press("q")
            assert type(app.screen) is TableScreen
            await seen.press("home", "plus")
            await seen.until(lambda: seen.hand.picking.caret == 1)
            await seen.press("h")
            await seen.until_screen(HelpScreen)
            await seen.until_words("w leave the table")
            await seen.press("escape")
            await seen.until_screen(TableScreen)
            await seen.press("w")
            await seen.until_screen(LeaveScreen)


def test_every_action_at_the_table_can_be_bound() -> None:
    bindings = [
        binding
        for owner in (HandView, TableScreen, DressedApp)
        for binding in owner.BINDINGS
        if isinstance(binding, Binding)
    ]
    assert {binding.id: binding.key for binding in bindings} == ACTIONS


def test_an_action_that_there_is_not_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    path.write_text('[keys]\ndraw = "x"\njump = "j"\n', encoding="utf-8")
    found = read_file(path)
    assert found.values == {"keys": {"draw": "x"}}
    assert found.problems[0].startswith(f"{path}, line 3: jump is no action: there are left, ")


def test_a_key_that_does_two_things_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    path.write_text(
        '[keys]\nleave = "d,w"\nplay = "x"\nrules = "x"\ndraw = "y"\n', encoding="utf-8"
    )
    assert read_file(path).problems == (
        f"{path}, line 3: play has the key x, which rules has, too",
        f"{path}, line 4: rules has the key x, which play has, too",
    )
    path.write_text('[keys]\nleave = "d"\n', encoding="utf-8")
    assert read_file(path).problems == (
        f"{path}, line 2: leave has the key d, which draw has, too",
    )
