"""The record of a finished game: who played, how it ended, and the proof that the deal was fair.

A record holds everything that `checks` needs: checking it takes no server (docs/FORMATS.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Annotated, Final, Self, TypedDict, cast

from rachel.formats.json_shapes import U64, Fields, ReplayError, SeatNumber
from rachel.formats.replay import Mismatch, ReplayJson, ReplayTrace
from rachel.rules.deal_proof import commitment
from rachel.rules.game import MAX_SEATS, MIN_SEATS
from rachel.text import clean_name

NONCE_BYTES: Final = 16
_COMMITMENT_BYTES: Final = 32

_Time = Annotated[str, {"format": "date-time", "description": "UTC, ISO 8601."}]


class RecordSeatJson(TypedDict):
    """Who had a seat; ``bot`` is the level of a bot, null for a person."""

    name: str
    bot: str | None


class RecordJson(TypedDict):
    """The record of a finished game, with the proof of its deal: `rachel verify` checks it."""

    id: str
    room: str
    commitment: Annotated[str, {"pattern": "^[0-9a-f]{64}$", "description": "Of seed and nonce."}]
    seed: U64
    nonce: Annotated[str, {"pattern": "^[0-9a-f]{32}$"}]
    seats: Annotated[list[RecordSeatJson], {"minItems": MIN_SEATS, "maxItems": MAX_SEATS}]
    places: Annotated[list[SeatNumber], {"description": "Seats, the winner's first."}]
    startedAt: _Time
    finishedAt: _Time
    replay: ReplayJson


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """Who had a seat: the name, as it was shown, and the level of a bot (None: a person)."""

    name: str
    bot: str | None


@dataclass(frozen=True, slots=True)
class GameRecord:
    """A finished game.

    Attributes:
        id: the server's id of the game.
        room: the room code of its table.
        commitment: 64 hexadecimal digits announced before the first card was played.
        seed: what the game was dealt from, unsigned 64-bit.
        nonce: the 16 random bytes behind the commitment.
        seats: who had which seat, 2-8 of them.
        places: the seats by place, the winner first, the loser last.
        started_at: when it was dealt, UTC.
        finished_at: when it ended, UTC.
        replay: its actions.
    """

    id: str
    room: str
    commitment: str
    seed: int
    nonce: bytes
    seats: tuple[SeatRecord, ...]
    places: tuple[int, ...]
    started_at: datetime
    finished_at: datetime
    replay: ReplayTrace

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the record that a JSON value describes; `checks` tells whether it is true.

        Raises:
            ReplayError: it describes none.
        """
        fields = Fields(value)
        seats = tuple(_seat_from_json(seat) for seat in fields.objects("seats"))
        return cls(
            id=fields.text("id"),
            room=fields.text("room"),
            commitment=_bytes(fields, "commitment", _COMMITMENT_BYTES).hex(),
            seed=fields.u64("seed"),
            nonce=_bytes(fields, "nonce", NONCE_BYTES),
            seats=seats,
            places=tuple(fields.integers("places", 0, len(seats) - 1)),
            started_at=_time(fields, "startedAt"),
            finished_at=_time(fields, "finishedAt"),
            replay=ReplayTrace.from_json(fields.value("replay"), "replay"),
        )

    def to_json(self) -> RecordJson:
        """Return the record as a JSON object; times are ISO 8601 in UTC, ending in Z."""
        return {
            "id": self.id,
            "room": self.room,
            "commitment": self.commitment,
            "seed": self.seed,
            "nonce": self.nonce.hex(),
            "seats": [{"name": seat.name, "bot": seat.bot} for seat in self.seats],
            "places": list(self.places),
            "startedAt": _time_text(self.started_at),
            "finishedAt": _time_text(self.finished_at),
            "replay": cast(ReplayJson, self.replay.to_json()),
        }


@dataclass(frozen=True, slots=True)
class Check:
    """A check that a record has passed: its ``name`` in a word, and a line about it."""

    name: str
    text: str


class VerifyError(Exception):
    """A record is not true. ``check`` names the check it fails, the text says why in one line."""

    def __init__(self, check: str, text: str) -> None:
        super().__init__(f"{check}: {text}")
        self.check = check


def verify(record: GameRecord) -> None:
    """Check everything in a record that can be checked.

    Raises:
        VerifyError: something in it is not true.
    """
    for _ in checks(record):
        pass


def checks(record: GameRecord) -> Iterator[Check]:
    """Yield each check the record has passed: commitment, deal, seats, steps, places.

    Raises:
        VerifyError: the next check fails.
    """
    replay = record.replay
    yield _check_commitment(record)
    if replay.seed != record.seed:
        raise VerifyError("deal", f"the replay has seed {replay.seed}, the record {record.seed}")
    dealt = replay.start().state_hash()
    if replay.initial_hash not in (None, dealt):
        raise VerifyError("deal", f"expected state hash {replay.initial_hash}, got {dealt}")
    yield Check("deal", f"seed {record.seed} deals this game")
    yield _check_seats(record)
    try:
        end, checked = replay.verify()
    except (Mismatch, ReplayError) as error:
        raise VerifyError("steps", str(error)) from None
    if not end.is_over:
        raise VerifyError("steps", f"the game is not over after {len(replay.steps)} steps")
    hashes = "every hash" if checked == len(replay.steps) else f"each of {checked} hashes"
    yield Check("steps", f"{len(replay.steps)} steps, {hashes} agrees")
    places = (*end.finish_order, *(seat for seat in range(end.seats) if not end.out[seat]))
    if places != record.places:
        raise VerifyError(
            "places", f"expected {_seats_text(record.places)}, got {_seats_text(places)}"
        )
    names = [clean_name(record.seats[seat].name) for seat in places]
    yield Check("places", f"{', '.join(names)}, the winner first")


def _check_commitment(record: GameRecord) -> Check:
    actual = commitment(record.seed, record.nonce)
    if not compare_digest(actual, record.commitment):
        raise VerifyError("commitment", f"expected {record.commitment}, got {actual}")
    return Check("commitment", f"{actual} is the hash of seed and nonce")


def _check_seats(record: GameRecord) -> Check:
    """Check that the record and its replay name the same people and bots."""
    if tuple(seat.name for seat in record.seats) != record.replay.names:
        raise VerifyError("seats", "the names differ from those in the replay")
    bots = {seat for seat, who in enumerate(record.seats) if who.bot is not None}
    if bots != set(record.replay.bots):
        raise VerifyError("seats", "the bots differ from those in the replay")
    played = "a bot" if len(bots) == 1 else "bots"
    return Check("seats", f"{len(record.seats)} seats, {len(bots)} of them {played}")


def _seats_text(seats: tuple[int, ...]) -> str:
    return ", ".join(map(str, seats)) or "none"


def _seat_from_json(seat: Fields) -> SeatRecord:
    return SeatRecord(
        name=seat.text("name"), bot=None if seat.value("bot") is None else seat.text("bot")
    )


def _bytes(fields: Fields, name: str, length: int) -> bytes:
    data = fields.hexadecimal(name)
    if len(data) != length:
        raise fields.error(name, f"{2 * length} hexadecimal digits")
    return data


def _time(fields: Fields, name: str) -> datetime:
    text = fields.text(name)
    try:
        if not text.endswith("Z"):
            raise ValueError
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise fields.error(name, "a time like 2026-01-31T12:00:00Z") from None


def _time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
