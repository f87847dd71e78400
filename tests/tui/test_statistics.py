"""Statistics of one's own games: the plot, the screen, `rachel stats`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from app_pilot import ENVIRONMENT, AppPilot
from click.testing import CliRunner, Result
from play_process import Terminal
from textual.pilot import Pilot

from rachel.cli import main
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.games.played import PlayedGame
from rachel_tui.games.statistics_words import NO_GAMES, plot_rows
from rachel_tui.home import Home
from rachel_tui.hosts import Unplayable
from rachel_tui.keep import album
from rachel_tui.keep.settings import DEFAULTS, Settings
from rachel_tui.place import Place
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.statistics import StatisticsScreen
from rachel_tui.words.alphabet import in_ascii

Compare = Callable[..., bool]

OTHERS = ("Bot Ada", "Bot Ben", "Zoë 🃏", "A name of 20 letters")


def play_some(folder: Path, games: int = 30) -> None:
    """Put games into an album: the places go down from the last to the first, again and again."""
    for number in range(games):
        me = (games - number) % 5 if number % 3 else 0
        names = (*OTHERS[:me], "Ann", *OTHERS[me:])
        cards = {"2": 2, "7": 1, "J": number % 3, "Q": 0, "A": 1}
        time = f"2026-11-27T11:{number:02}:00+00:00"
        album.add_game(folder, PlayedGame(time, "solo", names, (), me, cards, 4, 60))


def nowhere() -> Place:
    raise Unplayable("no")


def app_with(folder: Path | None, settings: Settings = DEFAULTS) -> RachelApp:
    home = Home(nowhere, lambda: None, games_path=folder)
    outfit = Outfit(ENVIRONMENT, settings)
    return RachelApp(home, offered_name="Ann", outfit=outfit)


def test_a_plot_is_as_high_as_the_scores_and_as_wide_as_asked() -> None:
    assert plot_rows([], 20, 3) == ["", "", ""]
    assert plot_rows([1.0], 3, 3) == ["▇▇▇", "░░░", "░░░"]
    assert plot_rows([0.0], 3, 2) == ["   ", "▁▁▁"]
    assert {len(row) for row in plot_rows([0.5] * 1000, 40, 4)} == {40}
    assert {len(row) for row in plot_rows([0.5] * 7, 40, 4)} == {40}
    assert in_ascii("".join(plot_rows([0.0, 1.0], 4, 2))).isascii()


def test_a_plot_holds_together_where_it_is_steep() -> None:
    assert plot_rows([0.0] * 5 + [1.0] * 5 + [0.0] * 4, 7, 6) == [
        "    ▃  ",
        "    ▇▁ ",
        "   ▁░▇ ",
        "   ▇░▇ ",
        "   ▇░░▇",
        "▁▁▆░░░░",
    ]


async def test_home_leads_to_the_statistics_and_back(tmp_path: Path) -> None:
    play_some(tmp_path)
    with (tmp_path / "games.jsonl").open("a") as file:
        file.write("{damaged\n")
    app = app_with(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(HomeScreen)
        await app_pilot.press("s")
        await app_pilot.until_screen(StatisticsScreen)
        await app_pilot.until_text("30 games: 14 won (47%), 4 lost.")
        await app_pilot.until_text("1 damaged line left out.")
        await app_pilot.press("q")
        await app_pilot.until_screen(HomeScreen)


async def test_before_the_first_game_it_says_what_will_be_there(tmp_path: Path) -> None:
    app = app_with(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(HomeScreen)
        await app_pilot.press("s")
        await app_pilot.until_text(NO_GAMES)
        await app_pilot.until_words("Your first game: q leads home, where Play deals one")
        await app_pilot.press("question_mark")
        await app_pilot.until_screen(HelpScreen)
        await app_pilot.until_words("↑ k ↓ j scroll")


@pytest.mark.parametrize("games", [1, 4, 5])
async def test_few_games_are_listed_and_not_plotted(tmp_path: Path, games: int) -> None:
    play_some(tmp_path, games)
    app = app_with(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("s")
        await seen.until_text("Latest games" if games < 5 else "How it went")
        assert ("How it went" in seen.text()) is (games == 5)
        assert ("Latest games" in seen.text()) is (games < 5)


async def test_the_games_against_a_rival_are_a_whole_number_where_there_is_little_room(
    tmp_path: Path,
) -> None:
    play_some(tmp_path)
    app = app_with(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("s")
        await seen.until_text("47% of 30")


async def test_the_last_place_and_the_last_rival_are_seen_in_frames(tmp_path: Path) -> None:
    """Eight at the table need more rows than the special cards beside them have."""
    names = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Flo", "Ann", "Gus")
    cards = dict.fromkeys("27JQA", 0)
    time = "2026-11-27T11:00:00+00:00"
    album.add_game(tmp_path, PlayedGame(time, "solo", names, (), 6, cards, 4, 60))
    app = app_with(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("s")
        await seen.until_text("7th of 8")
        assert "│ 7th ▮" in seen.text()
        assert "│ Gus  ▮" in seen.text()


async def test_the_letters_of_vi_scroll_the_statistics(tmp_path: Path) -> None:
    play_some(tmp_path)
    app = app_with(tmp_path)
    async with app.run_test(size=(100, 20)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("s")
        await seen.until_text("30 games")
        await seen.press("j")
        await seen.until(lambda: "30 games" not in seen.text())
        await seen.press("k")
        await seen.until_text("30 games")


def shows(
    compare: Compare, folder: Path, size: tuple[int, int], settings: Settings = DEFAULTS
) -> bool:
    """Compare the statistics of some games with what they looked like."""
    play_some(folder)

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(HomeScreen)
        await app_pilot.press("s")
        await app_pilot.until_text("How it went")

    app = app_with(folder, settings)
    return compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)
def test_looks(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    """Numbers, places as bars, rivals, special cards, and how it went over time.

    From 100 columns on all of it stands in frames that fill the screen, with the latest games.
    """
    assert shows(snap_compare, tmp_path, size)


@pytest.mark.parametrize(
    "settings", [Settings(theme="mono"), Settings(ascii=True)], ids=["mono", "ascii"]
)
def test_looks_without_colours_or_signs(
    snap_compare: Compare, tmp_path: Path, settings: Settings
) -> None:
    """The line of the plot stands out from the shade below it all the same."""
    assert shows(snap_compare, tmp_path, (120, 36), settings)


def stats(folder: Path, *arguments: str) -> Result:
    environment = {"XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    return CliRunner().invoke(main, ["stats", *arguments], env=environment)


def test_the_command_tells_it_in_lines(tmp_path: Path) -> None:
    assert stats(tmp_path).stdout == f"{NO_GAMES}\n"
    play_some(tmp_path / "rachel" / "games")
    lines = stats(tmp_path).stdout.splitlines()
    assert lines[0] == "30 games: 14 won (47%), 4 lost."
    assert (
        lines[3]
        == "You played 60 twos, 30 sevens, 30 jacks, 0 queens, 30 aces, and drew 120 cards."
    )
    assert lines[4] == "Against Bot Ada: 30 games, ahead in 14."
    assert lines[-1] == (
        "In your last 10 games you were ahead of 70% of the others, in the 20 games before of 65%."
    )


def test_only_terminals_get_the_plot(tmp_path: Path) -> None:
    play_some(tmp_path / "rachel" / "games")
    for options, plots in (((), True), (("--plain",), False)):
        with Terminal(tmp_path, *options, command="stats") as terminal:
            assert terminal.ends() == 0
            assert ("▅" in terminal.output) is plots
            legend = "Your places, from the oldest game at the left to the latest at the right:"
            assert (f"{legend}\r\n first┤" in terminal.output) is plots
            assert ("\r\n  last┤" in terminal.output) is plots


def test_the_command_tells_it_to_programs(tmp_path: Path) -> None:
    folder = tmp_path / "rachel" / "games"
    play_some(folder, 3)
    with (folder / "games.jsonl").open("a") as file:
        file.write("{damaged\n")
    value = json.loads(stats(tmp_path, "--json").stdout)
    assert (value["games"], value["damaged"], value["places"][0]) == (3, 1, 1)
