"""Home in lines: settings that are changed, and games that are over."""

import asyncio
from functools import partial
from pathlib import Path

from rachel.formats.document import read_document
from rachel.formats.record import GameRecord
from rachel_tui.home import Home
from rachel_tui.keep.album import add_record
from rachel_tui.keep.settings import OwnSettings
from rachel_tui.keep.settings_file import write_file
from rachel_tui.keep.settings_sources import load
from rachel_tui.place import Place
from rachel_tui.plain.home import HomeLines
from rachel_tui.plain.lines import Lines


async def at_home(folder: Path, *typed: str) -> list[str]:
    """Type lines at home; return what was said."""

    def solo() -> Place:
        raise AssertionError("not played here")

    path, said, lines = folder / "rachel.toml", list[str](), Lines()
    settings = OwnSettings(
        lambda: load(path, {"RACHEL_BOTS": "beginner"}).settings, partial(write_file, path)
    )
    for line in (*typed, None):
        lines.put_nowait(line)
    home = Home(solo, lambda: None, games_path=folder / "games")
    async with asyncio.timeout(20):
        await HomeLines(home, "Ann", said.append, settings).run(lines)
    return said


async def test_settings_are_told_and_changed(tmp_path: Path) -> None:
    said = await at_home(
        tmp_path, "settings", "all", "set theme light", "theme pink", "seats 9", "bot_delay 1",
        "seats", "", "set bots advanced", "name  Zoë Zimmermann", "set age 3",
        "bot delay 0.5", "quit", "quit",
    )  # fmt: skip
    assert any("A colour for each suit; else red and black." in line for line in said)
    assert "theme is light now." in said
    assert "bot delay is 1.0 seconds now." in said
    assert "theme must be one of auto, dark, light, contrast, terminal, mono." in said
    assert "seats must be a number from 2 to 8." in said
    assert "bots is kept, but a variable or an option says beginner this time." in said
    assert any(line.startswith("There is no such setting. There are name, ") for line in said)
    assert (
        "name is Zoe Zimmermann now: names have up to 15 characters, without accents or pictures."
        in said
    )
    assert said[-1] == "You leave."
    kept = load(tmp_path / "rachel.toml", {}).settings
    assert (kept.theme, kept.bots, kept.seats, kept.bot_delay) == ("light", "advanced", 4, 0.5)


async def test_the_name_of_a_setting_asks_for_its_value(tmp_path: Path) -> None:
    said = await at_home(
        tmp_path, "settings", "seats", "nine", "9", "3", "Motion", "seats", "back", "seats: 5",
        "sort", "Suit", "name", "name ", "seats", "back", "back", "quit",
    )  # fmt: skip
    begin = said.index("seats: 4. Seats of a new solo game, 2 to 8.")
    end = "Type the new value, or press Enter to keep it."
    end_of_name = "Type the new one, none to have no name, or press Enter to keep it."
    assert said[begin + 4 : -3] == [
        f"seats: 4. Seats of a new solo game, 2 to 8. {end}",
        "seats must be a number from 2 to 8. Enter keeps what it is.",
        "seats must be a number from 2 to 8. Enter keeps what it is.",
        "seats is 3 now.",
        f"motion: yes. Cards fly over the table. {end}",
        f"seats: 3. Seats of a new solo game, 2 to 8. {end}",
        "seats stays 3.",
        "seats is 5 now.",
        f"sort: rank. Order of your hand: dealt, suit, rank. {end}",
        "sort is suit now.",
        f"name: none yet. What others call you, up to 15 characters. {end_of_name}",
        f"name: none yet. What others call you, up to 15 characters. {end_of_name}",
        "name is seats now.",
    ]
    kept = load(tmp_path / "rachel.toml", {}).settings
    assert (kept.seats, kept.sort, kept.name) == (5, "suit", "seats")


async def test_settings_are_told_again_and_take_what_they_tell(tmp_path: Path) -> None:
    said = await at_home(
        tmp_path,
        "settings", "bot-delay 1.5 seconds", "botdelay 0,5", "", "help", "settings",
        "bell maybe", "ascii maybe", "seats", "12", "", "back", "quit",
    )  # fmt: skip
    assert "bot delay is 1.5 seconds now." in said
    assert "bot delay is 0.5 seconds now." in said
    told = "bot delay: 0.5 seconds. Seconds a bot of a solo game waits before it acts, 0 to 2."
    assert said.count(told) == 3
    assert "bell must be yes or no." in said
    assert "ascii must be auto, yes or no." in said
    assert "seats must be a number from 2 to 8. Enter keeps what it is." in said


async def test_home_knows_the_words_of_screens_and_commands(tmp_path: Path) -> None:
    said = await at_home(tmp_path, "stats", "config", "back", "view", "back", "back", "menu", "q")
    assert any(line.startswith("No game") for line in said), said
    assert "name: none yet. What others call you, up to 15 characters." in said
    assert "Which game? Type a file, the address of a game's page, or back." in said
    assert "You are home; quit ends Rachel." in said
    assert sum(line.endswith(" quit.") and line[0].isdigit() for line in said) == 2
    assert said[-1] == "You leave."


async def test_a_name_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    said = await at_home(tmp_path, "settings", "name \U0001f600", "name Player", "back", "quit")
    refused = [line for line in said if line.startswith("Others could not read that name: ")]
    assert len(refused) == 1
    assert "name is Player now." in said


async def test_a_name_can_be_taken_back(tmp_path: Path) -> None:
    said = await at_home(
        tmp_path, "settings", "name Zoe", "name", "none", "name", "", "back", "quit"
    )
    taken_back = said.index("You have no name: you are asked for one at your next table.")
    assert taken_back > said.index("name is Zoe now.")
    assert "name stays none yet." in said[taken_back:]
    loaded = load(tmp_path / "rachel.toml", {})
    assert (loaded.settings.name, loaded.problems) == ("", ())


async def test_games_that_are_over(tmp_path: Path) -> None:
    said = await at_home(
        tmp_path,
        "statistics", "replays", "nowhere.json", "Learn", "http://localhost:9/x", "back", "quit",
    )  # fmt: skip
    assert "Which game? Type a file, the address of a game's page, or back." in said
    assert "learn is at home: type back first." in said
    assert any(line.startswith("That is no page of a game: ") for line in said)
    assert "Error: cannot read nowhere.json: No such file or directory." in said
    assert said[-1] == "You leave."


async def test_games_that_are_over_are_told_again(tmp_path: Path) -> None:
    records = tmp_path / "games" / "records"
    records.mkdir(parents=True)
    for number in range(11):
        (records / f"2020-01-{number + 10}-000000-X.json").write_text("{")
    said = await at_home(tmp_path, "replays", "", "more", "help", "back", "quit")
    numbers = [line.partition(":")[0] for line in said if line.endswith("cannot be read.")]
    nine = [str(number) for number in range(1, 10)]
    assert numbers == [*nine, *nine, "10", "11", *nine, "10", "11"]


async def test_a_kept_game_is_told_with_the_viewers_own_seat_marked(tmp_path: Path) -> None:
    record = read_document((Path(__file__).parents[1] / "vectors" / "record.json").read_bytes())
    assert isinstance(record, GameRecord)
    add_record(tmp_path / "games", record, me=1)
    said = await at_home(tmp_path, "replays", "1", "back", "back", "quit")
    (title,) = [line for line in said if line.startswith("Replay: ")]
    assert f"{record.seats[1].name} (you)" in title
    assert title.count("(you)") == 1


async def test_the_menu_names_what_lines_have(tmp_path: Path) -> None:
    """Colours and sounds are for screens; what the settings begin with is what is promised."""
    said = await at_home(tmp_path, "settings", "back", "quit")
    (promise,) = [line for line in said if " settings: " in line]
    assert promise.endswith(" settings: your name, and how solo games are dealt.")
    told = [line.partition(":")[0] for line in said[said.index(promise) :]]
    assert [name for name in told if name in ("name", "seats", "bots", "bot delay", "theme")] == [
        "name", "seats", "bots", "bot delay",
    ]  # fmt: skip
