"""The vectors hold: our own, and those of the reference implementation where they are at hand."""

import pytest
from rubp_strategies import Header
from rubp_vectors import (
    GOLDEN_FILE,
    Refusal,
    Vector,
    golden_vectors,
    own_refusals,
    own_vectors,
)

from rachel.rubp import MessageType, ProtocolError, decode, decode_frame, type_of


@pytest.mark.parametrize("vector", own_vectors() + golden_vectors(), ids=lambda v: v.name)
def test_vectors_hold_both_ways(vector: Vector) -> None:
    header = Header(vector.version, vector.sequence, vector.player_id, vector.game_id, vector.time)
    assert header.encode(vector.message).hex() == vector.data.hex()
    frame = decode_frame(vector.data)
    assert (frame.version, frame.sequence, frame.player_id, frame.game_id, frame.time) == (
        vector.version,
        vector.sequence,
        vector.player_id,
        vector.game_id,
        vector.time,
    )
    assert header.encode(decode(frame)).hex() == vector.data.hex()


def test_own_vectors_show_every_type_in_both_versions() -> None:
    seen = {(type_of(vector.message), vector.version) for vector in own_vectors()}
    assert seen == {(kind, version) for kind in MessageType for version in (1, 2)}


def test_golden_vectors_are_read_where_they_exist() -> None:
    assert bool(golden_vectors()) == GOLDEN_FILE.exists()


@pytest.mark.parametrize("refusal", own_refusals(), ids=lambda refusal: refusal.name)
def test_vectors_that_must_be_refused(refusal: Refusal) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(decode_frame(refusal.data))
    assert caught.value.reason == refusal.reason
