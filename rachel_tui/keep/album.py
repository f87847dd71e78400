"""The finished games of this user: a line for each in one file, and the records of the latest.

Lines are only ever added. One that is damaged is left out, and counted.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rachel.text import clean_name, shown
from rachel_tui.keep.kept_file import open_kept, read_kept
from rachel_tui.keep.private_file import replace_file, user_folder
from rachel_tui.paths import named_path, path_text

if TYPE_CHECKING:
    from rachel.formats.document import Document
    from rachel.formats.record import GameRecord
    from rachel_tui.games.played import PlayedGame


RECORDS_MAX: Final = 200
"""How many records are kept; the oldest one goes when there is one more."""

_OWN_SEAT: Final = "ownSeat"
"""The field that a kept record has more than the record itself, which others may be given."""
_GAMES: Final = "games.jsonl"
_RECORDS: Final = "records"
_LINE_BYTES_MAX: Final = 4096
_OFFERS_MAX: Final = 100
_PAIR: Final = 2
"""So many names are tried for a new file."""


class Played(NamedTuple):
    """What is known of earlier games.

    Attributes:
        games: the games, the oldest first.
        damaged: how many lines tell of none.
        problem: why the file cannot be read, empty if it can.
    """

    games: tuple[PlayedGame, ...]
    damaged: int
    problem: str = ""


def default_folder() -> Path:
    """Return where this user's finished games are kept."""
    return user_folder("data") / "games"


def add_game(folder: Path, game: PlayedGame) -> None:
    """Add a line about a game, in one write; folders are made as needed.

    Raises:
        OSError: the file cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(game.to_json(), separators=(",", ":")).encode() + b"\n"
    descriptor = os.open(folder / _GAMES, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "rb+") as file:
        end = file.seek(0, os.SEEK_END)
        if end:  # a line that was cut short ends here, and takes no other with it
            file.seek(end - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)


def games(folder: Path) -> Played:
    """Return the games that are known."""
    from rachel_tui.games.played import PlayedGame

    found, damaged = [], 0
    try:
        with open_kept(folder / _GAMES) as file:
            for line in iter(partial(file.readline, _LINE_BYTES_MAX), b""):
                try:
                    found.append(PlayedGame.from_json(json.loads(line)))
                except (ValueError, RecursionError):
                    damaged += bool(line.strip())
    except FileNotFoundError:
        return Played((), 0)
    except OSError as error:
        return Played((), 0, f"cannot read {folder / _GAMES}: {error.strerror or error}")
    return Played(tuple(found), damaged)


def add_record(folder: Path, record: GameRecord, me: int) -> Path:
    """Keep the record of a player who had the seat ``me``, and no more than RECORDS_MAX.

    Return its file.

    Raises:
        OSError: it cannot be written.
    """
    time = record.finished_at.strftime("%Y-%m-%d-%H%M%S")
    room = "".join(filter(str.isalnum, record.room.encode("ascii", "ignore").decode()))
    path = folder / _RECORDS / f"{time}-{room or 'game'}.json"
    replace_file(path, json.dumps({**record.to_json(), _OWN_SEAT: me}))
    for old in records(folder)[RECORDS_MAX:]:
        old.unlink(missing_ok=True)
    return path


def offered_file(record: GameRecord) -> str:
    """Return the file that a player is offered for a record: there is none of that name yet."""
    name = f"rachel-{record.room or 'game'}-{record.finished_at:%Y-%m-%d}"
    numbers = ("", *(f"-{number}" for number in range(2, _OFFERS_MAX)))
    names = (f"{name}{number}.json" for number in numbers)
    return place_of(
        next((it for it in names if not os.path.lexists(named_path(it))), f"{name}.json")
    )


def save_record(record: GameRecord, file: str) -> str:
    """Write a record into a new file; return in one line why not, empty if it is there.

    A file that exists already is left alone. A name without a folder is in the home folder, as is
    what begins with ``~``.
    """
    try:
        with named_path(file).open("x", encoding="utf-8") as stream:
            json.dump(record.to_json(), stream)
    except FileExistsError:
        return "there is such a file already: choose another name"
    except (OSError, RuntimeError, ValueError) as error:  # no such home folder, or no name at all
        return f"cannot write {shown(file)}: {getattr(error, 'strerror', None) or error}"
    return ""


def place_of(file: str) -> str:
    """Return where `save_record` writes a file, as people read it: ``~`` is the home folder."""
    return path_text(named_path(file))


def records(folder: Path) -> list[Path]:
    """Return the files of the records that are kept, the latest first."""
    try:
        found = (path for path in (folder / _RECORDS).glob("*.json") if path.is_file())
        return sorted(found, reverse=True)
    except OSError:
        return []


def document(path: Path) -> Document:
    """Return what a kept file tells of a game.

    Raises:
        OSError: it cannot be read.
        ReplayError: it tells of no game.
    """
    from rachel.formats.document import DOCUMENT_BYTES_MAX, read_document

    return read_document(read_kept(path, DOCUMENT_BYTES_MAX))


def own_seat(path: Path) -> int | None:
    """Return which seat was the player's in the game of a kept record; None if it does not say."""
    from rachel.formats.document import DOCUMENT_BYTES_MAX

    try:
        record = json.loads(read_kept(path, DOCUMENT_BYTES_MAX))
        seat = record[_OWN_SEAT]
        return seat if type(seat) is int and seat in range(len(record["seats"])) else None
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return None


def summary(path: Path) -> tuple[str, str, str]:
    """Return when a kept record's game ended, who won against whom, and that in fewer words."""
    from rachel.formats.document import DOCUMENT_BYTES_MAX

    try:
        record = json.loads(read_kept(path, DOCUMENT_BYTES_MAX))
        ended = datetime.fromisoformat(record["finishedAt"]).astimezone()
        names = [clean_name(record["seats"][seat]["name"]) for seat in record["places"]]
        won = f"{names[0]} wins"
        others = f"; then {names[1]} and {len(names) - 2} more" if len(names) > _PAIR else ""
        return f"{ended:%d %b %H:%M}", f"{won}; then {', '.join(names[1:])}", f"{won}{others}"
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return "?", f"{path.name} cannot be read", "it cannot be read"
