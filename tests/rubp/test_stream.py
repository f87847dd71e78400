"""Frames out of a stream of bytes: any cuts, garbage, damage and loss."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rubp_strategies import ANY_MESSAGE, HEADERS

from rachel.rubp import (
    Announce,
    Frame,
    FrameStream,
    HandSync,
    Heartbeat,
    decode_frame,
    encode,
    encode_frame,
)


def run(pieces: Iterable[bytes]) -> tuple[list[Frame], int]:
    """Feed the pieces; return the frames and how many bytes were dropped."""
    stream = FrameStream()
    frames: list[Frame] = []
    fed = 0
    for piece in pieces:
        frames += stream.feed(piece)
        fed += len(piece)
        assert 0 <= fed - 64 * len(frames) - stream.dropped_bytes <= 63, "bytes that are kept"
    return frames, stream.dropped_bytes


def numbered(sequence: int, version: int = 2) -> bytes:
    """Return a hand of cards that can be told from others by its sequence number."""
    hand = HandSync(cards=(2, 75, 142), turn=sequence, state_hash=0x1122334455667788)
    return encode(hand, version=version, sequence=sequence, player_id=1, game_id=66)


def sequences(frames: Iterable[Frame]) -> list[int]:
    """Return the sequence numbers of frames."""
    return [frame.sequence for frame in frames]


def damaged(data: bytes, offset: int = 30) -> bytes:
    """Return a frame with one byte changed."""
    return data[:offset] + bytes([data[offset] ^ 0x41]) + data[offset + 1 :]


GOOD = st.builds(lambda header, message: header.encode(message), HEADERS, ANY_MESSAGE)
FRAGMENTS = (b"R", b"RA", b"RAC", b"RACH", b"RACH\x01", b"RACH\x02", b"RACH\x03", b"\0\xff")
GARBAGE = st.binary(max_size=80) | st.lists(st.sampled_from(FRAGMENTS)).map(b"".join)
DAMAGED = st.builds(damaged, GOOD, st.integers(0, 63))
TRUNCATED = st.builds(lambda data, size: data[:size], GOOD, st.integers(0, 63))
STREAMS = st.lists(GOOD | GARBAGE | DAMAGED | TRUNCATED, max_size=8).map(b"".join)


@settings(deadline=None)
@given(STREAMS, st.data())
def test_cuts_do_not_matter(data: bytes, more: st.DataObject) -> None:
    whole = run([data])
    assert run(data[i : i + 1] for i in range(len(data))) == whole
    cuts = sorted(more.draw(st.lists(st.integers(0, len(data)), max_size=10)))
    edges = [0, *cuts, len(data)]
    assert run(data[a:b] for a, b in itertools.pairwise(edges)) == whole


@settings(deadline=None)
@given(st.lists(GOOD, max_size=6))
def test_good_frames_all_arrive(sent: list[bytes]) -> None:
    assert run([b"".join(sent)]) == ([decode_frame(data) for data in sent], 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=90), GOOD), max_size=5))
def test_garbage_between_frames_costs_no_frame(parts: list[tuple[bytes, bytes]]) -> None:
    clean = [(noise.replace(b"R", b"r"), data) for noise, data in parts]
    frames, dropped = run([noise + data for noise, data in clean])
    assert frames == [decode_frame(data) for _, data in clean]
    assert dropped == sum(len(noise) for noise, _ in clean)


@pytest.mark.parametrize("convert", [bytes, bytearray, memoryview])
def test_every_kind_of_bytes_is_taken_also_behind_a_partial_frame(
    convert: type[bytes] | type[bytearray] | type[memoryview],
) -> None:
    data = numbered(1) + numbered(2)
    stream = FrameStream()
    assert stream.feed(convert(data[:40])) == []
    assert sequences(stream.feed(convert(data[40:]))) == [1, 2]


def test_what_was_fed_may_change_afterwards() -> None:
    buffer = bytearray(numbered(1)[:40])
    stream = FrameStream()
    stream.feed(buffer)
    buffer[:] = bytes(40)
    assert sequences(stream.feed(numbered(1)[40:])) == [1]


def test_nothing_in_nothing_out() -> None:
    assert run([b"", b""]) == ([], 0)


@pytest.mark.parametrize("start", ["R", "RA", "RAC", "RACH"])
def test_a_magic_cut_in_two_is_kept(start: str) -> None:
    stream = FrameStream()
    assert stream.feed(b"noise" + start.encode()) == []
    assert stream.dropped_bytes == 5
    assert sequences(stream.feed(numbered(1)[len(start) :])) == [1]


def test_a_false_start_before_the_magic_is_dropped() -> None:
    frames, dropped = run([b"RARACRRAC", numbered(1)])
    assert (sequences(frames), dropped) == ([1], 9)


@pytest.mark.parametrize("offset", range(5, 64))
def test_a_damaged_frame_is_dropped_whole_and_alone(offset: int) -> None:
    stream = [numbered(1), damaged(numbered(2), offset), numbered(3)]
    frames, dropped = run(stream)
    assert (sequences(frames), dropped) == ([1, 3], 64)


def test_damaged_frames_in_a_row_are_all_dropped() -> None:
    frames, dropped = run([damaged(numbered(n)) for n in range(5)] + [numbered(9)])
    assert (sequences(frames), dropped) == ([9], 320)


@pytest.mark.parametrize("kept", range(64))
def test_a_frame_that_lost_its_end_does_not_take_the_next_along(kept: int) -> None:
    frames, dropped = run([numbered(1), numbered(2)[:kept], numbered(3), numbered(4)])
    assert (sequences(frames), dropped) == ([1, 3, 4], kept)


@pytest.mark.parametrize("lost", range(1, 64))
def test_a_frame_that_lost_its_start_does_not_take_the_next_along(lost: int) -> None:
    frames, dropped = run([numbered(1), numbered(2)[lost:], numbered(3)])
    assert (sequences(frames), dropped) == ([1, 3], 64 - lost)


def test_a_version_1_look_alike_in_a_damaged_frame_is_not_believed() -> None:
    text = Announce("RACH\x01\x0b" + "x" * 30)
    carrier = encode(text, version=2, sequence=1, player_id=0, game_id=66)
    frames, dropped = run([damaged(carrier, 60), numbered(2), numbered(3)])
    assert (sequences(frames), dropped) == ([2, 3], 64)


def test_a_version_2_look_alike_in_a_damaged_frame_needs_its_checksum() -> None:
    payload = encode(Heartbeat(), version=2, sequence=9, player_id=0, game_id=66)[:48]
    carrier = encode_frame(13, payload, version=2, sequence=1, player_id=0, game_id=66)
    frames, dropped = run([damaged(carrier, 63), numbered(2)])
    assert (sequences(frames), dropped) == ([2], 64)


def test_version_1_goes_on_right_behind_a_damaged_frame() -> None:
    frames, dropped = run([damaged(numbered(1)), numbered(2, version=1)])
    assert (sequences(frames), dropped) == ([2], 64)


def test_version_1_goes_on_right_behind_a_frame_found_in_a_damaged_one() -> None:
    frames, dropped = run([numbered(1)[:10], numbered(2), numbered(3, version=1)])
    assert (sequences(frames), dropped) == ([2, 3], 10)


def test_damage_is_remembered_across_feeds() -> None:
    text = Announce("RACH\x01\x0b" + "x" * 30)
    carrier = damaged(encode(text, version=2, sequence=1, player_id=0, game_id=66), 60)
    whole = carrier + numbered(2)
    assert run([whole[:64], whole[64:70], whole[70:]]) == run([whole])


@pytest.mark.parametrize("version", [0, 3, 82, 255])
def test_a_frame_of_an_unknown_version_is_skipped(version: int) -> None:
    foreign = bytearray(numbered(1))
    foreign[4] = version
    frames, dropped = run([bytes(foreign), numbered(2, version=1)])
    assert (sequences(frames), dropped) == ([2], 64)


def test_a_good_frame_inside_one_of_an_unknown_version_is_found() -> None:
    frames, dropped = run([b"RACH\x09", numbered(2, version=1)])
    assert (sequences(frames), dropped) == ([2], 5)


def test_endless_garbage_is_not_kept() -> None:
    assert run([b"GET / HTTP/1.1\r\n" * 64] * 50) == ([], 51200)
