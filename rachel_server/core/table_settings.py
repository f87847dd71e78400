"""How a table is run: its size and its clocks."""

from dataclasses import dataclass, replace
from typing import Final

FRIENDS_DELAY_S: Final = 180.0
"""How long a table waits for friends after somebody has come: a code takes its time to be told."""


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Everything the host may choose about a table; times are seconds.

    Attributes:
        seats: 2-8.
        start_delay_s: how long after the last join the table starts although it is not full.
        friends_delay_s: the same for a room that somebody opens by a code, to have friends come
            there; None for no other delay than at any table.
        bot_delay_s: how long a bot waits before it acts.
        turn_time_s: how long a person's turn may take, None for no clock.
        bot_level: the level of the bots that fill empty seats and cover for people.
        solo: whether one person plays alone, and need not always begin.
        lost_grace_s: how long after a lost connection a bot covers the seat.
        kept_s: how long a waiting table keeps the seat of a lost connection; None for as long.
        rematch_s: how long a finished table stays for a rematch, unless its people are gone.
        abandon_s: how long a table waits when all its people are gone.
        reservation_s: how long a reserved seat waits for its HELLO, while the table waits.
        watch: whether people without a seat may watch.
    """

    seats: int = 4
    start_delay_s: float = 10.0
    bot_delay_s: float = 1.0
    turn_time_s: float | None = 60.0
    bot_level: str = "intermediate"
    solo: bool = False
    lost_grace_s: float = 30.0
    rematch_s: float = 60.0
    abandon_s: float = 600.0
    reservation_s: float = 60.0
    watch: bool = True
    friends_delay_s: float | None = None
    kept_s: float | None = None

    def among_friends(self) -> "TableSettings":
        """Return how a table is run that waits for friends, and keeps their seats as long.

        A telephone may sleep for minutes, while its owner tells others the code.
        """
        delay = self.friends_delay_s
        if delay is None:
            return self
        return replace(self, start_delay_s=delay, kept_s=max(delay, self.lost_grace_s))
