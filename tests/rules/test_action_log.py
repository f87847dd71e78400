"""ActionLog: what our writer says, what it reads of others, and what verifying one finds."""

import json
from dataclasses import replace
from typing import Any

import pytest
from game_strategies import games, unhurried
from hypothesis import given
from hypothesis import strategies as st
from positions import move, position, random_actions

from rachel.formats import snapshot
from rachel.formats.action_log import ActionLog
from rachel.formats.json_shapes import load
from rachel.formats.replay import Mismatch, MismatchKind, ReplayError
from rachel.rules.actions import DRAW
from rachel.rules.game import Game


def card(rank: str, suit: str) -> dict[str, str]:
    return {"rank": rank, "suit": suit}


def log(turns: int = 300) -> ActionLog:
    game = Game.deal(3, 7)
    return ActionLog.record(game, random_actions(game, 7, turns), bots=[1])


def test_starts_from_the_snapshot() -> None:
    game = Game.deal(3, 7)
    recorded = log()
    assert recorded.initial == snapshot.encode(game, [1])
    assert (recorded.initial_hash, recorded.bots) == (game.state_hash(), (1,))
    assert recorded.to_json()["initialSnapshotHex"] == recorded.initial.hex()


def test_recording_leaves_the_game_alone() -> None:
    game = Game.deal(3, 7)
    before = game.state_hash()
    ActionLog.record(game, random_actions(game, 7, 20))
    assert game.state_hash() == before


def test_the_shape_of_a_play() -> None:
    game = position("2H 2C 3D / 4C 4H", "KH", turn=8)
    step = ActionLog.record(game, [move("2H 2C")]).to_json()["steps"][0]
    game.apply(move("2H 2C"))
    pair = [card("2", "hearts"), card("2", "clubs")]
    attack = {
        "kind": "attack_applied", "attackerPlayerIndex": 0, "targetPlayerIndex": 1, "severity": 2,
    }  # fmt: skip
    assert step == {
        "actingPlayerIndex": 0,
        "action": {"type": "play", "cards": pair},
        "stateHash": game.state_hash(),
        "events": [
            {"kind": "cards_removed_from_hand", "playerIndex": 0, "cards": pair},
            {"kind": "cards_added_to_discard", "cards": pair},
            attack,
            attack,
            {"kind": "turn_advanced", "fromPlayerIndex": 0, "toPlayerIndex": 1, "turnNumber": 9},
        ],
        "turnEnd": {
            "playerIndex": 0,
            "kind": "play",
            "cards": pair,
            "nominatedSuit": None,
            "cardsDrawn": 0,
            "nextPlayerIndex": 1,
            "turnNumber": 9,
            "finishPosition": None,
            "survivorPlayerIndex": None,
            "specVersion": 1,
            "stateHash": game.state_hash(),
        },
        "turnStart": {
            "playerIndex": 1,
            "turnNumber": 9,
            "pendingDraws": 4,
            "pendingSkips": 0,
            "specVersion": 1,
            "stateHash": game.state_hash(),
        },
        "playerWon": None,
    }


def test_the_shape_of_a_draw() -> None:
    game = position("9S / 3C", "JC", "8H 8D", draws=2)
    step = ActionLog.record(game, [DRAW]).to_json()["steps"][0]
    assert step["events"][0] == {
        "kind": "cards_drawn",
        "playerIndex": 0,
        "cards": [card("8", "hearts"), card("8", "diamonds")],
    }
    end = step["turnEnd"]
    assert (end["kind"], end["cards"], end["cardsDrawn"]) == ("draw", [], 2)


def test_the_shape_of_the_end() -> None:
    game = position("QH / - / 5C", "KH", finished=[1])
    game.attacks = [(0, 2, 200, 0), (0, 2, 100, 0), (2, 0, 5, 1)]
    step = ActionLog.record(game, [move("QH")]).to_json()["steps"][0]
    game.apply(move("QH"))
    assert step["events"][2:] == [
        {"kind": "player_finished", "playerIndex": 0, "position": 1},
        {"kind": "direction_reversed", "direction": "counter_clockwise"},
        {"kind": "turn_advanced", "fromPlayerIndex": 0, "toPlayerIndex": 2, "turnNumber": 1},
        {"kind": "game_finished", "survivorPlayerIndex": 2, "finishOrder": [1, 0]},
    ]
    assert step["turnEnd"]["finishPosition"] == 1
    assert step["turnEnd"]["survivorPlayerIndex"] == 2
    assert step["turnStart"] is None
    assert step["playerWon"] == {
        "survivorPlayerIndex": 2,
        "turnNumber": 1,
        "specVersion": 1,
        "stateHash": game.state_hash(),
        "attackDealt": [255, 0, 5],
        "attackTaken": [5, 0, 255],
    }


@pytest.mark.parametrize(
    ("text", "suit", "kind", "event"),
    [
        ("AC", "spades", "suit_nominated", {"playerIndex": 0, "suit": "spades"}),
        ("JH", None, "attack_reduced", {"playerIndex": 0, "amount": 5}),
        ("7C", None, "skip_applied", {"attackerPlayerIndex": 0, "targetPlayerIndex": 1}),
    ],
)
def test_the_shape_of_other_events(
    text: str, suit: str | None, kind: str, event: dict[str, Any]
) -> None:
    game = position("AC JH 7C 3D / 4C", "JC", draws=7 if text == "JH" else 0)
    step = ActionLog.record(game, [move(text, suit)]).to_json()["steps"][0]
    assert {"kind": kind, **event} in step["events"]
    assert step["turnEnd"]["nominatedSuit"] == suit


@unhurried
@given(game=games(), seed=st.integers(0, 1000))
def test_goes_there_and_back(game: Game, seed: int) -> None:
    recorded = ActionLog.record(game, random_actions(game, seed, 30), [0])
    again = ActionLog.from_json(load(json.dumps(recorded.to_json())))
    assert again == recorded
    assert again.verify().end.turn == game.turn + len(recorded.steps)


def test_reads_what_others_write() -> None:
    """They may leave null fields out, know fewer or more of an event, and tell turns their way."""
    value = log(turns=4).to_json()
    for step in value["steps"]:
        step["events"] = [{"kind": event["kind"], "extra": 1} for event in step["events"]]
        step["turnEnd"] = "0900…"
        del step["turnStart"], step["playerWon"]
    read = ActionLog.from_json(value)
    assert read.verify().end.turn == 4
    assert read.to_json()["steps"][0]["turnEnd"] == "0900…"
    assert read.to_json()["steps"][0]["turnStart"] is None


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["specVersion"], 3, "specVersion must be 1"),
        (["initialSnapshotHex"], "52 53", "initialSnapshotHex must be hexadecimal digits"),
        (["initialSnapshotHex"], "525", "initialSnapshotHex must be hexadecimal digits"),
        (["initialSnapshotHex"], "5253", "initialSnapshotHex: truncated: "),
        (["initialSnapshotHex"], 5, "initialSnapshotHex must be a string, not 5"),
        (["initialStateHash"], -1, "initialStateHash must be an integer"),
        (["steps", 1, "actingPlayerIndex"], 8, "steps[1].actingPlayerIndex must be an integer"),
        (["steps", 1, "actingPlayerIndex"], True, "steps[1].actingPlayerIndex must be an integer"),
        (["steps", 1, "stateHash"], "1", "steps[1].stateHash must be an integer"),
        (["steps", 1, "events"], None, "steps[1].events must be a list, not null"),
        (["steps", 1, "events", 0], "x", "steps[1].events[0] must be an object, not 'x'"),
        (["steps", 1, "events", 0], {}, "steps[1].events[0].kind is missing"),
        (["steps", 1, "events", 0, "kind"], "won", "steps[1].events[0].kind must be one of"),
        (["steps", 1, "action", "type"], None, "steps[1].action.type must be a string, not null"),
    ],
)
def test_refuses_what_is_no_log(path: list[Any], value: object, message: str) -> None:
    whole = log(turns=3).to_json()
    place: Any = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ReplayError) as refused:
        ActionLog.from_json(whole)
    assert message in str(refused.value)


def test_an_end_of_a_turn_must_be_there() -> None:
    whole = log(turns=3).to_json()
    del whole["steps"][2]["turnEnd"]
    with pytest.raises(ReplayError, match=r"steps\[2\]\.turnEnd is missing"):
        ActionLog.from_json(whole)


def changed(whole: ActionLog, index: int, **fields: Any) -> ActionLog:  # noqa: ANN401
    steps = list(whole.steps)
    steps[index] = replace(steps[index], **fields)
    return replace(whole, steps=tuple(steps))


def test_finds_a_wrong_hash() -> None:
    with pytest.raises(Mismatch, match="step 6: expected state hash 77, got") as found:
        changed(log(), 5, state_hash=77).verify()
    assert (found.value.step, found.value.expected) == (6, 77)


def test_finds_a_wrong_initial_hash() -> None:
    with pytest.raises(Mismatch, match="initial state: expected state hash 77"):
        replace(log(), initial_hash=77).verify()


@pytest.mark.parametrize("seat", [2, 7])
def test_finds_a_wrong_acting_player(seat: int) -> None:
    with pytest.raises(Mismatch) as found:
        changed(log(), 0, seat=seat).verify()
    assert str(found.value) == f"step 1: expected seat {seat} to act, got seat 0's turn"
    assert (found.value.kind, found.value.actual) == (MismatchKind.ACTING_PLAYER, 0)


def test_names_the_refusal_of_an_action() -> None:
    with pytest.raises(Mismatch, match="step 1: draw is refused, must_play_if_able") as found:
        changed(log(), 0, action=DRAW).verify()
    assert (found.value.kind, found.value.actual) == (
        MismatchKind.REFUSED_ACTION,
        "must_play_if_able",
    )


def test_no_action_follows_the_end() -> None:
    whole = log()
    longer = replace(whole, steps=(*whole.steps, whole.steps[-1]))
    with pytest.raises(Mismatch, match="game_already_over"):
        longer.verify()


@pytest.mark.parametrize("attacks", [0, 0xFFFF])
def test_a_game_longer_than_a_hash_can_tell(attacks: int) -> None:
    game = position("2H 3D / 4C", "KH", turn=0xFFFFFFFF if not attacks else 7)
    game.attacks = [(0, 1, 2, 0)] * attacks
    whole = replace(log(turns=1), initial=snapshot.encode(game), initial_hash=game.state_hash())
    with pytest.raises(ReplayError, match="step 1: the game is too long for a state hash"):
        changed(whole, 0, action=move("2H"), seat=0).verify()
