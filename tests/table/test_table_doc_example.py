"""docs/PROTOCOL.md, A first game in hex: a real table says these frames, byte for byte."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from table_harness import Host
from table_positions import stored_game

from rachel.rubp import FRAME_SIZE, Announce, decode, decode_frame
from rachel_server.core.table_settings import TableSettings

PROTOCOL: Final = Path(__file__).parents[2] / "docs" / "PROTOCOL.md"
_BLOCK: Final = re.compile(r"```\n((?:(?:[0-9A-F]{2} ){15}[0-9A-F]{2}\n){4})```")
_CLIENT_TYPES: Final = (0x01, 0x04)


def documented_frames() -> list[bytes]:
    """Return the frames of the example in their order."""
    section = PROTOCOL.read_text(encoding="utf-8").partition("## A first game in hex")[2]
    frames = [bytes.fromhex(block) for block in _BLOCK.findall(section.partition("\n## ")[0])]
    assert all(len(frame) == FRAME_SIZE for frame in frames)
    return frames


def test_the_example_is_what_a_table_says() -> None:
    documented = documented_frames()
    said = play_the_example([frame for frame in documented if frame[5] in _CLIENT_TYPES])
    from_host = [frame for frame in documented if frame[5] not in _CLIENT_TYPES]
    assert len(from_host) > 10
    for frame in from_host:
        assert frame in said, f"no table says {decode(decode_frame(frame))}"
    places = [said.index(frame) for frame in from_host]
    assert places == sorted(places), "in this order"
    left_out = [decode(decode_frame(frame)) for frame in said if frame not in from_host]
    assert all(isinstance(message, Announce) for message in left_out)


def play_the_example(from_client: list[bytes]) -> list[bytes]:
    """Return what a table with the example's seed and nonce answers, until its bot would act."""
    host = Host(TableSettings(seats=2, start_delay_s=0))
    earlier = stored_game(2, 1, [])
    host.restore(replace(earlier, start=replace(earlier.start, game_id=0x0308, room="OTHER")))
    nonce = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    secrets = iter((bytes(8), bytes(8), (42).to_bytes(8, "big"), nonce))
    host.entropy = lambda _size: next(secrets)
    link = host.connect()
    for frame in from_client:
        host.receive(link, frame)
    return link.frames
