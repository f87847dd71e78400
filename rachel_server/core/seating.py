"""Who sits at a table."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rachel.rubp import NO_LOOK, NO_TOKEN, Platform, PlayerEntry
from rachel_server.core.absence import Absence
from rachel_server.core.entries import SeatEntry

TURNS_MISSED_MAX: Final = 2
"""Turns in a row that the host plays for somebody before a bot takes the seat."""


@dataclass(frozen=True, slots=True)
class Login:
    """An account that plays here.

    Attributes:
        account: its id.
        name: its username: what it is called at every table.
        session: which of its sessions has reserved a seat, as the hash of the session's token;
            None when that is not known, as after a restart.
    """

    account: int
    name: str
    session: bytes | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who says HELLO.

    Attributes:
        connection: over which they do.
        version: transport version of the HELLO, and so of everything they are sent.
        name: what they may be called: the account's name, or the one asked for as `Names` has it.
        token: the 8 bytes of their reconnect token.
        platform: RUBP platform id.
        look: three opaque portrait bytes.
        acknowledges: whether they acknowledge each GAME_STATE and HAND_SYNC pair.
        watches: whether they want no seat, only to watch.
        login: the account whose seat they have had on this connection, if any: a rematch is
            played by the same one.
    """

    connection: int
    version: int
    name: str
    token: bytes
    platform: int
    look: bytes
    acknowledges: bool
    watches: bool
    login: Login | None


@dataclass(slots=True)
class Seat:
    """One seat of a table and who owns it.

    Attributes:
        name: as shown to everybody.
        bot_level: the level of the bot that owns the seat, None for a person's.
        token_hash: SHA-256 of the reconnect token, None when the seat cannot be reclaimed.
        platform: RUBP platform id of its player.
        look: three opaque portrait bytes.
        connection: the person's live connection, None for bots and for people who lost theirs.
        lost_at: when the person's connection was lost (play clock); None while it is there.
        has_left: whether the person went on purpose, and has not come back.
        absence: what they miss of a game that goes on without them; None while they are there.
        returned_in: the turn in which the person's last new connection counted as a sign of them.
        missed: turns in a row that the host had to play.
        account: the account of the person, None for guests.
        session: as in `Login`, if there is an account.
        reserved_until: when a seat is given up whose person has not come yet; None once they have.
    """

    name: str
    bot_level: str | None = None
    token_hash: bytes | None = None
    platform: int = Platform.UNKNOWN
    look: bytes = NO_LOOK
    connection: int | None = None
    lost_at: float | None = None
    has_left: bool = False
    absence: Absence | None = None
    returned_in: int | None = None
    missed: int = 0
    account: int | None = None
    session: bytes | None = None
    reserved_until: float | None = None

    @property
    def login(self) -> Login | None:
        """The account of the person, None for guests."""
        return None if self.account is None else Login(self.account, self.name, self.session)

    @property
    def is_person(self) -> bool:
        """Whether the seat belongs to a person, connected or not."""
        return self.bot_level is None

    @property
    def is_covered(self) -> bool:
        """Whether a bot plays although the person is connected, because turns were missed."""
        return self.missed >= TURNS_MISSED_MAX

    @property
    def is_present(self) -> bool:
        """Whether its own player, person or bot, is there to play."""
        return self.bot_level is not None or (self.connection is not None and not self.is_covered)

    def given_up_at(self, grace_s: float) -> float | None:
        """Return when somebody who is not there loses the seat, unless the game begins before."""
        if self.reserved_until is not None:
            return self.reserved_until
        return None if self.lost_at is None else self.lost_at + grace_s

    def is_awaited(self, grace_s: float, now: float) -> bool:
        """Tell whether its person has been lost, and a bot does not cover for them yet."""
        return self.lost_at is not None and now < self.lost_at + grace_s

    def to_entry(self) -> SeatEntry:
        """Return the seat as the journal keeps it."""
        return SeatEntry(
            name=self.name,
            bot_level=self.bot_level,
            token_hash=self.token_hash,
            platform=self.platform,
            look=self.look,
            account=self.account,
        )

    @classmethod
    def from_entry(cls, entry: SeatEntry, now: float) -> "Seat":
        """Return a seat as it was stored; a person's connection counts as lost ``now``."""
        return cls(
            name=entry.name,
            bot_level=entry.bot_level,
            token_hash=entry.token_hash,
            platform=entry.platform,
            look=entry.look,
            lost_at=None if entry.bot_level is not None else now,
            account=entry.account,
        )


def hash_token(token: bytes) -> bytes | None:
    """Return the SHA-256 of a reconnect token, or None for the token that reclaims nothing."""
    return None if token == NO_TOKEN else hashlib.sha256(token).digest()


class Seating:
    """The places of a table, some of them taken. A seat's number is its player id on the wire."""

    def __init__(self, places: int) -> None:
        self._seats: list[Seat | None] = [None] * places

    def __len__(self) -> int:
        return len(self._seats)

    def __getitem__(self, number: int) -> Seat:
        """Return a seat that is taken.

        Raises:
            LookupError: it is not.
        """
        seat = self._seats[number]
        if seat is None:
            raise LookupError(f"nobody has seat {number}")
        return seat

    def taken(self) -> Iterator[tuple[int, Seat]]:
        """Go through the seats somebody has, with their numbers."""
        return ((number, seat) for number, seat in enumerate(self._seats) if seat is not None)

    @property
    def is_full(self) -> bool:
        """Whether every seat is taken."""
        return None not in self._seats

    @property
    def people(self) -> int:
        """How many seats people have, connected or not."""
        return sum(seat.is_person for _, seat in self.taken())

    @property
    def expected(self) -> int:
        """How many seats are reserved by people who have not come yet."""
        return sum(seat.reserved_until is not None for _, seat in self.taken())

    @property
    def is_anyone_here(self) -> bool:
        """Whether a person is connected."""
        return any(seat is not None and seat.connection is not None for seat in self._seats)

    @property
    def names(self) -> list[str]:
        """The names at the table."""
        return [seat.name for _, seat in self.taken()]

    def with_token(self, token: bytes) -> int | None:
        """Return the number of the seat a reconnect token belongs to, or None."""
        token_hash = hash_token(token)
        if token_hash is None:
            return None
        return next((n for n, seat in self.taken() if seat.token_hash == token_hash), None)

    def of_account(self, account: int) -> int | None:
        """Return the number of the seat that an account has, or None."""
        return next((n for n, seat in self.taken() if seat.account == account), None)

    def awaited(self, account: int) -> Seat | None:
        """Return the seat that an account has reserved and has not come for yet, or None."""
        number = self.of_account(account)
        seat = None if number is None else self[number]
        return None if seat is None or seat.reserved_until is None else seat

    @property
    def free_numbers(self) -> list[int]:
        """The numbers of the places that nobody has."""
        return [number for number, seat in enumerate(self._seats) if seat is None]

    def take(self, seat: Seat, wanted: int | None = None) -> int:
        """Give a free place to ``seat``, ``wanted`` or else the first one; return its number."""
        free = self.free_numbers
        number = wanted if wanted in free else free[0]
        self._seats[number] = seat
        return number

    def free(self, number: int) -> None:
        """Give a place up."""
        self._seats[number] = None

    def present(self) -> tuple[PlayerEntry, ...]:
        """Return who is there to play, as PLAYER_LIST carries it."""
        return tuple(
            PlayerEntry(number, seat.platform, seat.look)
            for number, seat in self.taken()
            if seat.is_present
        )
