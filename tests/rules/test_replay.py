"""ReplayTrace: its JSON both ways, and what verifying one finds."""

import copy
import json
from typing import Any

import pytest
from game_strategies import games, unhurried
from hypothesis import given
from hypothesis import strategies as st
from positions import move, random_actions

from rachel.formats.json_shapes import Fields as JsonFields
from rachel.formats.json_shapes import action_from_json, action_to_json, card_from_json, load
from rachel.formats.replay import Mismatch, MismatchKind, ReplayError, ReplayTrace, TraceStep
from rachel.rules.actions import DRAW, Play
from rachel.rules.game import Game

NAMES = ("Ada", "Bot Björn", "Cléo")


def trace(seed: int = 7, turns: int = 300) -> ReplayTrace:
    actions = random_actions(Game.deal(3, seed), seed, turns)
    return ReplayTrace.record(NAMES, [1], seed, actions)


# JSON


def test_the_shape_of_a_trace() -> None:
    game = Game.deal(2, 42)
    recorded = ReplayTrace.record(("Ada", "Bob"), (), 42, [move("4S")])
    game.apply(move("4S"))
    assert recorded.to_json() == {
        "specVersion": 1,
        "playerNames": ["Ada", "Bob"],
        "aiPlayerIndices": [],
        "seed": 42,
        "initialStateHash": 9892255162964722708,
        "steps": [
            {
                "action": {"type": "play", "cards": [{"rank": "4", "suit": "spades"}]},
                "expectedStateHash": game.state_hash(),
            }
        ],
    }


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (DRAW, {"type": "draw"}),
        (
            move("10H 10C"),
            {
                "type": "play",
                "cards": [{"rank": "10", "suit": "hearts"}, {"rank": "10", "suit": "clubs"}],
            },
        ),
        (
            move("AD", "clubs"),
            {
                "type": "play",
                "cards": [{"rank": "ace", "suit": "diamonds"}],
                "nominatedSuit": "clubs",
            },
        ),
    ],
    ids=["draw", "play", "ace"],
)
def test_the_shape_of_an_action(action: Play, value: dict[str, Any]) -> None:
    assert action_to_json(action) == value
    assert action_from_json(JsonFields(value)) == action


def test_no_nomination_may_be_null() -> None:
    value = action_to_json(move("KH")) | {"nominatedSuit": None}
    assert action_from_json(JsonFields(value)) == move("KH")


@unhurried
@given(game=games(), seed=st.integers(0, 2**64 - 1))
def test_goes_there_and_back(game: Game, seed: int) -> None:
    names = tuple(f"Player {seat}" for seat in range(game.seats))
    recorded = ReplayTrace.record(
        names, [0], seed, random_actions(Game.deal(game.seats, seed), seed, 80)
    )
    text = json.dumps(recorded.to_json())
    assert ReplayTrace.from_json(load(text)) == recorded
    assert ReplayTrace.from_json(load(text.encode())) == recorded
    recorded.verify()


def test_fields_of_others_are_ignored() -> None:
    value = json.loads(json.dumps(trace(turns=3).to_json()))
    value["engine"] = {"name": "another"}
    value["steps"][0]["comment"] = "?"
    assert ReplayTrace.from_json(value) == trace(turns=3)


# Each is a path into a trace, what to put there (MISSING: nothing), and what the refusal names.
MISSING = object()
WRONG = [
    (["specVersion"], 2, "specVersion must be 1"),
    (["specVersion"], True, "specVersion must be an integer"),
    (["specVersion"], MISSING, "specVersion is missing"),
    (["playerNames"], "Ada", "playerNames must be a list, not 'Ada'"),
    (["playerNames"], ["Ada"], "playerNames must hold 2 to 8 names, not 1"),
    (["playerNames"], ["Ada"] * 9, "playerNames must hold 2 to 8 names, not 9"),
    (["playerNames", 1], None, "playerNames[1] must be a string, not null"),
    (["aiPlayerIndices"], MISSING, "aiPlayerIndices is missing"),
    (["aiPlayerIndices"], [3], "aiPlayerIndices[0] must be an integer from 0 to 2, not 3"),
    (["aiPlayerIndices"], [-1], "aiPlayerIndices[0] must be an integer from 0 to 2, not -1"),
    (["aiPlayerIndices"], [True], "aiPlayerIndices[0] must be an integer from 0 to 2, not true"),
    (["aiPlayerIndices"], [1, 1], "aiPlayerIndices holds a number twice"),
    (["seed"], -1, "seed must be an integer from 0 to 18446744073709551615, not -1"),
    (["seed"], 2**64, "seed must be an integer from 0 to 18446744073709551615, not a larger"),
    (["seed"], 1.0, "seed must be an integer"),
    (["seed"], "7", "seed must be an integer"),
    (["seed"], True, "seed must be an integer"),
    (["initialStateHash"], None, "initialStateHash must be an integer"),
    (["steps"], {}, "steps must be a list, not an object"),
    (["steps", 2], [], "steps[2] must be an object, not a list"),
    (["steps", 2, "expectedStateHash"], False, "steps[2].expectedStateHash must be an integer"),
    (["steps", 2, "action"], MISSING, "steps[2].action is missing"),
    (["steps", 2, "action"], "draw", "steps[2].action must be an object, not 'draw'"),
    (["steps", 2, "action"], {}, "steps[2].action.type is missing"),
    (["steps", 2, "action", "type"], "pass", "type must be one of draw, play, not 'pass'"),
    (["steps", 2, "action"], {"type": "play"}, "steps[2].action.cards is missing"),
    (["steps", 2, "action"], {"type": "play", "cards": 7}, "cards must be a list, not 7"),
    (["steps", 2, "action"], {"type": "play", "cards": [7]}, "cards[0] must be an object, not 7"),
]
WRONG_CARDS = [
    ({"rank": "1", "suit": "clubs"}, "rank must be one of 2, 3,"),
    ({"rank": 7, "suit": "clubs"}, "rank must be a string, not 7"),
    ({"rank": "Queen", "suit": "clubs"}, "not 'Queen'"),
    ({"rank": "queen", "suit": "♣"}, r"not '\u2663'"),
    ({"rank": "queen"}, "suit is missing"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG)
def test_refuses_what_is_no_trace(path: list[Any], value: object, message: str) -> None:
    whole = copy.deepcopy(trace(turns=5).to_json())
    place: Any = whole
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    with pytest.raises(ReplayError) as refused:
        ReplayTrace.from_json(whole)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("value", "message"), WRONG_CARDS)
def test_refuses_what_is_no_card(value: object, message: str) -> None:
    with pytest.raises(ReplayError) as refused:
        card_from_json(value)
    assert message in str(refused.value)


def test_refuses_an_unknown_nomination() -> None:
    value = action_to_json(move("AH", "clubs")) | {"nominatedSuit": "club"}
    with pytest.raises(ReplayError, match="nominatedSuit must be one of hearts, diamonds"):
        action_from_json(JsonFields(value))


@pytest.mark.parametrize("value", [None, 7, "x", [], [{}], True])
def test_refuses_other_json(value: object) -> None:
    with pytest.raises(ReplayError, match="the document must be an object"):
        ReplayTrace.from_json(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: line 1, column 1"),
        ('{"seed": 1,\n}', "not JSON: line 2, column 1"),
        (b"\xff\xfe\xfa\x80\x80", "not JSON: not even text"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
        ('{"seed": ' + "1" * 5000 + "}", "a number with thousands of digits"),
    ],
    ids=["empty", "comma", "binary", "lists", "objects", "digits"],
)
def test_refuses_what_is_no_json(text: str | bytes, message: str) -> None:
    with pytest.raises(ReplayError, match=message):
        load(text)


def test_refusals_are_safe_to_print() -> None:
    value = trace(turns=1).to_json() | {"seed": "\x1b[2J\u202e\n\ud800" + "x" * 10_000}
    with pytest.raises(ReplayError) as refused:
        ReplayTrace.from_json(value)
    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


# Recording


def test_records_the_hashes_of_the_game() -> None:
    recorded = trace()
    game = Game.deal(3, 7)
    assert recorded.initial_hash == game.state_hash()
    for step in recorded.steps:
        game.apply(step.action)
        assert step.state_hash == game.state_hash()
    assert game.is_over


def test_records_no_illegal_action() -> None:
    with pytest.raises(Mismatch, match="step 1: draw is refused, must_play_if_able") as found:
        ReplayTrace.record(("Ada", "Bob"), (), 42, [DRAW])
    assert found.value.kind is MismatchKind.REFUSED_ACTION


def test_records_no_game_of_nine() -> None:
    with pytest.raises(ValueError, match="2 to 8 seats"):
        ReplayTrace.record(["x"] * 9, (), 1, [])


# Verifying


def changed(whole: ReplayTrace, index: int, step: TraceStep) -> ReplayTrace:
    steps = [*whole.steps[:index], step, *whole.steps[index + 1 :]]
    return ReplayTrace(whole.names, whole.bots, whole.seed, whole.initial_hash, tuple(steps))


def test_an_unfinished_trace_verifies() -> None:
    game = trace(turns=5).verify()
    assert (game.turn, game.is_over) == (5, False)


def test_finds_the_first_wrong_hash() -> None:
    whole = trace()
    right = whole.steps[4].state_hash
    wrong = changed(whole, 4, TraceStep(whole.steps[4].action, right ^ 1))
    wrong = changed(wrong, 9, TraceStep(whole.steps[9].action, 0))
    with pytest.raises(Mismatch) as found:
        wrong.verify()
    mismatch = found.value
    assert (mismatch.step, mismatch.kind) == (5, MismatchKind.STATE_HASH)
    assert (mismatch.expected, mismatch.actual) == (right ^ 1, right)
    assert str(mismatch) == f"step 5: expected state hash {right ^ 1}, got {right}"


def test_finds_a_wrong_initial_hash() -> None:
    whole = trace()
    wrong = ReplayTrace(whole.names, whole.bots, whole.seed, 1, whole.steps)
    with pytest.raises(Mismatch, match="initial state: expected state hash 1, got") as found:
        wrong.verify()
    assert found.value.step == 0


def test_finds_another_seed() -> None:
    whole = trace()
    with pytest.raises(Mismatch, match="initial state"):
        ReplayTrace(whole.names, whole.bots, 8, whole.initial_hash, whole.steps).verify()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (move(""), "step 3: a play of no cards is refused, invalid_play: "),
        (move("2H 2D 2C 2S 3H"), "step 3: 2H 2D 2C 2S 3H is refused, card_not_in_hand: "),
    ],
)
def test_names_the_refusal_of_an_action(action: Play, message: str) -> None:
    whole = trace()
    with pytest.raises(Mismatch) as found:
        changed(whole, 2, TraceStep(action, whole.steps[2].state_hash)).verify()
    assert str(found.value).startswith(message)
    assert (found.value.step, found.value.kind) == (3, MismatchKind.REFUSED_ACTION)


def test_no_action_follows_the_end() -> None:
    whole = trace()
    longer = changed(whole, len(whole.steps), TraceStep(DRAW, 0))
    with pytest.raises(Mismatch, match="draw is refused, game_already_over") as found:
        longer.verify()
    assert found.value.step == len(whole.steps) + 1


def test_moments_tell_who_did_what() -> None:
    whole = trace()
    game = whole.start()
    for number, moment in enumerate(whole.moments(), start=1):
        assert (moment.step, moment.seat) == (number, game.current)
        assert moment.action == whole.steps[number - 1].action
        game.apply(moment.action)
        assert moment.state_hash == moment.recorded_hash == game.state_hash()
        assert moment.events
