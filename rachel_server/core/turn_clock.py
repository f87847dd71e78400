"""When the host acts for a seat, and when its person is warned (design.md, Tables)."""

from typing import Final

from rachel_server.core.seating import Seat
from rachel_server.core.table_settings import TableSettings

WARNING_S: Final = 10.0
"""A person whose turn is about to run out is told this long before."""


class TurnClock:
    """The clock of the turn being played. All times are readings of the table's clock."""

    def __init__(self, settings: TableSettings) -> None:
        self._settings = settings
        self._began = 0.0
        self._warned = False

    def restart(self, now: float) -> None:
        """Begin a turn, or give the seat to act its whole time again."""
        self._began, self._warned = now, False

    def warned(self) -> None:
        """Note that the person was warned; it happens once a turn."""
        self._warned = True

    def host_acts_at(self, seat: Seat) -> float | None:
        """Return when the host acts for the seat to act, None when it waits for its person."""
        settings = self._settings
        bot_acts = self._began + settings.bot_delay_s
        if seat.bot_level is not None or seat.is_covered:
            return bot_acts
        time, lost_at = settings.turn_time_s, seat.lost_at
        ends = None if time is None else self._began + time
        if lost_at is None:
            return ends
        covers = lost_at + settings.lost_grace_s
        return max(bot_acts, covers if ends is None else min(ends, covers))

    def warns_at(self, seat: Seat) -> float | None:
        """Return when the person of the seat to act is to be told that time runs out, or None."""
        time = self._settings.turn_time_s
        if self._warned or time is None or time < 2 * WARNING_S:
            return None
        if seat.link is None or seat.is_covered:
            return None
        return self._began + time - WARNING_S

    def next_deadline(self, seat: Seat) -> float | None:
        """Return when there is something to do for the seat to act, or None."""
        acts, warns = self.host_acts_at(seat), self.warns_at(seat)
        if acts is None or (warns is not None and warns < acts):
            return warns
        return acts
