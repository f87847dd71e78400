"""The header, its two versions and the checksum."""

from binascii import crc_hqx

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rubp_strategies import BYTE, U16, U32

from rachel.rubp import (
    FRAME_SIZE,
    HOST_ID,
    PAYLOAD_SIZE,
    Frame,
    FrameError,
    decode_frame,
    encode_frame,
)

PAYLOAD = bytes(range(48))


def bitwise_crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE one bit at a time, as a small machine would do it."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def frame(version: int = 1, time: int = 0, payload: bytes = PAYLOAD) -> bytes:
    """Return a frame with a different number in every header field."""
    return encode_frame(
        7, payload, version=version, sequence=0x1234, player_id=0x0005, game_id=0x0042, time=time
    )


def test_sizes_are_those_of_the_protocol() -> None:
    assert (FRAME_SIZE, PAYLOAD_SIZE, HOST_ID) == (64, 48, 65535)


def test_version_1_header_byte_by_byte() -> None:
    expected = "52414348 01 07 1234 0005 0042 6553F100".replace(" ", "")
    assert frame(1, 0x6553F100) == bytes.fromhex(expected) + PAYLOAD


def test_version_2_header_byte_by_byte() -> None:
    data = frame(2, 0x6553F100)
    assert data[:14].hex(" ") == "52 41 43 48 02 07 12 34 00 05 00 42 f1 00"
    assert data[16:] == PAYLOAD
    zeroed = data[:14] + b"\0\0" + PAYLOAD
    assert int.from_bytes(data[14:16], "big") == bitwise_crc(zeroed)


def test_check_value_of_the_checksum() -> None:
    assert bitwise_crc(b"123456789") == crc_hqx(b"123456789", 0xFFFF) == 0x29B1


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("convert", [bytes, bytearray, memoryview])
def test_decode_takes_every_kind_of_bytes(
    version: int, convert: type[bytes] | type[bytearray] | type[memoryview]
) -> None:
    decoded = decode_frame(convert(frame(version, 9)))
    assert decoded == Frame(version, 7, 0x1234, 0x0005, 0x0042, 9, PAYLOAD)
    assert type(decoded.payload) is bytes


@settings(deadline=None)
@given(BYTE, st.binary(min_size=48, max_size=48), st.sampled_from((1, 2)), U16, U16, U16, U32)
def test_frames_come_back_as_they_went(
    kind: int, payload: bytes, version: int, sequence: int, player_id: int, game_id: int, time: int
) -> None:
    data = encode_frame(
        kind,
        payload,
        version=version,
        sequence=sequence,
        player_id=player_id,
        game_id=game_id,
        time=time,
    )
    kept = time if version == 1 else time & 0xFFFF
    assert len(data) == FRAME_SIZE
    assert decode_frame(data) == Frame(version, kind, sequence, player_id, game_id, kept, payload)


@pytest.mark.parametrize("bit", range(8 * FRAME_SIZE))
def test_no_flipped_bit_of_a_version_2_frame_passes(bit: int) -> None:
    data = bytearray(frame(2, 77))
    data[bit // 8] ^= 1 << bit % 8
    # Bits 32-39 are the version byte, where only 02 itself has a checksum.
    reason = "bad_magic" if bit < 32 else "unknown_version" if bit < 40 else "bad_checksum"
    with pytest.raises(FrameError) as caught:
        decode_frame(data)
    assert caught.value.reason == reason


@pytest.mark.parametrize("size", [0, 1, 63, 65, 128])
def test_other_lengths_are_refused(size: int) -> None:
    with pytest.raises(FrameError) as caught:
        decode_frame((frame() * 2)[:size])
    assert caught.value.reason == "bad_length"


@pytest.mark.parametrize("version", [0, 3, 255])
def test_other_versions_are_refused(version: int) -> None:
    data = bytearray(frame())
    data[4] = version
    with pytest.raises(FrameError) as caught:
        decode_frame(data)
    assert caught.value.reason == "unknown_version"


@pytest.mark.parametrize("version", [-1, 0, 3])
def test_encode_refuses_versions_that_do_not_exist(version: int) -> None:
    with pytest.raises(ValueError, match="no transport version"):
        frame(version)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("time", [-1, 1 << 32])
def test_encode_refuses_times_that_do_not_fit(version: int, time: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        frame(version, time)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("kind", "sequence", "player_id", "game_id"),
    [(256, 0, 0, 0), (-1, 0, 0, 0), (0, 65536, 0, 0), (0, 0, 65536, 0), (0, 0, 0, -1)],
)
def test_encode_refuses_header_fields_that_do_not_fit(
    version: int, kind: int, sequence: int, player_id: int, game_id: int
) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_frame(
            kind,
            PAYLOAD,
            version=version,
            sequence=sequence,
            player_id=player_id,
            game_id=game_id,
        )


@pytest.mark.parametrize("size", [0, 47, 49])
def test_encode_refuses_payloads_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="48 bytes"):
        frame(payload=bytes(size))
