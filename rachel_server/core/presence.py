"""Who of a table's people is there: they get lost, leave, come back; and what is told of it.

All times are readings of the play clock.
"""

from rachel.rubp import Announce, Phase
from rachel_server.core.absence import Absence
from rachel_server.core.course import Course
from rachel_server.core.outcome import Effects
from rachel_server.core.seating import Seat, Seating
from rachel_server.core.table_state import TableState
from rachel_server.core.voice import Hearer, Voice


class Presence:
    """The coming and going at one table."""

    def __init__(self, seats: Seating, voice: Voice, course: Course, lost_grace_s: float) -> None:
        """Take the table's parts, and after how long a bot plays for somebody who got lost."""
        self._seats = seats
        self._voice = voice
        self._course = course
        self._lost_grace_s = lost_grace_s

    def all_away(self) -> None:
        """Take the people of a game that was just restored for away."""
        for _, seat in self._seats.taken():
            if seat.is_person:
                self._misses_from_now(seat)

    def gone(
        self, number: int, now: float, effects: Effects, *, left: bool, told: bool = True
    ) -> None:
        """Note that a person is gone; a bot plays at once for one who has ``left`` on purpose."""
        seat = self._seats[number]
        seat.connection, seat.has_left = None, left
        seat.lost_at = now - self._lost_grace_s if left else now
        if self._course.state is TableState.WAITING and (left or seat.token_hash is None):
            self._seats.free(number)
            self._course.close_if_empty(now, effects)
        self._misses_from_now(seat)
        self._course.pause_if_alone(now)
        if told:
            self._voice.players()
            self._voice.announce(_gone_line(seat))
        game = self._course.game
        if game is not None and game.current == number and not left:
            self._course.tell_time(now)

    def returns(self, number: int, now: float) -> None:
        """Take in a person's new connection: a sign of the person, but only once in a turn.

        A machine may lose its line and come back again and again while its person sleeps.
        """
        seat = self._seats[number]
        game = self._course.game
        turn = None if game is None else game.turn
        if turn is not None and seat.returned_in == turn:
            seat.lost_at, seat.has_left = None, False
            self._course.go_on(now)
        else:
            seat.returned_in = turn
            self.is_back(number, now)

    def is_back(self, number: int, now: float) -> None:
        """Note a sign of a person: whatever a bot did for them ends, their clock starts again."""
        seat = self._seats[number]
        was_covered, was_lost = seat.is_covered, seat.lost_at is not None
        seat.missed, seat.lost_at, seat.has_left = 0, None, False
        self._course.go_on(now)
        playing = self._course.now_playing
        if playing is None:
            return
        if was_covered or was_lost:
            playing.is_back(number, now)
            self._voice.announce(f"{seat.name[:20]} is back")
        if was_covered:
            self._voice.players()

    def tell_gone(self, to: Hearer) -> None:
        """Tell a newcomer of those who are away what was announced when they went."""
        if self._course.phase is Phase.FINISHED:
            return
        for _, seat in self._seats.taken():
            if seat.lost_at is not None and seat.reserved_until is None:
                self._voice.send(to, Announce(_gone_line(seat)))

    def tell_missed(self, to: Hearer, seat: Seat) -> None:
        """Tell somebody who is back what happened while they were away."""
        absence, seat.absence = seat.absence, None
        game = self._course.game
        if absence is not None and game is not None:
            for line in absence.lines(game.public, self._seats.names):
                self._voice.send(to, Announce(line))

    def _misses_from_now(self, seat: Seat) -> None:
        """Begin to note what somebody misses of a game, unless that is noted already."""
        game = self._course.game
        if game is not None and seat.absence is None:
            seat.absence = Absence(game.turn, len(game.public.finish_order))


def _gone_line(seat: Seat) -> str:
    """Return how somebody went; programs may read this line (docs/PROTOCOL.md)."""
    what = "has left" if seat.has_left else "lost the connection"
    return f"{seat.name[:20]} {what}"
