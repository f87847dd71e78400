"""Going out while others play on: a panel in place of the hand, and the rest fast-forwarded."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import AppPilot, app_at, playing_at
from memory_host import MemoryHost
from plain_reader import talking_at
from scripted_host import cards, position
from textual.pilot import Pilot

from rachel.rules.actions import Play
from rachel.rules.game import Game
from rachel_tui.plain.help import ALONE
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.out_panel import OutPanel

Compare = Callable[..., bool]


def last_card() -> Game:
    """Return a game in which Ann goes out first with a single card, and three play on."""
    return position("7H", "9C 6C 5S", "4D 5D", "2S KC QC 3D", top="9H")


async def test_who_goes_out_reads_it_where_the_hand_was(tmp_path: Path) -> None:
    host = MemoryHost(last_card())
    async with playing_at(host.place(tmp_path)) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("You are out first: YOU WIN!")
        await app.until_text("Your last play: 7♥.")
        await app.until_text("Still playing: Bot Ada (3 cards), Bob (2), Cid (4).")
        await app.until_text("leave with q: your place is safe")
        assert not app.app.screen.query_one(HandView).display
        await app.press("f", "d", "space", "enter", "left")
        assert type(app.app.screen) is TableScreen
        await app.press("q")  # there are no turns that a bot could take
        await app.until_text("You are out, and your place is safe.")
        assert "gives this up" not in app.text()


async def test_the_rest_of_a_solo_game_can_be_fast_forwarded(tmp_path: Path) -> None:
    host = MemoryHost(last_card())
    hurried: list[bool] = []
    place = replace(host.place(tmp_path), solo_seats=4, hurry=hurried.append)
    async with playing_at(place) as app:
        await app.until_prompt()
        await app.press("f")
        await app.until_text("Not now: it is your turn.")
        assert not hurried
        await app.press("enter")
        await app.until_text("f: fast-forward to the end")
        await app.press("f")
        await app.until_text("The rest is fast-forwarded…")
        await app.press("f")
        assert hurried == [True]
        while not host.game.is_over:
            host.move(host.game.legal_actions()[0])
        await app.until_screen(ResultScreen)
        await app.until_text("YOU WIN!")
        await app.press("enter")
        await app.until_prompt()
        assert app.app.screen.query_one(HandView).display


async def test_bots_are_hurried_until_it_is_our_turn(tmp_path: Path) -> None:
    host = MemoryHost(position("8H 6S 5S", "9C 6H 5C", "4H 5D", top="9H"))
    hurried: list[bool] = []
    place = replace(host.place(tmp_path), solo_seats=3, hurry=hurried.append)
    async with playing_at(place) as app:
        await app.until_prompt()
        await app.until_text("f Fast")
        await app.press("3", "enter")
        await app.until_text("Bot Ada is playing")
        await app.press("f", "f")
        await app.until(lambda: hurried)
        host.move(host.game.legal_actions()[0])
        await app.until_text("Bob is playing")
        assert hurried == [True, True]
        host.move(host.game.legal_actions()[0])
        await app.until_prompt()
        assert hurried == [True, True, False]
        await app.press("d")
        await app.until_text("Bot Ada is playing")
        assert hurried[3:] == []


async def test_at_a_host_with_others_nothing_is_hurried(tmp_path: Path) -> None:
    host = MemoryHost(position("8H 6S 5S", "9C 6H 5C", "4H 5D", top="9H"))
    async with playing_at(host.place(tmp_path)) as app:
        await app.until_prompt()
        await app.press("f")
        await app.until_text("f does nothing here")
        assert "f Fast" not in app.text()


async def test_lines_hurry_bots_until_it_is_our_turn(tmp_path: Path) -> None:
    host = MemoryHost(position("8H 6S 5S", "9C 6H 5C", "4H 5D", top="9H"))
    hurried: list[bool] = []
    place = replace(host.place(tmp_path), solo_seats=3, hurry=hurried.append)
    async with talking_at(place) as reader:
        await reader.hears("The cards are dealt. You start.")
        reader.type("fast", "8h")
        await reader.hears("Not possible: it is your turn.")
        await reader.hears("You play 8H.")
        assert not hurried
        reader.type("fast", "table")
        await reader.hears("Bot Ada: 3 cards, to play.")
        assert hurried == [True]
        host.move(host.game.legal_actions()[0])
        host.move(host.game.legal_actions()[0])
        await reader.hears("Your turn: nothing fits, draw a card. Top card 4H.")
        assert hurried == [True, False]


async def test_a_click_fast_forwards_too(tmp_path: Path) -> None:
    host = MemoryHost(last_card())
    hurried: list[bool] = []
    place = replace(host.place(tmp_path), solo_seats=4, hurry=hurried.append)
    async with playing_at(place) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("f: fast-forward to the end")
        await app.click(OutPanel, 12, 4)
        await app.until(lambda: hurried)


async def test_the_last_two_meet_no_panel(tmp_path: Path) -> None:
    host = MemoryHost(position("7H", "5C 6C", top="9H"))
    async with playing_at(host.place(tmp_path)) as app:
        await app.until_prompt()
        host.move(Play(tuple(cards("7H"))))
        await app.until_screen(ResultScreen)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 36)], ids=["80x24", "60x20", "120x36"])
def test_looks(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """The place as a card, the last play, who plays on, and what there is to do."""
    host = MemoryHost(last_card())
    app = app_at(replace(host.place(tmp_path), solo_seats=4, hurry=lambda _: None))

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_prompt()
        await app_pilot.press("enter")
        await app_pilot.until_text("f: fast-forward to the end")

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_lines_tell_it_and_fast_forward(tmp_path: Path) -> None:
    host = MemoryHost(last_card())
    hurried: list[bool] = []
    place = replace(host.place(tmp_path), solo_seats=4, hurry=hurried.append)
    async with talking_at(place) as reader:
        await reader.hears("The cards are dealt. You start.")
        reader.type("help", "fast", "7h")
        await reader.hears(ALONE)
        await reader.hears("Not possible: it is your turn.")
        await reader.hears("You go out first and win!")
        await reader.hears("Still playing: Bot Ada (3 cards), Bob (2), Cid (4).")
        reader.type("fast")
        await reader.hears("Type fast to see the end at once, or quit.")
        while not host.game.is_over:
            host.move(host.game.legal_actions()[0])
        await reader.hears("Type again for another game, recap or replay for how it went, or quit.")
        assert "You are out first: YOU WIN!" not in reader.said
    assert hurried == [True]
