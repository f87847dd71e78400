"""Games that are over: replays, turning points, statistics. No terminal."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rachel.formats.document import read_document
from rachel.formats.json_shapes import ReplayError
from rachel.formats.record import GameRecord, VerifyError
from rachel.formats.replay import Mismatch, ReplayTrace
from rachel_tui.games.played import PlayedGame, statistics
from rachel_tui.games.reel import CHECKED, PROVED, UNCHECKED, Mark, Reel
from rachel_tui.games.turning_points import turning_points
from rachel_tui.words.story import plain_text

VECTORS = Path(__file__).parents[1] / "vectors"
RECORD = VECTORS / "record.json"
TRACE = VECTORS / "games" / "seats-3-aces-and-triples.json"
LOG = VECTORS / "games" / "log-from-turn-65530.json"
GAMES = sorted((VECTORS / "games").glob("*.json"))


def reel(file: Path) -> Reel:
    return Reel(read_document(file.read_bytes()))


@pytest.mark.parametrize("file", GAMES, ids=lambda file: file.stem)
def test_every_game_can_be_shown_at_every_step(file: Path) -> None:
    shown = reel(file)
    hashes = [step["expectedStateHash"] if "expectedStateHash" in step else step["stateHash"]
              for step in json.loads(file.read_text())["steps"]]  # fmt: skip
    assert [shown.at(step).state_hash() for step in range(1, shown.last + 1)] == hashes
    assert all(scene.told for scene in shown.scenes[1:])


LONG = reel(VECTORS / "games" / "seats-2-hand-of-33.json")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-50, 50), max_size=8))
def test_stepping_back_and_forth_equals_stepping_forth(steps: Sequence[int]) -> None:
    now = 0
    for step in steps:
        now = max(0, min(LONG.last, now + step))
        LONG.at(now)
    forth = LONG.at(0)
    for scene in LONG.scenes[1 : now + 1]:
        assert scene.action is not None
        forth.apply(scene.action)
    assert LONG.at(now).state_hash() == forth.state_hash()


def test_what_is_shown_belongs_to_whom_it_is_shown() -> None:
    LONG.at(40).hands[0].clear()
    assert LONG.at(40).hands[0]
    with pytest.raises(IndexError):
        LONG.at(-1)


@pytest.mark.parametrize(("file", "checked"), [(RECORD, PROVED), (TRACE, CHECKED), (LOG, CHECKED)])
def test_it_is_said_what_was_checked(file: Path, checked: str) -> None:
    assert reel(file).checked == checked


def test_a_game_without_hashes_has_nothing_to_check_it_by() -> None:
    trace = read_document(TRACE.read_bytes())
    assert isinstance(trace, ReplayTrace)
    bare = replace(trace, steps=tuple(step._replace(state_hash=None) for step in trace.steps))
    assert Reel(bare).checked == UNCHECKED


def test_a_game_that_is_not_true_is_refused_with_the_step() -> None:
    record = read_document(RECORD.read_bytes())
    assert isinstance(record, GameRecord)
    steps = list(record.replay.steps)
    steps[6] = steps[6]._replace(state_hash=1)
    changed = replace(record, replay=replace(record.replay, steps=tuple(steps)))
    with pytest.raises(VerifyError, match=r"^steps: step 7: expected state hash 1, got "):
        Reel(changed)
    with pytest.raises(Mismatch, match=r"^step 7: expected state hash 1, got "):
        Reel(changed.replay)


def test_a_document_that_tells_of_no_game_is_refused() -> None:
    with pytest.raises(ReplayError):
        read_document(b"[]")


def test_marks_lead_from_event_to_event() -> None:
    shown = reel(TRACE)
    outs = [step for step, scene in enumerate(shown.scenes) if Mark.OUT in scene.marks]
    assert shown.find(0, 1, Mark.OUT) == outs[0]
    assert shown.find(shown.last, -1, Mark.OUT) == outs[0]
    assert shown.find(shown.last, 1) is None
    first = shown.find(0, 1)
    assert first is not None
    assert shown.find(first, -1) is None


def test_turning_points_call_the_viewer_you() -> None:
    told = {it.label: plain_text(it.text) for it in turning_points(reel(TRACE), me=2)}
    assert told == {
        "Hardest hit": "6 cards for Ada, played by Bot Björn",
        "Longest chain": "2C 2D 2H by Ada, you and Bot Björn",
        "Lead": "3 changes of who had the fewest cards",
    }
    told = {it.label: plain_text(it.text) for it in turning_points(LONG)}
    assert told["Comeback"].endswith("held 11 cards, and went out first")


def game(me: int, *others: str, cards: dict[str, int] | None = None) -> PlayedGame:
    names = (*others[:me], "Ann", *others[me:])
    return PlayedGame("2026-11-27T08:00:00+00:00", "solo", names, (), me, cards or {}, 3, 20)


def test_statistics_of_no_games() -> None:
    none = statistics([])
    assert (none.games, none.won, none.streak, none.places, none.rivals) == (0, 0, 0, (), ())


def test_what_games_add_up_to() -> None:
    played = [
        game(0, "Bob", "Cid", cards={"2": 2, "A": 1}),
        game(0, "Bob"),
        game(1, "Bob", cards={"2": 1}),
        game(2, "Cid", "Bob"),
        game(0, "Dora"),
    ]
    told = statistics(played)
    assert (told.games, told.won, told.lost, told.places) == (5, 3, 2, (3, 1, 1))
    assert (told.streak, told.best_streak) == (1, 2)
    assert [(it.name, it.games, it.ahead) for it in told.rivals] == [
        ("Bob", 4, 2),
        ("Cid", 2, 1),
        ("Dora", 1, 1),
    ]
    assert told.cards == {"2": 3, "7": 0, "J": 0, "Q": 0, "A": 1}
    assert told.drawn == 15
    assert told.scores == (1, 1, 0, 0, 1)
    assert statistics(played[:4]).streak == -2
    assert all(PlayedGame.from_json(json.loads(json.dumps(it.to_json()))) for it in played)
