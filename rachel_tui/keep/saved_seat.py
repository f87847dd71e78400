"""The file of seats: what is needed to reclaim a seat after closing the terminal.

The file is private: a seat's token is all that is needed to take the seat.
"""

import re
from pathlib import Path
from typing import Final, NamedTuple

from rachel.rules.cards import DECK
from rachel.text import ascii_name, clean_text
from rachel_tui.keep.private_file import drop_private, read_private, user_folder, write_private

_TOKEN: Final = re.compile(r"[0-9a-f]{16}")
_ROOM: Final = re.compile(r"[A-Z0-9]{0,8}")


class SavedSeat(NamedTuple):
    """A seat at a host.

    Attributes:
        host_key: the host, as rachel.address.address_text writes it, or ``solo``.
        game_id: the table's RUBP id, 1-65535.
        token: the 8 bytes the seat is reclaimed with.
        name: the name that was asked for.
        room: the table's room code, empty when unknown.
        port: the host's RUBP port, None when it is the one that the player names or the usual one.
        others: who else sat there, as last seen; empty when unknown.
        told: what the player had been told last, in sentences (`words.story`), the oldest first.
    """

    host_key: str
    game_id: int
    token: bytes
    name: str
    room: str
    port: int | None = None
    others: tuple[str, ...] = ()
    told: tuple[tuple[str | int, ...], ...] = ()


def default_path() -> Path:
    """Return where the seats of this user are kept."""
    return user_folder("data") / "seats.json"


def load(path: Path, host_key: str) -> SavedSeat | None:
    """Return the seat kept for this host, or None."""
    return _read_seat(host_key, read_private(path).get(host_key))


def save(path: Path, seat: SavedSeat) -> None:
    """Keep ``seat`` in place of an earlier one at its host; the file is replaced in one step.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    seats = read_private(path)
    seats[seat.host_key] = {
        "game_id": seat.game_id,
        "token": seat.token.hex(),
        "name": seat.name,
        "room": seat.room,
        "port": seat.port,
        "others": seat.others,
        "told": seat.told,
    }
    write_private(path, seats)


def forget(path: Path, host_key: str) -> None:
    """Remove the seat at this host, if there is one.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    drop_private(path, host_key)


def _read_seat(host_key: str, entry: object) -> SavedSeat | None:
    match entry:
        case {
            "game_id": int(game_id),
            "token": str(token),
            "name": str(name),
            "room": str(room),
            **rest,
        }:
            if 0 < game_id <= 0xFFFF and _TOKEN.fullmatch(token) and _ROOM.fullmatch(room):
                port = _read_port(rest.get("port"))
                others, told = _read_names(rest.get("others")), _read_told(rest.get("told"))
                kept = bytes.fromhex(token)
                return SavedSeat(host_key, game_id, kept, name, room, port, others, told)
    return None


def _read_names(entry: object) -> tuple[str, ...]:
    names = entry if isinstance(entry, list) else []
    return tuple(ascii_name(name) for name in names if isinstance(name, str))


def _read_told(entry: object) -> tuple[tuple[str | int, ...], ...]:
    """Return the sentences of which every part is a text or a card."""
    told = []
    for sentence in entry if isinstance(entry, list) else []:
        parts = sentence if isinstance(sentence, list) else [None]
        if all(isinstance(part, str) or (type(part) is int and part in DECK) for part in parts):
            told.append(tuple(map(_harmless, parts)))
    return tuple(told)


def _harmless(part: str | int) -> str | int:
    """Return a part as it is if nothing in it is harmful: the spaces at its ends belong to it."""
    if isinstance(part, int) or part.strip() == clean_text(part):
        return part
    return clean_text(part)


def _read_port(entry: object) -> int | None:
    return entry if isinstance(entry, int) and 0 < entry <= 0xFFFF else None
