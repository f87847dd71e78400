"""Home in lines: the menu is said again when asked for, and every question can be left."""

from pathlib import Path

import pytest

from rachel_tui.home import Home
from rachel_tui.hosts import ELSEWHERE, Hosts, LeftGame, Unplayable
from rachel_tui.place import Place
from rachel_tui.plain.home import HomeLines
from rachel_tui.plain.lines import Lines
from rachel_tui.words.room_codes import JOIN_QUESTION

MENU = [
    "1 solo: against bots, right now.",
    "2 learn: the game, in twelve minutes.",
    "3 friends: at somebody's host, or watch.",
]
WHICH = (
    "Which host? Type its name or address, like cards.example.org, the link of a table there, "
    "or back."
)


def no_solo() -> Place:
    """Stand for a home at which nobody plays alone."""
    raise AssertionError("nobody asked for a game")


async def said_to(folder: Path, *typed: str) -> list[str]:
    """Return what is said at home to somebody who types lines, and then no more."""
    hosts = Hosts(folder / "hosts.json", folder / "seats.json", folder / "logins.json")
    said: list[str] = []
    lines = Lines()
    for line in (*typed, None):
        lines.put_nowait(line)
    assert await HomeLines(Home(no_solo, lambda: None, hosts), "Ann", said.append).run(lines) == 0
    return said


async def test_the_menu_can_be_heard_again(tmp_path: Path) -> None:
    said = await said_to(tmp_path, "", "", "xyzzy")
    menu = said[1:-2]
    assert menu[:3] == MENU
    assert menu == menu[: len(menu) // 3] * 3


async def test_after_the_rules_home_tells_how_to_hear_a_part_of_them(tmp_path: Path) -> None:
    said = await said_to(tmp_path, "rules", "rules 7")
    assert said[-4:] == [
        "rules 7, or rules and another word, tells a part of this.",
        "Home. Type a number or a word, or press Enter to hear the menu.",
        "7: The next player misses a turn. A player with a 7 does not: they must play it, and one "
        "more player misses a turn.",
        "You leave.",
    ]


async def test_help_tells_what_can_be_typed_at_home(tmp_path: Path) -> None:
    said = await said_to(tmp_path, "help", "xyzzy")
    assert said[-5].startswith("Type the number or the word")
    assert said[-2] == "Type a number from 1 to 5 or a word of the menu; Enter tells it."


@pytest.mark.parametrize(
    ("about", "solo"),
    [
        ("your game with Bob", "the game that you left; there, new deals another one"),
        (ELSEWHERE, "against bots, right now"),
    ],
)
async def test_numbers_stay_when_there_is_a_game_to_continue(about: str, solo: str) -> None:
    opened, said, lines = list[str](), list[str](), Lines()

    def open_left() -> Place:
        opened.append("left")
        raise Unplayable("not here")

    for line in ("0", "2", "back", "10", None):
        lines.put_nowait(line)
    home = Home(no_solo, lambda: LeftGame(about, open_left))
    assert await HomeLines(home, "Ann", said.append).run(lines) == 0
    menu = said.index("Rachel. Type a number or a word:") + 1
    assert said[menu : menu + 3] == [
        f"0 continue: {about}.",
        f"1 solo: {solo}.",
        "2 learn: the game, in twelve minutes.",
    ]
    assert "You leave the lessons." in said
    assert "Type a number from 0 to 4 or a word of the menu; Enter tells it." in said
    assert opened == ["left"]


async def test_a_question_about_a_host_can_be_asked_again_and_left(tmp_path: Path) -> None:
    said = await said_to(tmp_path, "friends", "help", "lessons", "quit")
    at = said.index(WHICH)
    assert said[at : at + 4] == [
        WHICH,
        WHICH,
        "lessons is at home: type back first.",
        "Home. Type a number or a word, or press Enter to hear the menu.",
    ]


async def test_nobody_is_asked_after_the_end_of_input(tmp_path: Path) -> None:
    said = await said_to(tmp_path, "friends", "http://127.0.0.1:1", "join")
    assert said[-2:] == [JOIN_QUESTION, "You leave."]


async def test_the_name_is_asked_for_once_and_said_as_others_see_it(tmp_path: Path) -> None:
    place = Place("127.0.0.1", 1, None, tmp_path / "seats.json")
    kept: list[str] = []
    said: list[str] = []
    lines = Lines()
    for line in ("solo", "back", "solo", "Zoë", "quit", "solo", "quit", None):
        lines.put_nowait(line)
    home = HomeLines(Home(lambda: place, lambda: None), "root", said.append, None, kept.append)
    assert await home.run(lines) == 0
    asked = "What do the others call you? Type a name, or press Enter for root."
    assert (said.count(asked), kept) == (2, ["Zoe"])
    assert [line for line in said if line.startswith("Welcome. Rachel is a card game:")] == said[:1]
    assert (
        "You are Zoe: names have up to 15 characters, without accents or pictures. "
        "The settings, at home, change it."
    ) in said
