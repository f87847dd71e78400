"""Recorded conversations: the same inputs bring the same bytes, to the same connections.

A recording (tests/vectors/conversations) holds what a host was told and when, from the seed of all
its chance, and what it sent. It was made with the server as it was before its core became a house.
That one told true state hashes; today's tells tags, which are translated here, both ways.
"""

import json
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from table_auditor import written

from rachel.bots import choose
from rachel.rubp import FRAME_SIZE, Frame, FrameStream, MessageType, decode_frame, encode_frame
from rachel.rules.deal_proof import state_tag
from rachel.rules.game import Game
from rachel.text import clean_name
from rachel_server.core.entries import ActionTaken, GameStarted
from rachel_server.core.house import House
from rachel_server.core.lobby import NotSeated
from rachel_server.core.outcome import Outcome
from rachel_server.core.seating import Login
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

RECORDINGS: Final = sorted((Path(__file__).parents[1] / "vectors/conversations").glob("*.json"))
UNIX_TIME: Final = 1_700_000_000.0
HASH_OFFSETS: Final = {
    MessageType.PLAY_CARD: 37,
    MessageType.DRAW_CARD: 5,
    MessageType.GAME_STATE: 24,
    MessageType.TURN_START: 10,
    MessageType.TURN_END: 19,
    MessageType.PLAYER_WON: 8,
    MessageType.HAND_SYNC: 40,
    MessageType.SYNC_REQUEST: 7,
}
"""Where a payload has its hash (docs/PROTOCOL.md)."""


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
        self._nonces: dict[str, bytes] = {}
        self.tags: dict[bytes, bytes] = {}
        self.hashes: dict[bytes, bytes] = {}

    def carry_out(self, outcome: Outcome) -> None:
        assert not outcome.broken
        self.records += len(outcome.records)
        for record in outcome.records:
            entry = record.entry
            if isinstance(entry, GameStarted):
                self._nonces[entry.game] = entry.nonce
                self._learn(entry.game, Game.deal(len(entry.seats), entry.seed).state_hash())
            elif isinstance(entry, ActionTaken):
                self._learn(entry.game, entry.state_hash)
        for connection, data in written(outcome).items():
            self.sent[connection] += data
        self.cuts += outcome.cuts
        if outcome.records:
            self.carry_out(self.house.saved(outcome.records[-1].sequence, self.now))
        for thought in outcome.thoughts:
            action = choose(thought.level, thought.view, thought.rng)
            self.carry_out(self.house.thought(thought.ticket, action, self.now))

    def _learn(self, game: str, state_hash: int) -> None:
        plain = state_hash.to_bytes(8, "big")
        tag = state_tag(state_hash, self._nonces[game]).to_bytes(8, "big")
        self.tags[plain], self.hashes[tag] = tag, plain

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
                for frame in frames:
                    frame.payload = translated(frame, self.tags)
                self.carry_out(house.received(connection, frames, self.now))
            case "lose":
                self.carry_out(house.closed(connection, self.now))
            case "reserve":
                wanted = (
                    step["code"],
                    Login(step["account"], clean_name(step["name"]), None),
                    self.now,
                )
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


def translated(frame: Frame, names: dict[bytes, bytes]) -> bytes:
    """Return a payload in which the state has its other name."""
    at = HASH_OFFSETS.get(MessageType(frame.type)) if frame.type in set(MessageType) else None
    if at is None:
        return frame.payload
    name = frame.payload[at : at + 8]
    return frame.payload[:at] + names.get(name, name) + frame.payload[at + 8 :]


def frames_of(data: bytes, hashes: dict[bytes, bytes]) -> list[str]:
    """Return frames as recordings have them: in hex, without the zeros at their ends."""
    found = []
    for start in range(0, len(data), FRAME_SIZE):
        frame = decode_frame(data[start : start + FRAME_SIZE])
        plain = encode_frame(
            frame.type,
            translated(frame, hashes),
            version=frame.version,
            sequence=frame.sequence,
            player_id=frame.player_id,
            game_id=frame.game_id,
        )
        found.append(plain.rstrip(b"\0").hex())
    return found


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
        heard = {c: frames_of(data, replay.hashes) for c, data in replay.sent.items()}
        assert heard == dict(sent), f"at {at}"
        assert replay.cuts == cuts, f"at {at}"
        assert replay.records == records, f"at {at}"
        replay.sent.clear()
        replay.cuts, replay.records = [], 0
