"""docs/PROTOCOL.md says what the code does: its tables, its dumps and its worked examples."""

import hashlib
import re
from pathlib import Path

import pytest

from rachel.rubp import (
    ErrorCode,
    MessageType,
    Platform,
    decode,
    decode_frame,
    encode,
    platform_name,
)

DOC = (Path(__file__).resolve().parents[2] / "docs" / "PROTOCOL.md").read_text()
ROW = re.compile(r"^\| (\d+) \| ([0-9A-F]{2}) \| (\d+) \| ", re.MULTILINE)
LINE = r"(?:[0-9A-F]{2} ){15}[0-9A-F]{2}\n"
DUMPS = [bytes.fromhex(dump) for dump in re.findall(rf"```\n((?:{LINE}){{4}})```", DOC)]


def section(title: str) -> str:
    """Return the text between a heading and the next one."""
    return re.split(r"^#+ ", DOC.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def fnv1a(data: bytes, value: int) -> int:
    """FNV-1a, 64 bits, as the document describes it, product in parts."""
    for byte in data:
        value ^= byte
        value = ((value << 40) + value * 0x1B3) % 2**64
    return value


def test_dumps_are_frames() -> None:
    assert len(DUMPS) == 19
    for data in DUMPS:
        frame = decode_frame(data)
        again = encode(
            decode(frame),
            version=frame.version,
            sequence=frame.sequence,
            player_id=frame.player_id,
            game_id=frame.game_id,
            time=frame.time,
        )
        assert again == data


@pytest.mark.parametrize("kind", MessageType)
def test_every_message_has_a_complete_table(kind: MessageType) -> None:
    assert re.search(rf"^\| {kind:02X} \| {kind.name} \|", DOC, re.MULTILINE)
    rows = ROW.findall(section(f"{kind:02X} {kind.name}"))
    offset = 0
    for payload, frame, size in rows:
        assert (int(payload), int(frame, 16)) == (offset, offset + 16)
        offset += int(size)
    assert offset == (0 if kind is MessageType.HEARTBEAT else 48)


def test_every_error_code_is_explained() -> None:
    codes = re.findall(r"^\| ([0-9A-F]{2}) \| ([a-z ]+) \|", section("0B ERROR"), re.MULTILINE)
    assert {int(code, 16): name.replace(" ", "_").upper() for code, name in codes} == {
        int(code): code.name for code in ErrorCode
    }


def test_every_platform_is_listed() -> None:
    rows = re.findall(r"^\| ([0-9A-F]{4}) \| (.+) \|$", section("Platform ids"), re.MULTILINE)
    assert [(int(code, 16), name) for code, name in rows] == [
        (int(platform), platform_name(platform)) for platform in Platform
    ]


def test_the_worked_hash_is_right_after_each_line() -> None:
    value, waiting, checked = 0xCBF29CE484222325, b"", 0
    for line in section("The state hash").split("```")[1].strip("\n").splitlines():
        waiting += bytes.fromhex(line[19:67])
        if line[67:]:
            value = fnv1a(waiting, value)
            assert f"{value:016X}" == line[67:].strip()
            waiting, checked = b"", checked + 1
    assert (value, waiting, checked) == (9892255162964722708, b"", 20)


def test_the_proof_of_the_deal_is_right() -> None:
    text = section("Proof of the deal")
    halves = re.findall(r"Deal proof ./2 ([0-9A-F]{32})", text)
    (seed,) = re.findall(r"Seed ([0-9A-F]{16})", text)
    (nonce,) = re.findall(r"Nonce ([0-9A-F]{32})", text)
    digest = hashlib.sha256(bytes.fromhex(seed + nonce)).hexdigest()
    assert "".join(halves) == digest.upper()
