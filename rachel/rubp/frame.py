"""Frames: the 64 bytes in which everything travels, and their checksum (docs/PROTOCOL.md, Frames).

Two transport versions exist. Version 1 carries a 32-bit time; version 2 gives half of it to a
CRC-16/CCITT-FALSE over the whole frame, taken with the checksum's own two bytes zero.
"""

from binascii import crc_hqx
from dataclasses import dataclass
from struct import Struct
from typing import Final, TypeAlias, final

FRAME_SIZE: Final = 64
PAYLOAD_SIZE: Final = 48
MAGIC: Final = b"RACH"
VERSIONS: Final = (1, 2)
HOST_ID: Final = 0xFFFF
"""The sender id of the host, and of a client that has no seat yet."""

_MAGIC_NUMBER: Final = int.from_bytes(MAGIC, "big")
_CRC_START: Final = 0xFFFF
_START_V1: Final = MAGIC + bytes([1])
_START_V2: Final = MAGIC + bytes([2])
_TIME_0: Final = bytes(4)
_BEFORE_CHECKSUM: Final = 14
_NO_CHECKSUM: Final = b"\0\0"

# Four numbers before the payload, because each costs as much as a whole field of any width: magic;
# version, type and sequence; player id and game id; time (v2: time << 16 | checksum).
_FRAME: Final = Struct(">IIII48s")
_Numbers: TypeAlias = tuple[int, int, int, int, bytes]

if _FRAME.size != FRAME_SIZE:
    raise RuntimeError("the frame layout is not that of the protocol")

# Final, so that the compiled form looks them up in no dictionary.
_unpack_from: Final = _FRAME.unpack_from
_crc: Final = crc_hqx


class ProtocolError(Exception):
    """The peer sent something that RUBP does not allow; misuse of ours is a ValueError instead.

    Attributes:
        reason: a stable identifier for programs and metrics; the text of the error is for people.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class FrameError(ProtocolError):
    """64 bytes are not a frame: bad_length, bad_magic, unknown_version or bad_checksum."""


@final
@dataclass(init=False, slots=True)
class Frame:
    """One frame, header split into its fields, payload still packed.

    Attributes:
        version: transport version, 1 or 2.
        type: message type, 0-255, known or not.
        sequence: the sender's frame counter, 0-65535.
        player_id: the sender's seat, or HOST_ID; private host frames carry the addressed seat.
        game_id: 0-65535, 0 for a fresh join.
        time: seconds of Unix time or 0; version 2 keeps its low 16 bits only.
        payload: exactly 48 bytes.
    """

    version: int
    type: int
    sequence: int
    player_id: int
    game_id: int
    time: int
    payload: bytes

    # Written out, because what dataclass writes is never compiled.
    def __init__(
        self,
        version: int,
        kind: int,
        sequence: int,
        player_id: int,
        game_id: int,
        time: int,
        payload: bytes,
    ) -> None:
        self.version = version
        self.type = kind
        self.sequence = sequence
        self.player_id = player_id
        self.game_id = game_id
        self.time = time
        self.payload = payload


def encode_frame(
    message_type: int,
    payload: bytes,
    *,
    version: int,
    sequence: int,
    player_id: int,
    game_id: int,
    time: int = 0,
) -> bytes:
    """Return the 64 bytes of a frame.

    ``time`` is whole seconds, 0 to 2**32 - 1; a version 2 frame carries its low 16 bits.

    Raises:
        ValueError: the version is neither 1 nor 2, the payload has not 48 bytes, or a field does
            not fit its width.
    """
    if len(payload) != PAYLOAD_SIZE:
        raise ValueError(f"a payload has {PAYLOAD_SIZE} bytes, not {len(payload)}")
    if message_type >> 8 or (sequence | player_id | game_id) >> 16 or time >> 32:
        numbers = f"{message_type}, {sequence}, {player_id}, {game_id}, {time}"
        raise ValueError(f"a header field does not fit: one of {numbers}")
    fields = (message_type << 16 | sequence) << 32 | player_id << 16 | game_id
    if version == 1:
        head = _START_V1 + fields.to_bytes(7, "big")
        return head + time.to_bytes(4, "big") + payload
    if version == 2:
        head = _START_V2 + fields.to_bytes(7, "big")
        time = (time & 0xFFFF) << 16
        unsigned = head + (time.to_bytes(4, "big") if time else _TIME_0) + payload
        crc: int = _crc(unsigned, _CRC_START)
        return head + (time | crc).to_bytes(4, "big") + payload
    raise ValueError(f"there is no transport version {version}")


def decode_frame(data: bytes | bytearray | memoryview) -> Frame:
    """Return the frame that ``data``, exactly 64 bytes, holds.

    The message type is not judged here.

    Raises:
        FrameError: with reason bad_length, bad_magic, unknown_version or bad_checksum; when
            several apply, the first of them in this order.
    """
    if len(data) != FRAME_SIZE:
        raise FrameError("bad_length", f"a frame has {FRAME_SIZE} bytes, not {len(data)}")
    return read_frame(bytes(data), 0)


def read_frame(data: bytes, offset: int) -> Frame:
    """Return the frame at ``offset`` of ``data``, which holds 64 bytes or more from there.

    Raises:
        FrameError: as decode_frame, except bad_length.
    """
    numbers: _Numbers = _unpack_from(data, offset)
    magic, what, where, time, payload = numbers
    if magic != _MAGIC_NUMBER:
        raise FrameError("bad_magic", "a frame starts with RACH")
    version = what >> 24
    if version == 2:
        head = data[offset : offset + _BEFORE_CHECKSUM]
        if _crc(head + _NO_CHECKSUM + payload, _CRC_START) != time & 0xFFFF:
            raise FrameError("bad_checksum", "the checksum does not match the frame")
        time >>= 16
    elif version != 1:
        raise FrameError("unknown_version", f"there is no transport version {version}")
    kind, sequence = what >> 16 & 0xFF, what & 0xFFFF
    return Frame(version, kind, sequence, where >> 16, where & 0xFFFF, time, payload)
