"""With every action bound to another key, no screen names an old one."""

import os
import re
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import ENVIRONMENT, HOST_KEY, AppPilot, app_at, place_of
from scripted_host import position
from table_host import GAME_ID, TableHost, hosting

from rachel.formats.document import read_document
from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.lessons.script import Lesson
from rachel.rules.game import Game
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.games.reel import Reel
from rachel_tui.home import Home
from rachel_tui.hosts import Hosts
from rachel_tui.keep import saved_seat
from rachel_tui.keep.key_names import key_name
from rachel_tui.keep.lessons import Progress
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.settings import ACTIONS, Settings
from rachel_tui.place import Place
from rachel_tui.screens.game_questions import LeaveScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.hosts import HostsScreen
from rachel_tui.screens.leaders import LeadersScreen
from rachel_tui.screens.lesson import LessonScreen
from rachel_tui.screens.lessons import LessonsScreen
from rachel_tui.screens.obstacles import ReconnectingScreen, TooSmallScreen
from rachel_tui.screens.replay import ReplayScreen
from rachel_tui.screens.replays import ReplaysScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.settings import SettingsScreen
from rachel_tui.screens.statistics import StatisticsScreen
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.laid_hand import LABELS
from rachel_tui.widgets.log import GameLog
from rachel_tui.words.learning import keys_for, new_keys

TRACE = Path(__file__).parents[1] / "vectors" / "games" / "seats-3-aces-and-triples.json"
OWN = {action: chr(ord("а") + number) for number, action in enumerate(ACTIONS)}
"""A key for each action, of the Cyrillic alphabet: no other text here has its letters."""
_NAMES = [key_name(key) for keys in ACTIONS.values() for key in keys.split(",")]
OLD = {*_NAMES, "enter"} - {*"a←→↑↓+-=%,:[", "home", "end", *string.ascii_uppercase}
"""What the keys are called otherwise, but for words and signs that are also other things."""
MENU = "p l f r , q"
"""The keys of home's menu, which cannot be bound; they are seen behind panels, too."""


def no_old_key(app: AppPilot, fixed: str = "") -> None:
    """Hold that no old key is named, except those ``fixed`` ones that cannot be bound."""
    shown = app.text()
    words = {re.sub(r"(?<=.)[:,.]$", "", word) for word in shown.split()}
    assert not words & (OLD - set(fixed.split())), shown


def any_game() -> Game:
    return position("3S 3H 8C AS", "5C 6C 8D 4C", "4D 5D", top="9S")


@asynccontextmanager
async def at_table(game: Game, folder: Path) -> AsyncIterator[tuple[AppPilot, TableHost]]:
    async with hosting(game) as host:
        app = app_at(place_of(host, folder), settings=Settings(keys=OWN, motion=False))
        async with app.run_test(size=(100, 36)) as pilot:
            yield AppPilot(app, pilot), host


async def test_at_a_table(tmp_path: Path) -> None:
    async with at_table(any_game(), tmp_path) as (app, host):
        await app.until_prompt()
        await app.until_text(f"{OWN['pick']}: more 3s")
        no_old_key(app)
        await app.press(OWN["pick"])
        await app.until_text(f"{OWN['next']}: to the next 3")
        no_old_key(app)
        await app.press(OWN["next"])
        await app.until_text(f"{OWN['pick']} adds 3♥")
        no_old_key(app)
        for action, screen, fixed in (
            ("help", HelpScreen, "↑ ↓"),
            ("rules", RulesScreen, "space"),
            ("settings", SettingsScreen, ""),
        ):
            await app.press(OWN[action])
            await app.until_screen(screen)
            await app.until_text("│")
            no_old_key(app, fixed)
            await app.press(OWN["back"])
            await app.until_screen(TableScreen)
        await app.press(OWN["put_back"], OWN["last"], OWN["play"])
        await app.until_screen(SuitPicker)
        await app.until_text(f"{OWN['back']} back")
        no_old_key(app, "h d c s")
        await app.press("s")
        await app.until_text("Bot Ada is playing")
        await app.press(OWN["hint"])
        await app.until_text(f"then {OWN['hint']} gives a hint")
        for _ in range(30):
            host.move(host.game.legal_actions()[0])
            if not host.game.current:
                break
        await app.press(OWN["older"])
        app.app.screen.query_one(GameLog).back = 1
        await app.until_text(f"{OWN['newer']} newer")
        no_old_key(app)
        await app.press(OWN["leave"])
        await app.until_screen(LeaveScreen)
        await app.until_text("Stay")
        no_old_key(app, "y n g")
        await app.press(OWN["back"])
        await app.until_screen(TableScreen)
        await app.pilot.resize_terminal(50, 10)
        await app.until_screen(TooSmallScreen)
        await app.until_text(f"{OWN['leave']} quits")
        no_old_key(app)
        await app.pilot.resize_terminal(80, 24)
        await app.until_screen(TableScreen)
        await host.stop()
        await app.until_screen(ReconnectingScreen)
        await app.until_text(f"{OWN['leave']} leaves")
        no_old_key(app)
        await host.listen()
        await app.until_screen(TableScreen)


async def test_before_and_after_a_game_and_when_out(tmp_path: Path) -> None:
    async with at_table(position("KH", "5C 6C", "4D 5D", top="9H"), tmp_path) as (app, _):
        await app.until_prompt()
        await app.press(OWN["play"])
        await app.until_text(f"leave with {OWN['leave']}")
        no_old_key(app)
    async with at_table(position("KH", "5C 6C", top="9H"), tmp_path / "end") as (app, _):
        await app.until_prompt()
        await app.press(OWN["play"])
        await app.until_screen(ResultScreen)
        await app.until_text(f"{OWN['again']}: play again    {OWN['leave']}: leave")
        no_old_key(app)
    async with hosting(any_game()) as host:
        host.refuse_joins = True
        app_ = app_at(place_of(host, tmp_path / "no"), settings=Settings(keys=OWN))
        async with app_.run_test(size=(80, 24)) as pilot:
            app = AppPilot(app_, pilot)
            await app.until_text(f"{OWN['again']}: look for another table")
            no_old_key(app)


async def test_when_there_is_one_way_on(tmp_path: Path) -> None:
    async with at_table(position("3S", "5C 6C", "4D 5D", top="9H"), tmp_path) as (app, host):
        await app.until_prompt()
        await app.until_text(f"Press {OWN['draw']} or {OWN['play']}.")
        no_old_key(app)
    async with hosting(any_game()) as host:
        place = place_of(host, tmp_path / "back")
        seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(8)), "Ann", "CAKE")
        saved_seat.save(place.seats_path, seat)
        app_ = app_at(place, settings=Settings(keys=OWN))
        async with app_.run_test(size=(80, 24)) as pilot:
            app = AppPilot(app_, pilot)
            await app.until_words(f"For a new one instead: {OWN['leave']}, then g.")
            no_old_key(app, "g")
        watched = replace(place, room="CAKE", watches=True)
        app_ = app_at(watched, settings=Settings(keys=OWN))
        async with app_.run_test(size=(80, 24)) as pilot:
            app = AppPilot(app_, pilot)
            await app.until_text(f"You are watching. {OWN['leave']} leaves.")
            no_old_key(app)


def nowhere() -> Place:
    return Place("nowhere", 1, None, Path(os.devnull, "none"))


@asynccontextmanager
async def at_home(home: Home) -> AsyncIterator[AppPilot]:
    outfit = Outfit(ENVIRONMENT, Settings(keys=OWN, motion=False))
    it = RachelApp(home, offered_name="Ann", outfit=outfit)
    async with it.run_test(size=(80, 24)) as pilot:
        app = AppPilot(it, pilot)
        await app.until_screen(HomeScreen)
        yield app


async def test_from_home(tmp_path: Path) -> None:
    progress = Progress(None)
    for lesson in LESSONS:
        progress.finish(lesson.key)
    hosts = Hosts(tmp_path / "hosts", tmp_path / "logins", tmp_path / "seats")
    async with at_home(Home(nowhere, lambda: None, hosts, progress=progress)) as app:
        await app.until_text(f"{OWN['help']} Keys")
        no_old_key(app, MENU)
        reel = Reel(read_document(TRACE.read_bytes()))
        for screen, text, fixed in (
            (HostsScreen(hosts, lambda *_: None), f"{OWN['leave']} Back", "o"),
            (LeadersScreen(["1  Ann"]), f"{OWN['leave']} back", MENU),
            (ReplaysScreen(tmp_path), f"{OWN['choose']} Choose", MENU),
            (ReplayScreen(reel), f"{OWN['hands']}, or 1-3", ""),
            (StatisticsScreen(tmp_path), OWN["leave"], ""),
            (LessonsScreen(progress), f"{OWN['solo']}: play your first game", ""),
        ):
            app.app.push_screen(screen)
            await app.until_screen(type(screen))
            await app.until_text(text)
            no_old_key(app, fixed)
            await app.app.pop_screen()


async def test_in_lessons(tmp_path: Path) -> None:
    async with at_home(Home(nowhere, lambda: None)) as app:
        lesson = LessonScreen(0, Progress(None))
        app.app.push_screen(lesson)
        await app.until_screen(LessonScreen)
        while not lesson.run.ended:
            await app.until_text(f"{OWN['leave']} Leave")
            no_old_key(app)
            if (expected := lesson.run.expected) is None:
                await app.press(OWN["go_on"])
            else:
                await app.press(OWN["hint"])
                lesson._try(expected)
        await app.until_text(f"▶ {OWN['go_on']}: next lesson")
        no_old_key(app)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_what_lessons_say_of_keys(lesson: Lesson) -> None:
    run = LessonRun(lesson)
    while not run.ended:
        if (action := run.expected) is None:
            run.go_on()
            continue
        for said in (
            new_keys(action, Settings(keys=OWN).key),
            keys_for(action, run.view.hand, LABELS, Settings(keys=OWN).key),
        ):
            assert not {*re.split(r"[ ,.;]+", said)} & (OLD - set("hdcs0123456789")), said
        run.attempt(action)
