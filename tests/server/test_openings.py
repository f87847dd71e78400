"""How many tables the HELLOs of one address may open."""

import os
from pathlib import Path

from databases import SqliteDatabase

from rachel.rubp import (
    HOST_ID,
    Error,
    ErrorCode,
    FrameStream,
    Hello,
    Message,
    Welcome,
    decode,
    encode,
)
from rachel_server.core.link import Link
from rachel_server.core.lobby import Lobby
from rachel_server.core.table_settings import TableSettings
from rachel_server.runtime import TABLES_PER_ADDRESS, Runtime
from rachel_server.store.engine import create_engine
from rachel_server.store.journal import Journal


class Visitor(Link):
    """A connection from some address, which keeps what it is told."""

    transport = "tcp"

    def __init__(self, address: str | None) -> None:
        super().__init__()
        self.limited_as = address
        self.heard: list[Message] = []

    def transmit(self, frames: bytes) -> None:
        """Keep the messages."""
        self.heard += [decode(frame) for frame in FrameStream().feed(frames)]

    def hang_up(self) -> None:
        """Have nothing to close."""


def answer(runtime: Runtime, room: str, address: str | None) -> Message:
    """Say a HELLO for a room on a new connection, and return what is answered first."""
    visitor = Visitor(address)
    runtime.connected(visitor)
    hello = Hello("ANN", 0x60, token=os.urandom(8), room=room)
    frame = encode(hello, version=2, sequence=1, player_id=HOST_ID, game_id=0)
    runtime.received(visitor, FrameStream().feed(frame))
    return visitor.heard[0]


async def test_an_address_opens_so_many_tables_and_no_more(tmp_path: Path) -> None:
    engine = create_engine(SqliteDatabase(tmp_path).url)
    lobby = Lobby(TableSettings(), entropy=os.urandom, unix_time=lambda: 1.0)
    runtime = Runtime(lobby, Journal(engine))
    try:
        for number in range(TABLES_PER_ADDRESS.burst):
            assert isinstance(answer(runtime, f"R{number}", "192.0.2.1"), Welcome)
        assert answer(runtime, "MORE", "192.0.2.1") == Error(ErrorCode.LOBBY_FULL)
        assert runtime.tally.rejected["hello_lobby_full"] == 1
        # Tables that are there, other addresses, and those that are not counted.
        assert isinstance(answer(runtime, "R1", "192.0.2.1"), Welcome)
        assert isinstance(answer(runtime, "MORE", "192.0.2.2"), Welcome)
        for number in range(2 * TABLES_PER_ADDRESS.burst):
            assert isinstance(answer(runtime, f"L{number}", None), Welcome)
    finally:
        runtime.stop_play("The test is over")
        await engine.dispose()


async def test_a_connection_that_goes_from_room_to_room_leaves_no_tables_behind(
    tmp_path: Path,
) -> None:
    engine = create_engine(SqliteDatabase(tmp_path).url)
    lobby = Lobby(TableSettings(), entropy=os.urandom, unix_time=lambda: 1.0)
    runtime = Runtime(lobby, Journal(engine))
    try:
        visitor = Visitor(None)
        runtime.connected(visitor)
        for number in range(50):
            hello = Hello("ANN", 0x60, token=os.urandom(8), room=f"R{number}")
            frame = encode(hello, version=2, sequence=number, player_id=HOST_ID, game_id=0)
            runtime.received(visitor, FrameStream().feed(frame))
        assert [table.room for table in lobby.tables.values()] == ["R49"]
    finally:
        runtime.stop_play("The test is over")
        await engine.dispose()
