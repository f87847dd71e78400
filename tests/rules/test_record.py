"""The record of a finished game: its JSON, and every way in which one can be untrue."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from positions import random_actions

from rachel.formats.json_shapes import ReplayError, load
from rachel.formats.record import GameRecord, SeatRecord, VerifyError, checks, commitment, verify
from rachel.formats.replay import ReplayTrace, TraceStep
from rachel.rules.game import Game

SEED = 2**63 + 5
NONCE = bytes(range(16))
VECTOR = Path(__file__).parents[1] / "vectors" / "record.json"


def record() -> GameRecord:
    replay = ReplayTrace.record(
        ["Ada", "Bot Björn", "Cléo"], [1], SEED, random_actions(Game.deal(3, SEED), 1)
    )
    end = replay.verify()
    assert end.survivor is not None
    return GameRecord(
        id="k3v9q2m7x1ab",
        room="FOXY",
        commitment=commitment(SEED, NONCE),
        seed=SEED,
        nonce=NONCE,
        seats=(
            SeatRecord("Ada", None),
            SeatRecord("Bot Björn", "advanced"),
            SeatRecord("Cléo", None),
        ),
        places=(*end.finish_order, end.survivor),
        started_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
        finished_at=datetime(2026, 1, 31, 12, 4, 30, 250_000, tzinfo=UTC),
        replay=replay,
    )


def test_the_commitment_is_the_hash_of_seed_and_nonce() -> None:
    digest = hashlib.sha256(bytes.fromhex("8000000000000005") + NONCE).hexdigest()
    assert commitment(SEED, NONCE) == digest


def test_a_true_record() -> None:
    verify(record())
    assert [check.name for check in checks(record())] == [
        "commitment", "deal", "seats", "steps", "places",
    ]  # fmt: skip


def test_the_shape_of_a_record() -> None:
    found = record()
    value = dict(found.to_json())
    assert value.pop("replay") == found.replay.to_json()
    assert value == {
        "id": "k3v9q2m7x1ab",
        "room": "FOXY",
        "commitment": found.commitment,
        "seed": SEED,
        "nonce": "000102030405060708090a0b0c0d0e0f",
        "seats": [
            {"name": "Ada", "bot": None},
            {"name": "Bot Björn", "bot": "advanced"},
            {"name": "Cléo", "bot": None},
        ],
        "places": list(found.places),
        "startedAt": "2026-01-31T12:00:00Z",
        "finishedAt": "2026-01-31T12:04:30.250000Z",
    }


def test_goes_there_and_back() -> None:
    assert GameRecord.from_json(load(json.dumps(record().to_json()))) == record()


def test_the_stored_record_stays_readable() -> None:
    text = VECTOR.read_text(encoding="utf-8")
    found = GameRecord.from_json(load(text))
    verify(found)
    assert found.to_json() == json.loads(text)


def test_times_are_written_in_utc() -> None:
    local = datetime(2026, 1, 31, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert replace(record(), started_at=local).to_json()["startedAt"] == "2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("commitment", "ab", "commitment must be 64 hexadecimal digits, not 'ab'"),
        ("commitment", "x" * 64, "commitment must be hexadecimal digits"),
        ("nonce", "00" * 15, "nonce must be 32 hexadecimal digits"),
        ("nonce", None, "nonce must be a string, not null"),
        ("seed", 2**64, "seed must be an integer"),
        ("seats", None, "seats must be a list, not null"),
        ("seats", [{"name": "Ada"}], "seats[0].bot is missing"),
        ("seats", [{"name": 7, "bot": None}], "seats[0].name must be a string, not 7"),
        ("seats", [{"name": "Ada", "bot": True}], "seats[0].bot must be a string, not true"),
        ("places", [0, 1, 3], "places[2] must be an integer from 0 to 2, not 3"),
        ("places", [0, 1, 1], "places holds a number twice"),
        ("startedAt", "2026-01-31T12:00:00", "startedAt must be a time like"),
        ("startedAt", "yesterdayZ", "startedAt must be a time like"),
        ("finishedAt", 1769860800, "finishedAt must be a string"),
        ("id", None, "id must be a string"),
        ("replay", [], "replay must be an object, not a list"),
        ("replay", {}, "replay.specVersion is missing"),
    ],
)
def test_refuses_what_is_no_record(name: str, value: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(ReplayError) as refused:
        GameRecord.from_json(record().to_json() | {name: value})
    assert message in str(refused.value)


def failure(untrue: GameRecord) -> VerifyError:
    with pytest.raises(VerifyError) as found:
        verify(untrue)
    assert "\n" not in str(found.value)
    return found.value


def test_a_deal_that_was_not_announced() -> None:
    true = record()
    for untrue in (
        replace(true, nonce=bytes(16)),
        replace(true, seed=SEED ^ 1),
        replace(true, commitment="00" * 32),
    ):
        error = failure(untrue)
        assert error.check == "commitment"
        assert str(error).startswith(f"commitment: expected {untrue.commitment}, got ")


def test_a_replay_of_another_deal() -> None:
    true = record()
    other = ReplayTrace.record(true.replay.names, [1], 1, [])
    error = failure(replace(true, replay=other))
    assert str(error) == f"deal: the replay has seed 1, the record {SEED}"


def test_a_deal_with_another_hash() -> None:
    true = record()
    error = failure(replace(true, replay=replace(true.replay, initial_hash=3)))
    assert str(error) == f"deal: expected state hash 3, got {true.replay.initial_hash}"


def test_other_people() -> None:
    true = record()
    seats = (SeatRecord("Eve", None), *true.seats[1:])
    assert failure(replace(true, seats=seats)).check == "seats"
    assert failure(replace(true, seats=true.seats[:2])).check == "seats"
    seats = (SeatRecord("Ada", "beginner"), *true.seats[1:])
    assert str(failure(replace(true, seats=seats))) == (
        "seats: the bots differ from those in the replay"
    )


def test_a_wrong_hash() -> None:
    true = record()
    steps = list(true.replay.steps)
    steps[3] = TraceStep(steps[3].action, 12)
    error = failure(replace(true, replay=replace(true.replay, steps=tuple(steps))))
    assert error.check == "steps"
    assert str(error).startswith("steps: step 4: expected state hash 12, got ")


def test_a_game_that_is_not_over() -> None:
    true = record()
    steps = true.replay.steps[:-1]
    error = failure(replace(true, replay=replace(true.replay, steps=steps)))
    assert str(error) == f"steps: the game is not over after {len(steps)} steps"


def test_other_places() -> None:
    true = record()
    for places in (true.places[::-1], true.places[:2], ()):
        error = failure(replace(true, places=places))
        assert error.check == "places"
        assert str(error).endswith(f"got {', '.join(map(str, true.places))}")
