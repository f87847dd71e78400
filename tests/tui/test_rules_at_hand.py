"""The rules open at what matters now, on screens and in lines."""

from pathlib import Path
from typing import Any

import pytest
from app_pilot import AppPilot, playing
from scripted_host import cards, position
from table_host import hosting

from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_tui.plain.commands import Query, asked_with
from rachel_tui.plain.text import rules_lines
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.widgets.rules_page import RulesPage
from rachel_tui.words.rules_text import RULES, paragraphs_about, what_matters


@pytest.mark.parametrize(
    ("hand", "top", "state", "caret", "key"),
    [
        ("3S 9C", "9H", {}, "9C", "turn"),
        ("3S QC 9D", "9H", {}, "QC", "queen"),
        ("3S JD 9D", "9H", {}, "JD", "red"),
        ("3S KC", "9H", {}, "KC", "draw"),
        ("3S QC", "5H 2H", {"pending_draws": 2}, "QC", "2"),
        ("3S QC", "5S JS", {"pending_draws": 5}, "QC", "black"),
        ("3S QC", "JS JH", {"pending_draws": 5}, "QC", "red"),
        ("7S QC", "9H 7H", {"pending_skips": 1}, "QC", "7"),
        ("3S 9C", "9H AS", {"nominated_suit": 2}, "9C", "ace"),
    ],
)
def test_what_matters(hand: str, top: str, state: dict[str, Any], caret: str, key: str) -> None:
    view = view_for(position(hand, "5C 6C", "4D 5D", top=top, **state), 0)
    assert what_matters(view.public, view, cards(caret)[0]) == key
    assert key in {paragraph.key for paragraph in RULES}


def test_before_the_deal_the_goal_matters() -> None:
    assert what_matters(None) == "goal"


@pytest.mark.parametrize(
    ("line", "headings"),
    [
        ("rules 7", ["7"]),
        ("rules sevens", ["7"]),
        ("rules black jacks", ["Black jack"]),
        ("r queens", ["Queen"]),
        ("RULES Jack", ["Black jack", "Red jack"]),
        ("rules jh", ["Red jack"]),
        ("rules k", ["Others"]),
        ("rules deck", ["The deck"]),
        ("rules start", ["The start"]),
        ("rules players", ["The start"]),
        ("rules clockwise", ["The start"]),
        ("rules  Miss  a turn", []),
        ("rules misses  a turn", ["7"]),
    ],
)
def test_rules_about_a_word(line: str, headings: list[str]) -> None:
    about = asked_with(Query.RULES, line)
    assert about is not None
    assert [paragraph.heading for paragraph in paragraphs_about(about)] == headings


@pytest.mark.parametrize("seats", range(2, 9))
def test_the_start_is_dealt_as_the_rules_say(seats: int) -> None:
    [start] = paragraphs_about("start")
    game = Game.deal(seats, seed=1)
    said = {6: "with six players 6", 7: "with seven or eight 5", 8: "with seven or eight 5"}
    assert said.get(seats, "dealt 7 cards") in start.text
    assert {len(hand) for hand in game.hands} == {int(said.get(seats, "7")[-1])}
    assert game.current == 0
    assert game.direction == 1


def test_the_lines_of_the_rules() -> None:
    assert asked_with(Query.RULES, "rules") is None
    assert len(rules_lines()) == len(RULES)
    assert rules_lines("red") == [line for line in rules_lines() if line.startswith("Red jack (")]
    assert rules_lines("tea")[0].startswith(
        "The rules do not say 'tea'. Try rules 7, or another of goal, "
    )


@pytest.mark.parametrize(
    ("size", "key", "scrolls"),
    [
        ((80, 24), "r", True),
        ((200, 50), "r", False),
        ((60, 20), "question_mark", True),
        ((200, 50), "question_mark", False),
    ],
)
async def test_scrolling_is_offered_where_there_is_more_to_see(
    tmp_path: Path, size: tuple[int, int], key: str, *, scrolls: bool
) -> None:
    game = position("3S QC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path, size=size) as app:
        await app.until_prompt()
        await app.press(key)
        await app.until_text("r back" if key == "r" else "? back")
        assert ("scroll · " in app.text()) is scrolls


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_r_opens_the_paragraph_on_the_pending_attack(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    game = position("3S QC", "5C 6C", "4D 5D", top="JS JH", pending_draws=5)
    async with hosting(game) as host, playing(host, tmp_path, size=size) as app:
        await app.until_prompt()
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.until_text("▶ Red jack")
        for begin, end in (("home", "end"), ("g", "G")):
            await app.press(begin)
            await app.until_text("The goal")
            await app.press(end)
            await app.until_text("The end")
        await app.press("q")
        await app.until_prompt()


async def test_r_opens_the_paragraph_on_the_card_at_the_caret(tmp_path: Path) -> None:
    host_game = position("3S QH KH", "5C 6C", "4D 5D", top="9H")
    async with hosting(host_game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("2", "r")
        await app.until_text("▶ Queen")


def sought(app: AppPilot) -> tuple[str, str]:
    """Return what is marked in the rules, and the row with the place that was gone to."""
    page = app.app.screen.query_one(RulesPage)
    here = page.here
    row = [] if here is None else [text.plain for text in page.rows()][here.row : here.row + 1]
    return page.sought, "".join(row)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (200, 50)])
async def test_letters_are_sought_as_less_does(tmp_path: Path, size: tuple[int, int]) -> None:
    game = position("3S QC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path, size=size) as app:
        await app.until_prompt()
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.press("home")
        await app.until_text("/ search · r back")
        await app.press_at(1.0, "slash", *"SHUFFLE", "enter")
        await app.until_text("1 of 1 · esc back")
        await app.until(lambda: "shuffled" in sought(app)[1])
        await app.until_text("shuffled into a new one")
        await app.press("home", "slash", *"answer")
        await app.until_text("1 of 4 · enter · esc back")
        await app.press("enter", "N")
        await app.until_text("4 of 4")
        assert "answers any more" in sought(app)[1]
        await app.press("n", "n")
        await app.until_text("2 of 4")
        await app.press("slash", *"xyz")
        await app.until_text("not found · ")
        await app.press("escape")
        await app.until_text("/ search · r back")
        assert sought(app) == ("", "")
        await app.press("n")
        await app.press("escape")
        await app.until_prompt()


async def test_in_a_window_of_another_size_what_was_sought_is_found_again(tmp_path: Path) -> None:
    game = position("3S QC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.press("slash", *"shuffle", "enter")
        await app.until_text("1 of 1")
        await app.pilot.resize_terminal(60, 20)
        await app.until(lambda: "shuffled" in sought(app)[1])


async def test_the_search_is_told_by_help(tmp_path: Path) -> None:
    game = position("3S QC", "5C 6C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path, size=(100, 40)) as app:
        await app.until_prompt()
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.press("question_mark")
        await app.until_text("search the rules")
        assert "the next place" not in app.text()
        await app.press("escape", "slash", "a", "enter", "question_mark")
        await app.until_text("the next place that was found")


async def test_rules_that_are_left_before_they_are_drawn_do_no_harm(tmp_path: Path) -> None:
    """As when a sentence is typed at the table, which is full of keys."""
    game = position("3S QH KH", "5C 6C", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press_in_one_piece(*"rqrtq" * 4)
        await app.until_prompt()
        await app.press("r")
        await app.until_text("r back")
