"""Keys that come in one piece act in the order in which they were typed."""

from pathlib import Path

import pytest
from app_pilot import AppPilot, playing
from friends_pilot import PATIENT, among_friends, friends_app, hosts_in, keys
from home_pilot import at_home
from http_server import http_server
from scripted_host import cards, position
from table_host import any_game, hand_of_sevens, hosting, played
from textual.widgets import Input

from rachel.rules.cards import suit_of
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.lesson import LessonScreen
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.settings import SettingsScreen
from rachel_tui.screens.waiting import WaitingScreen


async def test_what_is_taken_back_goes_before_what_is_typed_after_it(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("comma")
        await app.until_screen(SettingsScreen)
        await app.press("right")
        await app.until(lambda: isinstance(app.app.focused, Input), "a field for the name")
        await app.press_in_one_piece(*keys("my fam"), *["backspace"] * 6, *keys("myf"), "home", "o")
        field = app.app.screen.query_one(Input)
        assert field.value == "omyf"


async def test_cards_are_picked_by_their_marks_in_one_piece(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        labels = {card: str(n + 1) for n, card in enumerate(app.hand.picking.hand)}
        first, second = (labels[card] for card in cards("7H 7C"))
        await app.press_in_one_piece(first, "space", second, "space", "enter")
        assert (await played(host)).cards == tuple(cards("7H 7C"))


async def test_an_ace_and_its_suit_are_played_in_one_piece(tmp_path: Path) -> None:
    async with (
        hosting(position("AH 5S 6S", "9C 6C 5H", top="9H")) as host,
        playing(host, tmp_path) as app,
    ):
        await app.until_prompt()
        await app.press_in_one_piece("3", "enter", "c")
        play = await played(host)
        assert (play.cards, play.nominated_suit) == (tuple(cards("AH")), suit_of(cards("5C")[0]))


async def test_a_key_without_use_is_answered_in_a_lesson(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("l", "enter")
        await app.until_screen(LessonScreen)
        await app.until(lambda: app.hand.has_focus, "a card is asked for")
        await app.press("z")
        await app.until_text("z does nothing here: ? shows the keys.")


@pytest.mark.parametrize("opens", [["comma"], ["enter"], ["down", "enter"]])
async def test_a_key_waits_for_the_screen_that_the_key_before_it_opens(
    tmp_path: Path, opens: list[str]
) -> None:
    """At home and in menus, by a row's own key or at the caret."""
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press(*["up"] * (2 if opens == ["enter"] else 3 if "down" in opens else 0))
        await app.press_in_one_piece(*opens, "down", "right")
        await app.until(lambda: app.app.settings.theme != "auto", "another theme")


async def test_two_menus_are_gone_through_in_one_piece(tmp_path: Path) -> None:
    app = friends_app(hosts_in(tmp_path))
    async with app.run_test() as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press_in_one_piece("f", "o", *"cake")
        await seen.until_screen(AskScreen)
        await seen.until(lambda: app.screen.query_one(Input).value == "cake")


async def test_a_key_after_play_is_for_the_table(tmp_path: Path) -> None:
    """Not for the host's menu, whose question would hide the table."""
    async with http_server(tmp_path, table=PATIENT) as served:
        hosts = hosts_in(tmp_path)
        hosts.remember(served.url, "Ann", tls=False)
        async with among_friends(hosts) as app:
            await app.press("1")
            await app.until_text("Play opens one.")  # it knows the port of games
            await app.press_in_one_piece("p", "j")
            await app.until_screen(WaitingScreen)
            await app.until_text("3 seats of 4 free.")
            await app.press("escape")
            await app.until_screen(LobbyScreen)


async def test_a_table_that_opens_behind_a_question_is_shown_after_it(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=PATIENT) as served:
        hosts = hosts_in(tmp_path)
        async with among_friends(hosts) as app:
            await app.press("o")
            await app.until_screen(AskScreen)
            app.app.visit(hosts.place(f"127.0.0.1:{served.server.rubp_ports[0]}"))
            sitting = app.app.sitting
            assert sitting is not None
            await app.until(lambda: sitting.session.present, "the host has told all")
            await app.pilot.pause()
            await app.press("escape")
            await app.until_screen(WaitingScreen)


async def test_a_lesson_is_chosen_and_left_in_one_piece(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press_in_one_piece("l", "down", "down", "enter")
        await app.until_screen(LessonScreen)
        await app.until_text("Lesson 3 of")
        await app.press_in_one_piece("q", "down", "enter")
        await app.until_text("Lesson 4 of")


@pytest.mark.parametrize("answer", [["down", "enter"], ["n"]])
async def test_a_question_is_answered_in_one_piece(tmp_path: Path, answer: list[str]) -> None:
    """By the row at the caret, and by the key of an answer."""
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("enter")
        await app.until_prompt()
        await app.press_in_one_piece("q", *answer, "r")
        await app.until_screen(RulesScreen)
        assert app.app.sitting is not None


async def test_a_digit_in_the_list_of_hosts_and_what_follows_it(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=PATIENT) as served:
        hosts = hosts_in(tmp_path)
        hosts.remember(served.url, "Ann", tls=False)
        async with among_friends(hosts) as app:
            await app.press_in_one_piece("1", "j", *"cake")
            await app.until_screen(AskScreen)
            await app.until(lambda: app.app.screen.query_one(Input).value == "cake")


async def test_a_digit_in_the_settings_and_what_follows_it(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, at_home(host, tmp_path) as app:
        await app.press("comma")
        await app.until_screen(SettingsScreen)
        await app.press("up", "up", "up")
        await app.press_in_one_piece("7", "down", "right")
        await app.until(lambda: app.app.settings.seats == 7, "seven seats")
        await app.until(lambda: app.app.settings.bots == "advanced", "other bots")
