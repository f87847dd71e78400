"""docs/PROTOCOL.md says what the code does: its tables, its dumps and its worked examples."""

import hashlib
import re
from pathlib import Path

import pytest

from rachel.client.table import ClientTable
from rachel.client.updates import ProofAnnounced, TimeTold, Update
from rachel.rubp import (
    Announce,
    ErrorCode,
    MessageType,
    Phase,
    Platform,
    PlayerName,
    Welcome,
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


def test_clients_read_the_announcements_that_keep_their_form() -> None:
    """A client at a table of two, from which ANN has gone, hears those of them that it minds."""
    rows = re.findall(r"(?m)^\| (`.*) \|.*\|$", section("Announcements that programs may read"))
    heard = {line: hear(line) for row in rows for line in re.findall("`(.+?)`", row)}
    assert len(heard) == 11
    table, _ = heard["Room CODE, 60 s a turn"]
    assert (table.room, table.turn_time_s) == ("CODE", 60)
    table, _ = heard["Room CODE, no turn clock"]
    assert (table.room, table.turn_time_s) == ("CODE", None)
    assert heard["18 s left in this turn"][1] == TimeTold(18)
    assert heard["Deal proof 1/2 HEX"][1] == ProofAnnounced()
    assert heard["NAME has left"][0].roster.left == {1}
    assert heard["NAME lost the connection"][0].roster.lost == {1}
    assert heard["NAME plays again in room CODE"][0].challenger == "ANN"


def hear(line: str) -> tuple[ClientTable, Update]:
    """Return a table at which an announcement was heard, and what that changed."""
    text = line.replace("NAME", "ANN").replace("HEX", "0123456789ABCDEF" * 2)
    table, updates = ClientTable(), list[Update]()
    for message in (Welcome(0, 1, 2, Phase.PLAYING), PlayerName(1, "ANN"), Announce(text)):
        table.take(message, updates)
    return table, updates[-1]
