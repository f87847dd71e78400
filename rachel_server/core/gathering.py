"""The waiting phase of a table: who is expected, when it begins, and when nobody comes any more."""

import math

from rachel_server.core.names import bot_name, marked, name_key, unique_name
from rachel_server.core.seating import Login, Seat, Seating, hash_token
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.voice import Voice


class Gathering:
    """People gather at a table. All times are readings of the table's clock."""

    def __init__(self, seats: Seating, voice: Voice, settings: TableSettings) -> None:
        self._seats = seats
        self._voice = voice
        self._settings = settings
        self._start_at = 0.0
        self._kept_until = -math.inf

    @property
    def starts_at(self) -> float | None:
        """When the game begins although the table is not full; None while nobody is there."""
        return self._start_at if self._seats.is_anyone_here else None

    def keep(self, bots: int, free: int, now: float) -> None:
        """Seat bots, none at ``free``, and let the table stay for a while although it is empty."""
        for number in range(bots):
            self._seat_bot(number + (number >= free))
        self._kept_until = now + self._settings.abandon_s

    def make_way(self, name: str) -> None:
        """Call a guest otherwise who has the name of an account that comes."""
        for number, seat in self._seats.taken():
            if seat.is_person and seat.account is None and name_key(seat.name) == name_key(name):
                seat.name = unique_name(marked(seat.name), [*self._seats.names, name])
                self._voice.newcomer(number)

    def expect(self, login: Login, token: bytes, now: float) -> int:
        """Keep a seat for an account, or give its seat a new token; return the number."""
        number = self._seats.of_account(login.account)
        if number is None:
            self.make_way(login.name)
            seat = Seat(login.name, account=login.account)
        else:
            seat = self._seats[number]
        seat.token_hash, seat.session = hash_token(token), login.session
        if number is None or seat.reserved_until is not None:
            seat.lost_at = now
            seat.reserved_until = now + self._settings.reservation_s
        if number is None:
            number = self._seats.take(seat)
            self._voice.newcomer(number)
            self._wait_again(now)
        return number

    def has_come(self, now: float) -> bool:
        """Note that somebody is there; tell whether the game begins, since nobody is missing."""
        seats, expected = self._seats, self._seats.expected
        self._wait_again(now)
        if (seats.is_full and not expected) or self._start_at <= now:
            return True
        # Programs may read how it ends (docs/PROTOCOL.md, Joining).
        here = f"{len(seats.names) - expected} of {len(seats)} here"
        self._voice.announce(f"{here}; bots fill up in {self._settings.start_delay_s:.0f} s")
        return False

    def give_up_seats(self, now: float) -> None:
        """Free the seats of those who have been away, or have not come, for too long."""
        late = [number for number, at in self._given_up() if now >= at]
        for number in late:
            self._seats.free(number)
        if late:
            self._voice.players()

    def is_over(self, now: float) -> bool:
        """Tell whether nobody is there, and nobody is waited for any more."""
        return self._seats.people == 0 and now >= self._kept_until

    def next_deadline(self) -> float | None:
        """Return when there is something to do, None when only somebody's coming can bring it."""
        times = [at for _, at in self._given_up()]
        if self.starts_at is not None:
            times.append(self._start_at)
        if self._seats.people == 0:
            times.append(self._kept_until)
        return min(times, default=None)

    def end(self) -> None:
        """Expect nobody any longer: bots take the empty seats, and play for those who are away."""
        for _, seat in self._seats.taken():
            seat.reserved_until = None
        while not self._seats.is_full:
            self._seat_bot()
        self._voice.players()

    def _wait_again(self, now: float) -> None:
        """Give others the whole time to come: somebody has just said that they will."""
        self._start_at = now + self._settings.start_delay_s

    def _given_up(self) -> list[tuple[int, float]]:
        """Return the seats whose people are not there, and when each is given up."""
        kept_s = self._settings.kept_s
        grace = self._settings.lost_grace_s if kept_s is None else kept_s
        given_up = ((number, seat.given_up_at(grace)) for number, seat in self._seats.taken())
        return [(number, at) for number, at in given_up if at is not None]

    def _seat_bot(self, wanted: int | None = None) -> None:
        name = bot_name(self._seats.names)
        bot = Seat(name=name, bot_level=self._settings.bot_level)
        self._voice.newcomer(self._seats.take(bot, wanted))
