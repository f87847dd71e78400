"""The fakes behave as what they stand for."""

import random

import pytest

from rachel.rubp import FRAME_SIZE, HOST_ID, Heartbeat, Hello, Platform, encode
from rachel_server.core.entries import ActionTaken, GameStarted
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.session import OUTGOING_BYTES_MAX
from rachel_server.fakes.disk import FakeDisk, Wear
from rachel_server.fakes.network import FakeLine, FakeNetwork, FakeWire, Weather
from rachel_server.fakes.process import FakeProcess
from rachel_server.fakes.time import FakeTime


class Nobody:
    """Listens to servers, and is told nothing of it; a client who keeps what it hears."""

    def __init__(self) -> None:
        self.heard = b""
        self.has_ended = False

    def opened(self, wire: FakeWire) -> None: ...

    def received(self, wire: FakeWire, data: bytes) -> None: ...

    def sent(self, wire: FakeWire, data: bytes) -> None: ...

    def closed(self, wire: FakeWire) -> None: ...

    def arrived(self, line: FakeLine, data: bytes) -> None:
        self.heard += data

    def ended(self, line: FakeLine) -> None:
        self.has_ended = True


class World:
    """A server, and the world around it."""

    def __init__(self, wear: Wear | None = None) -> None:
        self.time = FakeTime()
        self.rng = random.Random(1)
        self.network = FakeNetwork(self.time, self.rng, Nobody())
        self.disk = FakeDisk(self.time, self.rng, wear)
        self.settings = TableSettings(seats=2, start_delay_s=0.0)
        self.start()

    def start(self) -> None:
        self.process = FakeProcess(self.network, self.disk, self.settings, rng=self.rng)

    def dial(self, weather: Weather | None = None) -> tuple[FakeLine, Nobody]:
        client = Nobody()
        line = self.network.dial(self.process, client, address="192.0.2.1", weather=weather)
        line.write(frame(Hello("ANN", Platform.TERMINAL, token=b"ANNSEAT!")))
        return line, client

    def wait(self, seconds: float) -> None:
        until = self.time.now + seconds
        self.time.call_later(seconds, lambda: None)
        while self.time.now < until and self.time.step():
            pass


def frame(message: Hello | Heartbeat) -> bytes:
    return encode(message, version=2, sequence=0, player_id=HOST_ID, game_id=0)


def test_what_is_due_happens_in_order_even_after_a_jump() -> None:
    time, seen = FakeTime(), list[str]()
    time.call_later(2, seen.append, "third")
    time.call_later(1, seen.append, "first")
    time.call_later(1, seen.append, "second")
    time.call_later(1, seen.append, "never").cancel()
    time.jump(10)
    while time.step():
        pass
    assert (seen, time.now) == (["first", "second", "third"], 1010)


@pytest.mark.parametrize(
    "weather", [Weather(pieces=True), Weather(bytewise=True), Weather(noise=1.0)]
)
def test_bytes_arrive_in_order_in_any_weather(weather: Weather) -> None:
    world = World()
    _, client = world.dial(weather)
    world.wait(1)
    assert client.heard.count(b"RACH") > 10
    assert world.disk.entries


def test_a_half_open_connection_is_open_for_the_server_alone() -> None:
    world = World()
    line, client = world.dial()
    world.wait(1)
    line.cut(client_notices_s=0.5, server_notices_s=None)
    line.wire.write(bytes(64))
    world.wait(1)
    assert client.has_ended
    assert world.network.wires == [line.wire]
    assert line.wire.get_write_buffer_size() >= 64


def test_a_client_that_reads_nothing_is_cut() -> None:
    world = World()
    line, client = world.dial(Weather(reads_per_s=0.0))
    world.wait(1)
    assert client.heard == b""
    assert 0 < line.wire.get_write_buffer_size() < OUTGOING_BYTES_MAX
    for _ in range(OUTGOING_BYTES_MAX // FRAME_SIZE):
        line.write(frame(Heartbeat()))
        world.wait(5)
    assert client.has_ended
    assert world.network.wires == []


def test_a_crash_loses_all_but_what_the_disk_has() -> None:
    world = World()
    _, client = world.dial()
    world.wait(5)
    (start,) = [entry for entry in world.disk.entries if isinstance(entry, GameStarted)]
    world.process.crash_after(0)
    world.wait(60)
    assert not world.process.is_up
    assert client.has_ended
    entries = list(world.disk.entries)
    world.start()
    (table,) = world.process.house.lobby.tables.values()
    assert table.game == start.game
    assert table.turn == len(entries) - 1
    refused, _ = world.dial()
    world.process.crash()
    world.wait(60)
    assert refused.is_over


@pytest.mark.parametrize("pauses", [1, 3])
def test_a_process_that_was_paused_plays_nobodys_turn_and_cuts_nobody(pauses: int) -> None:
    world = World()
    world.settings = TableSettings(seats=2, start_delay_s=0.0, turn_time_s=20.0)
    world.start()
    line, client = world.dial()
    line.write(frame(Heartbeat()))  # from now on silence is no sign of life
    world.wait(5)
    (table,) = world.process.house.lobby.tables.values()
    turn = table.turn
    for _ in range(pauses):
        world.time.jump(66)
        world.wait(10 / pauses)
    stranger, _ = world.dial()
    assert (table.turn, client.has_ended) == (turn, False)
    world.wait(6)
    assert table.turn > turn, "its clock goes on"
    assert not stranger.is_over
    world.wait(30)
    assert client.has_ended, "so does that of its connection"


@pytest.mark.parametrize("wear", [Wear(failing=1.0), Wear(unheard=1.0)])
def test_a_failing_disk_stalls_play_and_doubles_nothing(wear: Wear) -> None:
    world = World(wear)
    _, client = world.dial()
    world.wait(0.6)
    assert world.process.house.stalled
    assert len(world.disk.entries) == (1 if wear.unheard else 0)
    world.disk.wear = Wear()
    world.wait(200)
    assert not world.process.house.stalled
    assert len(client.heard) > 640
    turns = [entry.turn for entry in world.disk.entries if isinstance(entry, ActionTaken)]
    assert turns == [*range(len(turns))] != []


def test_a_refused_game_is_not_kept_any_further() -> None:
    world = World(Wear(refusing=1.0))
    _, client = world.dial()
    world.wait(20)
    assert len(world.process.journal.refused) == 1
    assert world.disk.entries == []
    assert client.has_ended


def test_an_address_whose_connections_flood_is_kept_out() -> None:
    world = World()
    for _ in range(12):
        line, client = world.dial()
        for _ in range(400):
            if not client.has_ended:
                line.write(30 * frame(Heartbeat()))
                world.wait(0.2)
        assert client.has_ended, "a flood is never cut"
        if not line.wire.opened_at:
            return
    raise AssertionError("who floods is let in again")
