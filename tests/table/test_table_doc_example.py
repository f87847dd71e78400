"""docs/PROTOCOL.md, A first game in hex: a real table says these frames, byte for byte."""

import re
from pathlib import Path
from typing import Final

from table_harness import UNIX_TIME, Host, Mailbox

from rachel.rubp import FRAME_SIZE, Announce, Hello, decode, decode_frame
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

PROTOCOL: Final = Path(__file__).parents[2] / "docs" / "PROTOCOL.md"
_BLOCK: Final = re.compile(r"```\n((?:(?:[0-9A-F]{2} ){15}[0-9A-F]{2}\n){4})```")
_CLIENT_TYPES: Final = (0x01, 0x04)
BOT_DELAY_S: Final = 1.0


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
    host = Host()
    secrets = iter(
        (
            bytes(8),
            bytes(8),
            (42).to_bytes(8, "big"),
            bytes.fromhex("00112233445566778899AABBCCDDEEFF"),
        )
    )
    table = Table(
        game_id=0x0309,
        room="TEA42",
        public=False,
        settings=TableSettings(seats=2, start_delay_s=0, bot_delay_s=BOT_DELAY_S),
        entropy=lambda _size: next(secrets),
        unix_time=lambda: UNIX_TIME,
    )
    link = Mailbox()
    hello_frame, *others = from_client
    hello = decode(decode_frame(hello_frame))
    assert isinstance(hello, Hello)
    assert hello.room == table.room
    link.platform = hello.platform
    host.perform(table, table.join(link, hello, host.now))
    for frame in others:
        host.receive(link, frame)
    return link.frames
