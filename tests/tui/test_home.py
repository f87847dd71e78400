"""Home: its menu, and how tables lead back to it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from app_pilot import HOST_KEY, AppPilot, place_of
from home_pilot import at_home, home_app
from table_host import GAME_ID, any_game, hosting

from rachel.rubp import Hello
from rachel_tui.home import Home
from rachel_tui.hosts import Hosts, LeftGame, Unplayable, game_with
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.seat_lock import SeatLock
from rachel_tui.place import Place
from rachel_tui.screens.game_questions import ContinueScreen, LeaveScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.settings import SettingsScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.setting_rows import SettingRows


@pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)
def test_what_home_looks_like(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """The name fanned on a felt, and the menu, with the game that was left first."""

    def nowhere() -> Place:
        return Place("nowhere", 1, None, no_file)

    no_file = Path(os.devnull, "none")
    left = game_with("your game", ("Bot Ada", "Bot Max", "Bot Ida"), nowhere)
    app = home_app(Home(nowhere, lambda: left, Hosts(no_file, no_file, no_file)), motion=False)
    assert snap_compare(app, terminal_size=size)


async def test_a_solo_game_and_one_at_a_host_are_both_offered(tmp_path: Path) -> None:
    hosts = Hosts(tmp_path / "hosts.json", tmp_path / "seats.json", tmp_path / "logins.json")
    hosts.remember("cards.example", "Ann", tls=False)
    key = "cards.example:1982"
    saved_seat.save(hosts.seats_path, SavedSeat(key, 7, bytes(range(8)), "Ann", "CAKE"))
    async with hosting(any_game()) as host:

        def solo() -> Place:
            return place_of(host, tmp_path, solo=True)

        home = Home(solo, lambda: LeftGame("your game with Bob", solo), hosts)
        app = home_app(home)
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_words("Continue at cards.example")
            await seen.until_words("Play your solo game waits; or a new one")
            lock = SeatLock(hosts.seats_path, key)
            await seen.press("r", "escape")
            await seen.until_words("Continue your game with Bob")
            await seen.until_words("Play against bots, right now")
            lock.release()


@pytest.mark.parametrize(
    ("others", "columns", "told"),
    [
        (("Ann", "Ben", "Cid"), 80, "at cards.example with Ann, Ben and Cid"),
        (
            ("Ann", "Ben", "Cid", "Dora", "Emil", "Flo", "Gus"),
            80,
            "at cards.example with Ann and 6",
        ),
        (("Ann", "Ben", "Cid", "Dora", "Emil", "Flo", "Gus"), 60, "at cards.example with 7 others"),
    ],
)
async def test_a_game_that_was_left_is_told_in_as_many_words_as_there_is_room_for(
    others: tuple[str, ...], columns: int, told: str
) -> None:
    def nowhere() -> Place:
        return Place("nowhere", 1, None, Path(os.devnull, "none"))

    app = home_app(Home(nowhere, lambda: game_with("at cards.example", others, nowhere)))
    async with app.run_test(size=(140, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await pilot.resize_terminal(columns, 24)
        await seen.until_text(f"Continue           {told}")
        assert "…" not in seen.text()


@pytest.mark.parametrize("theme", ["light", "mono", "terminal"])
def test_what_home_looks_like_in_other_colours(
    snap_compare: Callable[..., bool], theme: str
) -> None:
    """The row at the caret stands out where it can have no background of ours, too."""

    def nowhere() -> Place:
        return Place("nowhere", 1, None, Path(os.devnull, "none"))

    app = home_app(Home(nowhere, lambda: None), motion=False, theme=theme)
    assert snap_compare(app, terminal_size=(80, 24))


async def test_enter_deals_and_leaving_leads_home(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("enter")
        await app.until_prompt()
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.press("y")
        await app.until_screen(HomeScreen)
        assert app.app.sitting is None
        await app.press("q")
        await app.until(lambda: not app.app.is_running, "the end")


async def test_the_name_is_asked_before_the_first_game(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path, name=None) as app:
        await app.press("p")
        await app.until_screen(NameScreen)
        await app.press("escape")
        await app.until_screen(HomeScreen)
        await app.press("p")
        await app.until_screen(NameScreen)
        await app.press("Z", "o", "e", "enter")
        await app.until_prompt()
        (hello,) = await host.hears(Hello)
        assert isinstance(hello, Hello)
        assert hello.name == "Zoe"


@pytest.mark.parametrize("name", ["Ann", None])
async def test_the_game_that_was_left_goes_on_without_a_question(
    tmp_path: Path, name: str | None
) -> None:
    """Also for somebody whose name only the game knows, as after ``play --name``."""
    seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Zed", "CAKE")
    saved_seat.save(tmp_path / "seats.json", seat)
    left = "against bots"
    async with hosting(any_game()) as host, at_home(host, tmp_path, left=left, name=name) as app:
        await app.until_text("against bots")
        await app.press("enter")
        await app.until_prompt()
        (hello,) = await host.hears(Hello)
        assert isinstance(hello, Hello)
        assert hello.name == "Zed"


@pytest.mark.parametrize("later", ["q", "escape"])
async def test_another_game_is_had_after_a_question(tmp_path: Path, later: str) -> None:
    seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Ann", "CAKE")
    saved_seat.save(tmp_path / "seats.json", seat)
    async with hosting(any_game()) as host, at_home(host, tmp_path, left="against bots") as app:
        await app.press("p")
        await app.until_screen(ContinueScreen)
        await app.until_text("enter · esc back")
        await app.press(later)
        await app.until_screen(HomeScreen)
        await app.press("p")
        await app.until_screen(ContinueScreen)
        await app.press("g")
        await app.until_prompt()


async def test_escape_before_the_game_leads_home(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        host.waits = True
        host.present = {0, 2}
        await app.press("enter")
        await app.until_text("1 seat of 3 free.")
        assert type(app.app.screen) is WaitingScreen
        await app.press("escape")
        await app.until_screen(HomeScreen)


async def test_the_rules_lead_home(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.press("escape")
        await app.until_screen(HomeScreen)


async def test_a_solo_game_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    def locked() -> Place:
        raise Unplayable("the folder is [b]locked")

    app = home_app(Home(locked, lambda: None))
    async with app.run_test(size=(80, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("enter")
        await seen.until_text("The folder is [b]locked.")


async def test_a_key_without_use_is_answered(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("z")
        await app.until_text("z does nothing here: ? shows the keys.")
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.press("escape")
        await app.until_screen(HomeScreen)
        assert "z does nothing" not in app.text()


async def test_the_letters_of_vi_move_the_caret_of_lists(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        choices = app.app.screen.query_one(Choices)
        await app.press("j", "j", "k")
        await app.until(lambda: choices.highlighted == 1)
        await app.press("comma")
        await app.until_screen(SettingsScreen)
        await app.press("j", "j", "k")
        await app.until(lambda: app.app.screen.query_one(SettingRows).at == 1)


async def test_f1_shows_the_keys_and_takes_them_away(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("f1")
        await app.until_screen(HelpScreen)
        await app.press("f1")
        await app.until_screen(HomeScreen)


async def test_a_key_without_use_is_answered_where_there_is_no_line_for_it(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("comma")
        await app.until_screen(SettingsScreen)
        await app.press("question_mark", "z")
        await app.until_screen(HelpScreen)
        await app.press("escape")
        await app.until_screen(SettingsScreen)
        await app.press("y")
        await app.until_text("y does nothing here: ?")
        assert "z does nothing" not in app.text()


async def test_to_cut_nothing_leaves_the_clipboard_alone(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path, name=None) as app:
        await app.press("p")
        await app.until_screen(NameScreen)
        await app.pilot.press("ctrl+a", "backspace")
        app.app.copy_to_clipboard("mine")
        await app.pilot.press("ctrl+x")
        assert app.app.clipboard == "mine"
