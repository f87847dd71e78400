"""Seats to come back to: what a player needs to reclaim them after closing the terminal.

One small JSON file, readable by its owner only, because whoever has a token has the seat. A file
that cannot be read as such counts as empty: losing a seat is better than not starting.
"""

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

_TOKEN: Final = re.compile(r"[0-9a-f]{16}")
_ROOM: Final = re.compile(r"[A-Z0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class SavedSeat:
    """A seat at a host.

    Attributes:
        host_key: which host, as rachel.address.address_text writes it.
        game_id: the table's RUBP id, 1-65535.
        token: the 8 bytes the seat is reclaimed with.
        name: the name asked for.
        room: the table's room code, empty when unknown.
    """

    host_key: str
    game_id: int
    token: bytes
    name: str
    room: str


def default_path() -> Path:
    """Return where the seats of this user are kept."""
    return platformdirs.user_data_path("rachel") / "seats.json"


def load(path: Path, host_key: str) -> SavedSeat | None:
    """Return the seat kept for this host, or None."""
    return _read_seat(host_key, _read(path).get(host_key))


def save(path: Path, seat: SavedSeat) -> None:
    """Keep ``seat`` instead of any other at its host; the file is replaced in one step.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    seats = _read(path)
    seats[seat.host_key] = {
        "game_id": seat.game_id,
        "token": seat.token.hex(),
        "name": seat.name,
        "room": seat.room,
    }
    _write(path, seats)


def forget(path: Path, host_key: str) -> None:
    """Keep no seat at this host any more.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    seats = _read(path)
    if seats.pop(host_key, None) is not None:
        _write(path, seats)


def _read(path: Path) -> dict[str, Any]:
    try:
        seats = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return seats if isinstance(seats, dict) else {}


def _read_seat(host_key: str, entry: object) -> SavedSeat | None:
    match entry:
        case {"game_id": int(game_id), "token": str(token), "name": str(name), "room": str(room)}:
            if 0 < game_id <= 0xFFFF and _TOKEN.fullmatch(token) and _ROOM.fullmatch(room):
                return SavedSeat(host_key, game_id, bytes.fromhex(token), name, room)
    return None


def _write(path: Path, seats: dict[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Beside the file, so that replacing it is one step; nobody else can have created it (O_EXCL).
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(seats, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
