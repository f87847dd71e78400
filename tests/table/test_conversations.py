"""Recorded conversations: the same inputs bring the same bytes, to the same connections.

A recording (tests/vectors/conversations) holds what a host was told and when, from the seed of all
its chance, and what it sent. It was made with the server as it was before its core became a house.
"""

import json
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from rachel.bots import choose
from rachel.rubp import FRAME_SIZE, FrameStream
from rachel_server.core.house import House
from rachel_server.core.lobby import NotSeated
from rachel_server.core.outcome import Outcome
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

RECORDINGS: Final = sorted((Path(__file__).parents[1] / "vectors/conversations").glob("*.json"))
UNIX_TIME: Final = 1_700_000_000.0


class Replay:
    """A house whose journal saves at once, and what it has sent since it was last compared."""

    def __init__(self, recording: dict[str, Any]) -> None:
        self.now = 0.0
        self.settings = TableSettings(**recording["settings"])
        self.house = House(
            self.settings,
            entropy=random.Random(recording["seed"]).randbytes,
            unix_time=lambda: UNIX_TIME + self.now,
        )
        self.sent: defaultdict[int, bytes] = defaultdict(bytes)
        self.cuts: list[int] = []
        self.records = 0
        self._streams: dict[int, FrameStream] = {}

    def carry_out(self, outcome: Outcome) -> None:
        assert not outcome.broken
        self.records += len(outcome.records)
        for connection, data in outcome.writes.items():
            self.sent[connection] += data
        self.cuts += outcome.cuts
        if outcome.records:
            self.carry_out(self.house.saved(outcome.records[-1].sequence, self.now))
        for thought in outcome.thoughts:
            action = choose(thought.level, thought.view, thought.rng)
            self.carry_out(self.house.thought(thought.ticket, action, self.now))

    def tick(self) -> None:
        self.carry_out(self.house.ticked(self.now))

    def do(self, step: dict[str, Any]) -> None:
        """Take one step; what it returns beside frames is compared here."""
        house, connection = self.house, step.get("connection", -1)
        match step["do"]:
            case "open":
                house.opened(connection, "tcp", None, self.now)
                self._streams[connection] = FrameStream()
            case "receive":
                frames = self._streams[connection].feed(bytes.fromhex(step["data"]))
                self.carry_out(house.received(connection, frames, self.now))
            case "lose":
                self.carry_out(house.closed(connection, self.now))
            case "reserve":
                wanted = step["code"], step["account"], step["name"], self.now
                if "refused" in step:
                    with pytest.raises(NotSeated) as refusal:
                        house.reserve(*wanted)
                    assert refusal.value.code == step["refused"]
                    return
                kept, outcome = house.reserve(*wanted)
                self.carry_out(outcome)
                assert kept is not None
                told = (kept.game_id, kept.room, kept.token.hex())
                assert told == (step["game_id"], step["room"], step["token"])
            case "open_table":
                settings = replace(self.settings, seats=step["seats"])
                table, outcome = house.open(
                    settings, public=step["public"], bots=step["bots"], now=self.now
                )
                self.carry_out(outcome)
                assert (table.game_id, table.room) == (step["game_id"], step["room"])
            case "begin":
                self.carry_out(house.begin(self.table(step["room"]), self.now))
            case "leave":
                self.carry_out(house.leave(self.table(step["room"]), step["seat"], self.now))
            case other:
                raise AssertionError(f"a step that is none: {other}")

    def table(self, room: str) -> Table:
        table = self.house.lobby.in_room(room)
        assert table is not None
        return table


def frames_of(data: bytes) -> list[str]:
    """Return frames as recordings have them: in hex, without the zeros at their ends."""
    frames = [data[start : start + FRAME_SIZE] for start in range(0, len(data), FRAME_SIZE)]
    return [frame.rstrip(b"\0").hex() for frame in frames]


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_the_same_inputs_bring_the_same_bytes(file: Path) -> None:
    recording = json.loads(file.read_text())
    replay = Replay(recording)
    moments: defaultdict[float, list[dict[str, Any]]] = defaultdict(list)
    for step in recording["steps"]:
        moments[step["at"]].append(step)
    for at, steps in moments.items():
        replay.now = at
        sent: defaultdict[int, list[str]] = defaultdict(list)
        cuts: list[int] = []
        records = 0
        for step in steps:
            if step["do"] == "tick":
                replay.tick()
            else:
                replay.do(step)
            for connection, frames in step.get("sends", {}).items():
                sent[int(connection)] += frames
            cuts += step.get("cuts", [])
            records += step.get("entries", 0)
        replay.tick()
        heard = {connection: frames_of(data) for connection, data in replay.sent.items()}
        assert heard == dict(sent), f"at {at}"
        assert replay.cuts == cuts, f"at {at}"
        assert replay.records == records, f"at {at}"
        replay.sent.clear()
        replay.cuts, replay.records = [], 0
