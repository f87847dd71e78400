"""Keys of the player's own: they count, the old ones do not, and footer and help show them."""

import string
from importlib import import_module
from inspect import isclass
from pathlib import Path

import pytest
from app_pilot import AppPilot, app_at, place_of
from scripted_host import position
from table_host import hosting
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key
from textual.screen import Screen

from rachel_tui import screens
from rachel_tui.commands.terminal import in_one_notice
from rachel_tui.dressed import DressedApp
from rachel_tui.keep.key_names import bound_keys, key_name
from rachel_tui.keep.settings import ACTIONS_AT, Settings
from rachel_tui.keep.settings_file import read_file
from rachel_tui.paths import command_text
from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.choosing import Choosing
from rachel_tui.screens.commands import CommandsScreen
from rachel_tui.screens.game_questions import LeaveScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.lesson import LessonScreen
from rachel_tui.screens.lessons import LessonsScreen
from rachel_tui.screens.menu import MenuScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.obstacles import TooSmallScreen
from rachel_tui.screens.replay import ReplayScreen
from rachel_tui.screens.replays import ReplaysScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.settings import SettingsScreen
from rachel_tui.screens.statistics import StatisticsScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.setting_rows import SettingRows


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


@pytest.mark.parametrize(
    ("screen", "owners"),
    [
        ("table", (DressedApp, HandView, TableScreen)),
        ("menus", (DressedApp, Choices, MenuScreen)),
        ("waiting room", (DressedApp, WaitingScreen)),
        ("end of a game", (DressedApp, ResultScreen)),
        ("replays", (Choices, ReplaysScreen)),
        ("replay", (ReplayScreen,)),
        ("lessons", (DressedApp, Choices, LessonsScreen)),
        ("lesson", (DressedApp, HandView, LessonScreen)),
        ("statistics", (StatisticsScreen,)),
        ("rules", (RulesScreen,)),
        ("settings", (SettingRows, SettingsScreen)),
    ],
)
def test_every_action_of_a_screen_can_be_bound(
    screen: str, owners: tuple[type[DOMNode], ...]
) -> None:
    found = {each.id for owner in owners for each in owner.BINDINGS if isinstance(each, Binding)}
    assert found - {None} == {*ACTIONS_AT[screen]}


def test_every_screen_answers_the_key_for_help() -> None:
    """But for those where it is a letter of what is typed, and where there is no room."""
    found = {
        each
        for file in Path(screens.__path__[0]).glob("*.py")
        for each in vars(import_module(f"rachel_tui.screens.{file.stem}")).values()
        if isclass(each) and issubclass(each, Screen) and each.__module__.startswith("rachel_tui.")
    }
    answers = {
        screen
        for screen in found
        for owner in screen.__mro__
        for each in vars(owner).get("BINDINGS", ())
        if isinstance(each, Binding) and each.id == "help"
    }
    typed = {AskScreen, NameScreen, CommandsScreen}
    assert found - answers == typed | {AnswersOnce, AnswersWrongKeys, Choosing, TooSmallScreen}


def test_an_action_that_there_is_not_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    path.write_text('[keys]\ndraw = "y"\njump = "j"\npik = "u"\n', encoding="utf-8")
    found = read_file(path)
    assert found.values == {"keys": {"draw": "y"}}
    assert found.problems[0].startswith(f"{path}, line 3: jump is no action: there are left, ")
    assert found.problems[1] == f"{path}, line 4: pik is no action: is pick meant?"


def test_many_mistakes_in_the_settings_hide_no_screen() -> None:
    assert in_one_notice(()) == ()
    assert in_one_notice(("a is wrong",)) == ("a is wrong",)
    (notice,) = in_one_notice(("a is wrong", "b is wrong", "c is wrong"))
    assert notice == f"a is wrong. And 2 more: {command_text('config')} tells them"


def test_keys_are_written_as_they_are_typed(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    path.write_text('[keys]\ndraw = "y, ?"\nhint = "+"\nleave = "\\\\"\nsort = " "\n')
    found = read_file(path)
    assert found.values == {
        "keys": {"draw": "y,question_mark", "hint": "plus", "leave": "backslash"}
    }
    assert found.problems == (
        f"{path}, line 2: draw has the key question_mark, which help has, too",
        f"{path}, line 5: sort needs a key",
    )
    shown = Settings(**found.values)
    assert [shown.key(action) for action in ("draw", "hint", "leave")] == ["y", "+", "\\"]


@pytest.mark.parametrize("character", string.punctuation.replace(",", ""))
def test_bindings_know_every_sign_by_our_name_for_it(character: str) -> None:
    assert bound_keys(character) == _character_to_key(character)
    assert key_name(bound_keys(character)) == character


def test_a_key_that_does_two_things_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    path.write_text(
        '[keys]\nleave = "d,z"\nplay = "m"\nrules = "m"\ndraw = "y"\n', encoding="utf-8"
    )
    assert read_file(path).problems == (
        f"{path}, line 3: play has the key m, which rules has, too",
        f"{path}, line 4: rules has the key m, which play has, too",
    )
    path.write_text('[keys]\nleave = "d"\n', encoding="utf-8")
    assert read_file(path).problems == (
        f"{path}, line 2: leave has the key d, which draw has, too",
    )


def test_a_key_may_do_other_things_at_other_screens(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    path.write_text('[keys]\nstart = "d"\ngo_on = "enter"\n', encoding="utf-8")
    assert read_file(path).problems == ()
    path.write_text('[keys]\nstart = "c"\n', encoding="utf-8")
    assert read_file(path).problems == (
        f"{path}, line 2: start has the key c, which invite has, too",
    )
