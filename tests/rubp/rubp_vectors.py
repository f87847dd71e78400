"""Reads vector files: frames beside the fields they are made of.

The project's own file is always there. The reference implementation's file is used when a folder
of conformance vectors stands where RACHEL_CONFORMANCE says, or beside the checkout.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rachel.rubp import (
    MESSAGE_CLASSES,
    ErrorCode,
    Message,
    MessageType,
    Phase,
    PlayerEntry,
)
from rachel.rubp.codes import ActionKind

_ROOT = Path(__file__).resolve().parents[2]
OWN_FILE = _ROOT / "tests" / "vectors" / "rubp-frames.json"
CONFORMANCE = Path(os.environ.get("RACHEL_CONFORMANCE", _ROOT.parent / "shared" / "conformance"))
GOLDEN_FILE = CONFORMANCE / "rubp-frames-v1.json"

# What the reference implementation calls the fields we call otherwise.
_GOLDEN_NAMES = {
    "platform_id": "platform",
    "spec_version": "spec",
    "reconnect_token": "token",
    "assigned_player_id": "player_id",
    "game_state": "phase",
    "observed_state_hash": "observed_hash",
    "current_player": "current_seat",
    "player_card_counts": "hand_counts",
    "player_out_mask": "out_mask",
    "is_game_over": "game_over",
    "winner_index": "survivor",
    "turn_number": "turn",
    "player_index": "seat",
    "action_kind": "kind",
    "draw_count": "drawn",
    "next_player_index": "next_seat",
}
_GOLDEN_OPTIONAL = ("nominated_suit", "survivor", "finish_position")


@dataclass(frozen=True)
class Vector:
    """One frame and what it means."""

    name: str
    data: bytes
    version: int
    sequence: int
    player_id: int
    game_id: int
    time: int
    message: Message


@dataclass(frozen=True)
class Refusal:
    """64 bytes that are no message, and the reason that must be given."""

    name: str
    data: bytes
    reason: str


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON holds anything
    if value is None:
        return None
    if name in ("state_hash", "observed_hash"):
        return int(value, 16)
    if name in ("token", "look"):
        return bytes.fromhex(value)
    if name == "entries":
        return tuple(PlayerEntry(seat, kind, bytes.fromhex(look)) for seat, kind, look in value)
    if name == "code":
        return ErrorCode(value)
    if name == "phase":
        return Phase(value)
    if name == "kind":
        return ActionKind(value)
    return tuple(value) if isinstance(value, list) else value


def _message(kind: MessageType, fields: dict[str, Any]) -> Message:
    return MESSAGE_CLASSES[kind](**{name: _value(name, fields[name]) for name in fields})


def own_vectors() -> list[Vector]:
    """Return the frames of the project's own file."""
    return [
        Vector(
            name=entry["name"],
            data=bytes.fromhex(entry["hex"]),
            message=_message(MessageType[entry["message"]], entry["fields"]),
            **entry["header"],
        )
        for entry in json.loads(OWN_FILE.read_text())["frames"]
    ]


def own_refusals() -> list[Refusal]:
    """Return the frames of the project's own file that must be refused."""
    return [
        Refusal(entry["name"], bytes.fromhex(entry["hex"]), entry["reason"])
        for entry in json.loads(OWN_FILE.read_text())["refused"]
    ]


def golden_vectors() -> list[Vector]:
    """Return the reference implementation's frames of the types known here.

    There are none where its file is not at hand.
    """
    if not GOLDEN_FILE.exists():
        return []
    frames = json.loads(GOLDEN_FILE.read_text())["frames"]
    return [_golden(entry) for entry in frames if entry["type"] in MESSAGE_CLASSES]


def _golden(entry: dict[str, Any]) -> Vector:
    kind = MessageType(entry["type"])
    fields = {_GOLDEN_NAMES.get(name, name): value for name, value in entry["fields"].items()}
    header = {name: entry["fields"][name] for name in ("sequence", "player_id", "game_id")}
    for name in _GOLDEN_OPTIONAL:
        if fields.get(name) == 255:
            fields[name] = None
    if kind is MessageType.WELCOME:  # its payload has ids of its own beside the header's
        fields["player_id"] = entry["fields"]["assigned_player_id"]
    else:
        del fields["player_id"], fields["game_id"]
    if kind is MessageType.HAND_SYNC:  # the seat is the header's player id
        del fields["seat"]
    if kind is MessageType.GAME_STATE:
        fields["game_over"] = bool(fields["game_over"])
    if kind is MessageType.PLAYER_WON:
        fields["survivor"] = entry["fields"]["winner_index"]
    del fields["sequence"]
    return Vector(
        name=f"golden {entry['name']}",
        data=bytes.fromhex(entry["hex"]),
        version=1,
        time=0,
        message=_message(kind, fields),
        **header,
    )
