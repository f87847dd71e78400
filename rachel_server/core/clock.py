"""The clocks of a table: the turn's, and the one it reads, which can stand still."""

import math
from dataclasses import replace
from typing import Final

from rachel_server.core.seating import Seat
from rachel_server.core.table_settings import TableSettings

WARNING_S: Final = 10.0
"""A person whose turn is about to run out is told this long before."""


class TurnClock:
    """When the host acts for the seat to act, and when its person is warned.

    All times are readings of the play clock.
    """

    def __init__(self, settings: TableSettings) -> None:
        self._settings = settings
        self._began = 0.0
        self._warned = False
        self._lengthened = False
        self._went_on = 0.0

    def hurry(self, bot_delay_s: float) -> None:
        """Let bots wait only so long, from now on."""
        self._settings = replace(self._settings, bot_delay_s=bot_delay_s)

    def restart(self, now: float) -> None:
        """Begin a turn."""
        self._began = self._went_on = now
        self._warned = self._lengthened = False

    def lengthen(self, now: float) -> None:
        """Give the seat to act its whole time again, once in a turn.

        Otherwise a client that is lost and comes back every few seconds could stop the table.
        """
        if not self._lengthened:
            self._began, self._warned, self._lengthened = now, False, True

    def go_on(self, paused_at: float, now: float) -> None:
        """Do not count the time since everybody went away; bots wait their moment again."""
        self._began += now - paused_at
        self._went_on = now

    def warned(self) -> None:
        """Note that the person was warned; it happens once a turn."""
        self._warned = True

    def host_acts_at(self, seat: Seat) -> float | None:
        """Return when the host acts for the seat to act, None when it waits for its person."""
        settings = self._settings
        bot_acts = max(self._began, self._went_on) + settings.bot_delay_s
        if seat.bot_level is not None or seat.is_covered:
            return bot_acts
        time, lost_at = settings.turn_time_s, seat.lost_at
        ends = None if time is None else self._began + time
        if lost_at is None:
            return ends
        covers = lost_at + settings.lost_grace_s
        return max(bot_acts, covers if ends is None else min(ends, covers))

    def left_s(self, seat: Seat, now: float) -> float | None:
        """Return how long the person of the seat to act has; None for any time, and for bots."""
        acts = None if seat.bot_level is not None or seat.is_covered else self.host_acts_at(seat)
        return None if acts is None else max(0.0, acts - now)

    def warns_at(self, seat: Seat) -> float | None:
        """Return when the person of the seat to act is to be told that time runs out, or None."""
        time = self._settings.turn_time_s
        if self._warned or time is None or time < 2 * WARNING_S:
            return None
        if seat.connection is None or seat.is_covered:
            return None
        return self._began + time - WARNING_S

    def next_deadline(self, seat: Seat) -> float | None:
        """Return when there is something to do for the seat to act, or None."""
        acts, warns = self.host_acts_at(seat), self.warns_at(seat)
        if acts is None or (warns is not None and warns < acts):
            return warns
        return acts


class PlayClock:
    """Stands still while nothing can be saved, so that no time of the players passes.

    Its readings are seconds, and agree with the server's clock until it has stood still.
    """

    def __init__(self) -> None:
        self._paused_at: float | None = None
        self._lost_s = 0.0

    @property
    def stands_still(self) -> bool:
        """Whether it stands still now."""
        return self._paused_at is not None

    def reading(self, now: float) -> float:
        """Return what it shows when the server's clock shows ``now``."""
        return (now if self._paused_at is None else self._paused_at) - self._lost_s

    def pause(self, now: float) -> None:
        """Stand still from now on."""
        if self._paused_at is None:
            self._paused_at = now

    def go_on(self, now: float) -> None:
        """Go on from where it stood still."""
        if self._paused_at is not None:
            self._lost_s += now - self._paused_at
            self._paused_at = None

    def when(self, reading: float) -> float:
        """Return the server's time at a reading, if this clock does not stand still before.

        It is never so early, by a rounding, that this clock would not show the reading then.
        """
        when = reading + self._lost_s
        return when if when - self._lost_s >= reading else math.nextafter(when, math.inf)
