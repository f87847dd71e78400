"""The replay viewer: every key, what it shows and hides, and what it refuses."""

import json
import random
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import tzset
from typing import Final

import pytest
from app_pilot import ENVIRONMENT, AppPilot, playing_at
from play_process import Terminal, run_rachel
from textual.pilot import Pilot
from whole_game import ANN_THIRD, ANN_WINS, NONCE, dealt, place_with_album, play_to_the_end

from rachel.formats.document import read_document
from rachel.formats.record import GameRecord, SeatRecord
from rachel.formats.replay import ReplayTrace
from rachel.rules.actions import Action
from rachel.rules.deal_proof import commitment
from rachel.rules.game import Game
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.found_game import NoGame, find_game
from rachel_tui.games.reel import Mark, Reel
from rachel_tui.home import Home
from rachel_tui.hosts import Unplayable
from rachel_tui.keep import album
from rachel_tui.keep.settings import Settings
from rachel_tui.place import Place
from rachel_tui.plain.replay import PlainReplay
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.replay import ALL, ReplayScreen
from rachel_tui.screens.replay_details import replay_detail
from rachel_tui.screens.replays import ReplaysScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.widgets.reel_bar import ReelBar
from rachel_tui.widgets.seat_hands import SeatHand, SeatHands

VECTORS = Path(__file__).parents[1] / "vectors"
RECORD = VECTORS / "record.json"
TRACE = VECTORS / "games" / "seats-3-aces-and-triples.json"
LONG = VECTORS / "games" / "seats-5-hand-of-35.json"

Compare = Callable[..., bool]


def reel(file: Path) -> Reel:
    return Reel(read_document(file.read_bytes()))


def app_with(start: Reel | Home) -> RachelApp:
    outfit = Outfit(ENVIRONMENT, Settings(motion=False))
    return RachelApp(start, offered_name="Ann", outfit=outfit)


@asynccontextmanager
async def watching(
    file: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[AppPilot, ReplayScreen]]:
    app = app_with(reel(file))
    async with app.run_test(size=size) as pilot:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(ReplayScreen)
        screen = app.screen
        assert isinstance(screen, ReplayScreen)
        yield app_pilot, screen


async def test_it_steps_forth_and_back_and_to_both_ends() -> None:
    async with watching(TRACE) as (app, screen):
        await app.until_text("the deal")
        await app.press("right", "right", "right", "left")
        await app.until_text("step 2 of 40")
        await app.until_text("› Bot Björn plays 6")
        await app.press("end")
        await app.until_text("step 40 of 40 · the end")
        await app.press("right")
        assert screen.step == 40
        await app.press("home", "left")
        assert screen.step == 0
        await app.until_words("› The cards are dealt.")


async def test_it_jumps_to_events_of_each_kind_and_back() -> None:
    async with watching(TRACE) as (app, screen):
        scenes = reel(TRACE).scenes
        for key, mark in (("a", Mark.ATTACK), ("v", Mark.REVERSAL), ("o", Mark.OUT)):
            steps = [step for step, scene in enumerate(scenes) if mark in scene.marks]
            await app.press("home", key)
            assert screen.step == steps[0]
            await app.press("end", key)
            assert screen.step == 40
            await app.press(key.upper())
            assert screen.step == [step for step in steps if step < 40][-1]
        await app.press("home", "n", "n", "N")
        assert screen.step == next(step for step, scene in enumerate(scenes) if scene.marks)


async def test_it_plays_by_itself_until_the_end_and_stops_when_told() -> None:
    async with watching(RECORD) as (app, screen):
        await app.press(*["plus"] * 6)
        await app.until_text("8 a second")
        await app.press("space")
        await app.until_text("▶ 8 a second")
        await app.until(lambda: screen.step >= 2)
        await app.press("space")
        stopped = screen.step
        await app.until_text("paused")
        await app.press("space")
        await app.until(lambda: screen.step == 15 and not screen.playing)
        assert stopped < 15
        await app.press("minus", "space")
        await app.until(lambda: 0 < screen.step < 15)
        assert screen.playing


async def test_it_stands_still_while_something_else_is_read() -> None:
    async with watching(RECORD) as (app, screen):
        await app.press("space", "question_mark")
        await app.until_screen(HelpScreen)
        step = screen.step
        screen._advance()
        screen._advance()
        assert screen.step == step
        await app.press("escape")
        await app.until_screen(ReplayScreen)
        await app.until(lambda: screen.step > step, "it goes on")


async def test_a_question_mark_shows_its_keys() -> None:
    async with watching(TRACE) as (app, screen):
        await app.press("question_mark")
        await app.until_screen(HelpScreen)
        await app.until_words("+ = go on faster")
        await app.until_words("v to the next reversal")
        await app.until_words("1-8 open one hand alone")
        await app.pilot.resize_terminal(60, 20)
        await app.until_text(" n           to the next attack, reversal or player")
        await app.until_text("│              going out")
        await app.press("escape")
        await app.until(lambda: app.app.screen is screen)


def test_a_solo_game_is_seen_from_its_players_seat() -> None:
    trace = json.loads(TRACE.read_text())
    assert reel(TRACE).front == 0
    trace["aiPlayerIndices"] = [0, 2]
    assert Reel(read_document(json.dumps(trace).encode())).front == 1


async def test_hands_are_open_for_all_for_one_or_closed() -> None:
    async with watching(TRACE) as (app, screen):
        game = reel(TRACE).at(0)
        await app.until_text("Hands: all open")
        assert screen.open_seat == ALL
        await app.press("2")
        await app.until_text("Hands: one open")
        shown = [row for row in app.text().splitlines() if "1 Ada" in row]
        assert f"{len(game.hands[0])}  ▮▮▮" in shown[0]
        await app.press("2")
        await app.until_text("Hands: all open")
        await app.press("h")
        await app.until_text("Hands: closed")
        assert screen.open_seat is None
        await app.press("8")  # there is no such seat
        assert screen.open_seat is None


async def test_a_click_on_the_way_goes_there() -> None:
    async with watching(TRACE) as (app, screen):
        await app.click(ReelBar, 38, 1)
        await app.until(lambda: screen.step == 20)


async def test_leaving_a_replay_ends_an_app_that_began_with_it() -> None:
    async with watching(TRACE) as (app, _):
        await app.press("q")
        await app.until(lambda: not app.app.is_running)


async def test_the_end_of_a_game_leads_to_its_replay_and_its_record(tmp_path: Path) -> None:
    host = dealt(ANN_WINS)
    async with playing_at(place_with_album(host, tmp_path)) as app:
        await app.until_prompt()
        play_to_the_end(host, ANN_WINS)
        await app.until_screen(ResultScreen)
        await app.until_text("w Replay")
        await app.press("w")
        await app.until_screen(ReplayScreen)
        await app.until_text("fair deal, every step checked")
        await app.until_text("1 Ann (you)")
        await app.press("q")
        await app.until_screen(ResultScreen)
        taken = tmp_path / "taken.json"
        taken.write_text("mine")
        await app.press("s")
        await app.until_screen(AskScreen)
        await app.press("home", *["delete"] * 40, *str(taken), "enter")
        await app.until_words("There is such a file already")
        await app.press(*["backspace"] * 5, "2", "enter")
        await app.until_screen(ResultScreen)
    record = read_document((tmp_path / "taken2").read_bytes())
    assert isinstance(record, GameRecord)
    assert taken.read_text() == "mine"


def test_a_long_name_leaves_room_for_the_mark_of_the_viewer() -> None:
    line = replace(reel(TRACE).seat_lines(reel(TRACE).at(0))[0], name="W" * 20, is_me=True)
    hands = SeatHands()
    hands.hands = (SeatHand(line, None),)
    assert "WWWWWWWWW… (you)" in hands.rows()[0].plain


def never() -> Place:
    raise Unplayable("no")


async def test_home_leads_to_the_games_that_are_kept(tmp_path: Path) -> None:
    record = read_document(RECORD.read_bytes())
    assert isinstance(record, GameRecord)
    for day in range(1, 29):
        time = record.finished_at.replace(day=day)
        album.add_record(tmp_path, replace(record, finished_at=time), me=1)
    (tmp_path / "records" / "2020-01-01-000000-X.json").write_text("{")
    app = app_with(Home(never, lambda: None, games_path=tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(HomeScreen)
        await app_pilot.press("v")
        await app_pilot.until_screen(ReplaysScreen)
        await app_pilot.until_text("wins; then")
        await app_pilot.press("enter")
        await app_pilot.until_screen(ReplayScreen)
        await app_pilot.until_text("(you)")
        await app_pilot.press("escape")
        await app_pilot.until_screen(ReplaysScreen)
        await app_pilot.press("up", "up", "enter")
        await app_pilot.press("up", "up", "enter")
        await app_pilot.until_text("2020-01-01-000000-X.json cannot be read")
        await app_pilot.press("o")
        await app_pilot.until_screen(AskScreen)
        shutil.copy(RECORD, tmp_path / "yes.json")
        await app_pilot.press(*str(tmp_path / "yes.jso"), "enter")
        await app_pilot.until_words("No such file or directory.")
        await app_pilot.press("n", "enter")  # what was typed is still there
        await app_pilot.until_screen(ReplayScreen)
        assert "(you)" not in app_pilot.text()  # it may be anybody's
        await app_pilot.press("escape")
        await app_pilot.until_screen(ReplaysScreen)
        await app_pilot.press("q")
        await app_pilot.until_screen(HomeScreen)


FOUR: Final = ("Ann", "Bot Ada", "Bob", "Zoë [b]")


def whole_record(seed: int, day: int, names: tuple[str, ...] = FOUR) -> GameRecord:
    """Return the record of a game that all play by chance."""
    game, chance = Game.deal(len(names), seed), random.Random(1)
    actions: list[Action] = []
    while not game.is_over:
        actions.append(chance.choice(game.legal_actions()))
        game.apply(actions[-1])
    loser = next(seat for seat in range(len(names)) if not game.out[seat])
    time = datetime(2026, 11, day, 12, tzinfo=UTC)
    return GameRecord(
        id=f"CAKE-{day}",
        room="CAKE",
        commitment=commitment(seed, NONCE),
        seed=seed,
        nonce=NONCE,
        seats=tuple(SeatRecord(name, None) for name in names),
        places=(*game.finish_order, loser),
        started_at=time,
        finished_at=time,
        replay=ReplayTrace.record(names, (), seed, actions),
    )


def keep_some(folder: Path) -> None:
    """Keep two games, and an older file that cannot be read."""
    album.add_record(folder, whole_record(ANN_THIRD, 4), me=0)
    album.add_record(folder, whole_record(ANN_WINS, 5), me=0)
    (folder / "records" / "2020-01-01-000000-X.json").write_text("{")


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the clocks of this machine go by UTC."""
    monkeypatch.setenv("TZ", "UTC")
    tzset()
    yield
    monkeypatch.undo()
    tzset()


async def test_beside_the_replays_stands_how_each_game_went(tmp_path: Path) -> None:
    keep_some(tmp_path)
    app = app_with(Home(never, lambda: None, games_path=tmp_path))
    async with app.run_test(size=(120, 36)) as pilot:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(HomeScreen)
        await app_pilot.press("v")
        await app_pilot.until_text("★ first  Ann (you)")
        await app_pilot.until_text("Hardest hit")
        await app_pilot.until_text("fair deal, every step checked.")
        await app_pilot.press("down")
        await app_pilot.until_text("third  Ann")
        await app_pilot.press("down")
        await app_pilot.until_text("It cannot be shown:")
        assert "third" not in app_pilot.text()
        await app_pilot.press("down")
        await app_pilot.until_text("A record that somebody gave you")
        await pilot.resize_terminal(80, 24)
        await app_pilot.until(lambda: "somebody gave you" not in app_pilot.text())


@pytest.mark.parametrize("told", [{}, *({"ownSeat": it} for it in (-1, 4, 1.0, True, "1", None))])
def test_a_record_that_does_not_say_whose_it_was_marks_nobody(
    tmp_path: Path, told: dict[str, object]
) -> None:
    file = album.add_record(tmp_path, whole_record(ANN_WINS, 4), me=2)
    assert album.own_seat(file) == 2
    file.write_text(json.dumps({**whole_record(ANN_WINS, 4).to_json(), **told}))
    assert album.own_seat(file) is None
    assert album.own_seat(tmp_path / "gone.json") is None


def test_beside_a_replay_of_eight_the_names_stand_apart_from_their_places(tmp_path: Path) -> None:
    names = (*FOUR, *FOUR)
    numbered = tuple(f"{seat}{name}" for seat, name in enumerate(names))
    album.add_record(tmp_path, whole_record(1, 4, numbered), me=3)
    (kept,) = (tmp_path / "records").iterdir()
    seventh = replay_detail(kept).text.plain.splitlines()[6]
    assert re.fullmatch(r"  seventh \d[ABZ].*", seventh)


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)
def test_what_the_replays_look_like(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    """From 100 columns on, beside the list the end of a game, its places, and what decided it."""
    keep_some(tmp_path)
    app = app_with(Home(never, lambda: None, games_path=tmp_path))

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(HomeScreen)
        await app_pilot.press("v")
        await app_pilot.until_text("every step checked" if size[0] >= 100 else "wins; then")

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_a_game_that_is_not_true_is_refused_with_the_step_named(tmp_path: Path) -> None:
    value = json.loads(RECORD.read_text())
    value["replay"]["steps"][4]["expectedStateHash"] += 1
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(value))
    with pytest.raises(NoGame, match=r"^not shown: steps: step 5: expected state hash "):
        await find_game(str(file))
    value["nonce"] = "00" * 16
    file.write_text(json.dumps(value))
    with pytest.raises(NoGame, match=r"^not shown: commitment: expected "):
        await find_game(str(file))


async def test_a_saved_game_is_found_by_the_name_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert album.save_record(whole_record(ANN_WINS, 5), "mine.json") == ""
    assert (await find_game("mine.json")).names[0] == "Ann"
    with pytest.raises(NoGame, match=r"^cannot read yours\.json: No such file or directory$"):
        await find_game("yours.json")


def test_lines_tell_it_step_by_step() -> None:
    said: list[str] = []
    told = PlainReplay(reel(TRACE), said.append)
    assert said[0] == (
        "Replay: Ada, Bot Björn and Cléo, 40 steps; every step checked, no proof of the deal."
    )

    assert said[1] == ("In it: 7 attacks, 3 reversals. Out: Bot Björn at step 35, Ada at step 40.")

    def answers(line: str) -> list[str]:
        del said[:]
        assert told.answer(line)
        return list(said)

    assert said[3:] == ["The cards are dealt. Ada starts.", "Top card 8D."]
    assert answers("table")[3:] == [
        "Turns go in this order.",
        "Top card 8D. 30 cards in the deck, 1 discarded.",
    ]
    assert answers("") == ["Step 1 of 40: Ada plays 6D."]
    assert len(answers("next 3")) == 3
    assert answers("back") == ["Step 3 of 40: Cléo plays 8S."]
    assert answers("back 9") == ["The cards are dealt. Ada starts.", "Top card 8D."]
    assert answers("back") == ["This is the deal. Type quit to leave the replay."]
    assert answers("out")[0].endswith("goes out first and wins!")
    assert answers("hands")[-1].startswith(("Ada: ", "Cléo: "))
    assert answers("show") == ["Hands are told."]
    assert len(answers("attack")) == 5
    assert answers("hide") == ["Hands are not told."]
    assert answers("go 5")[0].startswith("Step 5 of 40: ")
    assert [line[:14] for line in answers("go 30")] == ["Step 30 of 40:"], "no step between"
    assert answers("3") == ["Step 3 of 40: Cléo plays 8S."]
    for wrong in ("go 41", "41", "go", "go -1", "go home"):
        assert answers(wrong) == ["Type go and the number of a step, from 0 to 40."]
    end, loser = answers("go 40"), "The game is over: Cléo is left with cards and loses."
    assert any(line.endswith(f"goes out second. {loser}") for line in end)
    assert "First: Bot Björn. Second: Ada. Last: Cléo." in end
    assert answers("table")[:3] == [
        "Bot Björn: out first.", "Ada: out second.", "Cléo: 3 cards.",
    ]  # fmt: skip
    assert answers("next") == ["This is the end. Type quit to leave the replay."]
    assert answers("next 0")[0].startswith("Step 40 of 40: ")
    assert answers("last")[-2:] == ["Ada goes out second.", loser]
    assert answers("event") == ["There is none after this step."]
    assert answers("what")[0].startswith("Type Enter, ")
    assert answers("help")[0].startswith("Enter or next: ")
    assert not told.answer("quit")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 36)], ids=["80x24", "60x20", "120x36"])
def test_looks(snap_compare: Compare, size: tuple[int, int]) -> None:
    """A felt, the story, the hands with what is played next, and the way through the game."""
    app = app_with(reel(LONG))

    async def before(pilot: Pilot[None]) -> None:
        app_pilot = AppPilot(app, pilot)
        await app_pilot.until_screen(ReplayScreen)
        await app_pilot.press("o", "right", "right")
        await app_pilot.until_text("step 124")

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_the_command_shows_a_game_on_screens_and_in_lines(tmp_path: Path) -> None:
    told = run_rachel(tmp_path, "\nquit\n", "view", str(RECORD), "--plain")
    assert (told.returncode, told.stderr) == (0, b"")
    assert b"fair deal, every step checked." in told.stdout
    assert b"Step 1 of " in told.stdout
    missing = run_rachel(tmp_path, "", "view", "nowhere.json")
    assert missing.returncode == 1
    assert missing.stderr == b"Error: cannot read nowhere.json: No such file or directory\n"
    with Terminal(tmp_path, str(RECORD), command="view") as terminal:
        terminal.until("every step checked")
        terminal.type("q")
        assert terminal.ends() == 0
