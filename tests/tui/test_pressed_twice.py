"""A key that is pressed twice in a hurry acts once, and not on the screen that it has led to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from accounts_harness import PASSWORD
from api_client import api_on
from app_pilot import HOST_KEY, AppPilot, playing
from databases import SqliteDatabase
from friends_pilot import PATIENT, among_friends, begin_login, hosts_in, keys
from home_pilot import at_home
from scripted_host import position
from table_host import GAME_ID, TableHost, any_game, hosting
from textual.events import Key

from rachel.rubp import Hello, Message, PlayCard
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.repeats import REPEAT_S, Repeats
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.game_questions import ContinueScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.hosts import HostsScreen
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.new_table import NewTableScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.settings import SettingsScreen
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen

SOON = REPEAT_S / 2
LATER = 10.0


def heard(host: TableHost, kind: type[Message]) -> int:
    """Return how many messages of a kind the host has heard."""
    return sum(isinstance(message, kind) for message in host.heard)


async def until_keys_are_through(app: AppPilot) -> None:
    """Wait until whatever was pressed has had its effect: the help comes behind it."""
    under = type(app.app.screen)
    await app.press("question_mark")
    await app.until_screen(HelpScreen)
    await app.press("escape")
    await app.until_screen(under)


def key_at(seconds: float, key: str = "enter") -> Key:
    """Return a key that was pressed at this time."""
    event = Key(key, None)
    event.time = seconds
    return event


def test_only_the_same_key_soon_after_at_another_screen_repeats() -> None:
    repeats = Repeats()
    repeats.note(key_at(10.0), "home")
    assert not repeats.refuses(key_at(10.1), "home")
    assert not repeats.refuses(key_at(10.1, "p"), "table")
    assert repeats.refuses(key_at(10.1), "table")
    assert repeats.refuses(key_at(10.0), "table")
    assert not repeats.refuses(key_at(10.0 + REPEAT_S), "table")


def test_a_key_does_not_repeat_itself_where_another_screen_comes_before_it_is_through() -> None:
    repeats, key = Repeats(), key_at(10.0)
    repeats.note(key, "home")
    assert not repeats.refuses(key, "settings")


def test_a_key_that_is_held_down_repeats_until_it_is_let_go() -> None:
    repeats = Repeats()
    for tenths in range(40):
        key, screen = key_at(tenths / 10), "home" if tenths < 5 else "table"
        assert repeats.refuses(key, screen) == (tenths >= 5)
        repeats.note(key, screen)
    assert not repeats.refuses(key_at(5.0), "table")


@pytest.mark.parametrize("key", ["enter", "p"])
async def test_a_solo_game_is_dealt_once(tmp_path: Path, key: str) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press_at(0.0, key, key, key)
        await app.until_prompt()
        await until_keys_are_through(app)
        assert heard(host, Hello) == 1
        assert len([worker for worker in app.app.workers if worker.name == "sitting"]) == 1


async def test_the_key_that_deals_plays_no_card(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press_at(0.0, "enter")
        await app.until_prompt()
        await app.press_at(SOON, "enter")
        await until_keys_are_through(app)
        assert heard(host, PlayCard) == 0
        await app.press_at(LATER, "enter")
        await host.hears(PlayCard)


async def test_the_name_is_taken_once(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path, name=None) as app:
        await app.press_at(0.0, "enter")
        await app.until_screen(NameScreen)
        await app.press_at(LATER, "enter", "enter")
        await app.until_prompt()
        await app.press_at(LATER + SOON, "enter")
        await until_keys_are_through(app)
        assert (heard(host, Hello), heard(host, PlayCard)) == (1, 0)
        assert [type(screen) for screen in app.app.screen_stack] == [HomeScreen, TableScreen]


async def test_a_question_is_answered_once(tmp_path: Path) -> None:
    seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Ann", "CAKE")
    saved_seat.save(tmp_path / "seats.json", seat)
    async with hosting(any_game()) as host, playing(host, tmp_path, solo=True) as app:
        await app.until_screen(ContinueScreen)
        await app.press_at(0.0, "enter", "enter")
        await app.until_prompt()
        await app.press_at(SOON, "enter")
        await until_keys_are_through(app)
        assert heard(host, PlayCard) == 0


@asynccontextmanager
async def choosing_a_suit(folder: Path) -> AsyncIterator[tuple[TableHost, AppPilot]]:
    """Play an ace by a key that is pressed at 0."""
    game = position("AH 3S 4C", "5C 6C", top="9H")
    async with hosting(game) as host, playing(host, folder) as app:
        await app.until_prompt()
        await app.press("end")
        await app.press_at(0.0, "enter")
        await app.until_screen(SuitPicker)
        yield host, app


async def test_a_suit_is_chosen_once(tmp_path: Path) -> None:
    async with choosing_a_suit(tmp_path) as (host, app):
        await app.press_at(LATER, "s", "s")
        await host.hears(PlayCard)
        await app.until_screen(TableScreen)
        await until_keys_are_through(app)
        assert [type(screen) for screen in app.app.screen_stack][-1] is TableScreen


async def test_the_key_that_plays_an_ace_chooses_its_suit_at_once(tmp_path: Path) -> None:
    async with choosing_a_suit(tmp_path) as (host, app):
        await app.press_at(SOON, "enter")
        await host.hears(PlayCard)


async def test_the_key_that_ends_a_game_asks_for_no_other(tmp_path: Path) -> None:
    game = position("KH", "5C 6C", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press_at(0.0, "enter")
        await app.until_screen(ResultScreen)
        await app.press_at(SOON, "enter")
        await until_keys_are_through(app)
        assert heard(host, Hello) == 1
        await app.press_at(LATER, "p", "p", "p")
        await app.until_prompt()
        await until_keys_are_through(app)
        assert heard(host, Hello) == 2


async def test_a_name_is_asked_for_once(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("comma")
        await app.until_screen(SettingsScreen)
        await app.press_at(LATER, "enter", "enter", "enter")
        await app.until_screen(AskScreen)
        screens = [type(screen) for screen in app.app.screen_stack]
        assert screens == [HomeScreen, SettingsScreen, AskScreen]


@pytest.mark.parametrize("key", ["f", "enter"])
async def test_hosts_are_shown_once(tmp_path: Path, key: str) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("127.0.0.1:1", "Ann", tls=False)
    async with among_friends(hosts) as app:
        await app.press("escape")
        await app.until_screen(HomeScreen)
        await app.press_at(0.0, *(["down"] * 2 if key == "enter" else []), key, key)
        await app.until_screen(HostsScreen)
        await app.press_at(LATER, "1", "1")
        await app.until_screen(LobbyScreen)
        await until_keys_are_through(app)
        screens = [type(screen) for screen in app.app.screen_stack]
        assert screens == [HomeScreen, HostsScreen, LobbyScreen]
        await app.press_at(2 * LATER, "p", "p")
        await app.until_screen(WaitingScreen)
        await until_keys_are_through(app)
        assert len([worker for worker in app.app.workers if worker.name == "sitting"]) == 1


async def test_a_table_is_opened_once_and_begun_once(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "rachel.db")
    async with api_on(database, table=PATIENT) as api:
        await api.register("ann_1")
        async with among_friends(hosts_in(tmp_path)) as app:
            await begin_login(app, f"http://localhost:{api.served.port}")
            await app.press(*"ann_1")
            await app.press_at(0.0, "enter", "enter")
            await app.until_text("The password of ann_1")
            await app.press(*keys(PASSWORD))
            await app.press_at(LATER, "enter", "enter")
            await app.until_text("You play as ann_1.")
            assert len(database.rows("SELECT * FROM sessions")) == 1
            await app.press("o")
            await app.until_screen(NewTableScreen)
            await app.press_at(2 * LATER, "enter", "enter")
            await app.until_screen(WaitingScreen)
            await app.press_at(2 * LATER + SOON, "enter")
            await until_keys_are_through(app)
            runtime = api.served.server._runtime
            assert runtime is not None
            assert len(runtime.house.lobby.tables) == 1
            await app.press_at(3 * LATER, "s", "s")
            await app.until_screen(TableScreen)
            await until_keys_are_through(app)
            assert not app.app.screen.query("Toast")
