"""The commands of a screen, found by their names."""

from pathlib import Path

from app_pilot import AppPilot, playing
from home_pilot import at_home
from scripted_host import position
from table_host import any_game, hosting
from textual.widgets import Input

from rachel_tui.screens.commands import CommandsScreen
from rachel_tui.screens.game_questions import LeaveScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.offers import offers_of
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.found_rows import FoundRows


async def find(app: AppPilot, letters: str, shown: str) -> None:
    """Open the commands, type, and choose the first when it is ``shown``."""
    await app.press("colon")
    await app.until_screen(CommandsScreen)
    await app.press(*letters)
    await app.until(lambda: shown in _first_command(app), shown)
    await app.press("enter")


def _first_command(app: AppPilot) -> str:
    lines = app.text().splitlines()
    title = next((at for at, line in enumerate(lines) if "─ Commands ─" in line), -3)
    return lines[title + 2] if title >= 0 else ""


async def test_a_command_of_the_table(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await find(app, "rules", "r          the rules")
        await app.until_screen(RulesScreen)
        await app.press("escape")
        await app.until_screen(TableScreen)
        await find(app, "leave", "q          leave the table")
        await app.until_screen(LeaveScreen)
        await find(app, "stay", "n          Stay")
        await app.until_screen(TableScreen)


async def test_the_rows_of_a_menu_are_commands(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await find(app, "rul", "r          Rules")
        await app.until_screen(RulesScreen)
        await app.press("escape")
        await app.until_screen(HomeScreen)
        await app.press("question_mark")
        await app.until_words(": all commands, by name")
        assert app.text().count("│  ,") == 1, "settings are a row of home, and a key everywhere"
        assert "│  esc" not in app.text(), "from home it leads nowhere"


async def test_the_caret_goes_around_the_commands_and_by_pages(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        last = len([offer for offer in offers_of(app.app.screen) if offer.act]) - 1
        await app.press("colon")
        await app.until_screen(CommandsScreen)
        rows = app.app.screen.query_one(FoundRows)
        for key, at in (("up", last), ("down", 0), ("pagedown", min(12, last)), ("pageup", 0)):
            await app.press(key)
            assert rows.at == at, key
        await app.press("z", "z", "z", "enter")
        assert type(app.app.screen) is CommandsScreen, "nothing was found"
        await app.press("backspace", "backspace", "backspace", "r", "u", "l")
        await app.until(lambda: "Rules" in _first_command(app))
        await app.click(FoundRows, 5, 0)
        await app.until_screen(RulesScreen)


async def test_a_command_is_typed_and_chosen_in_one_piece(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press_at(1.0, "colon", *"rules", "enter")
        await app.until_screen(RulesScreen)


async def test_letters_that_no_command_has_are_answered(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("colon")
        await app.until_screen(CommandsScreen)
        assert "No command" not in app.text()
        await app.press(*"zzz")
        await app.until_text("No command has these letters.")
        await app.press("enter")
        await app.press(*["backspace"] * 3)
        await app.until_text("Play")


async def test_a_colon_can_be_typed(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path, name=None) as app:
        await app.until(lambda: isinstance(app.app.focused, Input))
        await app.press("end", "colon")
        await app.until(lambda: app.app.screen.query_one(Input).value == "Ann:")


async def test_the_terminals_cursor_stands_at_the_caret(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        for key in ("home", "end"):
            await app.press(key)
            await app.until(lambda: "▲" in _at_cursor(app))
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.until(lambda: _at_cursor(app).startswith("▶ y"))
        await app.press("down")
        await app.until(lambda: _at_cursor(app).startswith("▶ n"))


def _at_cursor(app: AppPilot) -> str:
    x, y = app.app.cursor_position
    return app.text().splitlines()[y][x : x + 6]
