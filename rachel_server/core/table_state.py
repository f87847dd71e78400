"""Which states a table has, and every way from one to another.

A table goes one way: people gather, a game is played, it is over, the table is closed. It never
goes back, so that no state has to be reset and a late frame cannot meet another game: a rematch is
a new table in the same room. Only a game can stand still for a while, when everybody is away, or
be interrupted by an error of ours, after which it comes back from the journal as a new table.
"""

from enum import Enum, auto
from typing import Final

from rachel.rubp import Phase


class TableState(Enum):
    """Where a table stands."""

    WAITING = auto()
    """People gather. Clocks: the start, and seats that are given up."""
    PLAYING = auto()
    """A game is on and somebody is there. Clocks: the turn's, and bots'."""
    PAUSED = auto()
    """A game is on but all its people are away. Clock: until it is abandoned."""
    FINISHED = auto()
    """The game is over. Clock: the time for a rematch, which ends when all its people are gone."""
    BROKEN = auto()
    """An error of ours ended its run; its game will be restored as a new table. No clock."""
    CLOSED = auto()
    """Done with: nobody sits here, and it may be forgotten."""


class TableEvent(Enum):
    """What takes a table from one state to another."""

    DEALT = auto()
    """The cards are dealt."""
    ALL_LEFT = auto()
    """The last person's connection is gone."""
    SOMEBODY_CAME = auto()
    """A person is there again."""
    GAME_OVER = auto()
    """The game has its loser, or is given up for its length."""
    TIME_OVER = auto()
    """The time of a state is over, or nobody is expected any more."""
    ERROR = auto()
    """Code of ours failed in the middle of an input."""
    RESTORED = auto()
    """The game of a broken table runs at a new one, or cannot be restored."""


TRANSITIONS: Final = {
    (TableState.WAITING, TableEvent.DEALT): TableState.PLAYING,
    (TableState.WAITING, TableEvent.TIME_OVER): TableState.CLOSED,
    (TableState.WAITING, TableEvent.ERROR): TableState.CLOSED,
    (TableState.PLAYING, TableEvent.ALL_LEFT): TableState.PAUSED,
    (TableState.PLAYING, TableEvent.GAME_OVER): TableState.FINISHED,
    (TableState.PLAYING, TableEvent.ERROR): TableState.BROKEN,
    (TableState.PAUSED, TableEvent.SOMEBODY_CAME): TableState.PLAYING,
    (TableState.PAUSED, TableEvent.TIME_OVER): TableState.CLOSED,
    (TableState.PAUSED, TableEvent.ERROR): TableState.BROKEN,
    (TableState.FINISHED, TableEvent.TIME_OVER): TableState.CLOSED,
    (TableState.FINISHED, TableEvent.ERROR): TableState.CLOSED,
    (TableState.BROKEN, TableEvent.RESTORED): TableState.CLOSED,
}
"""Every transition there is; an event that a state does not have is an error of ours."""

PHASES: Final = {
    TableState.WAITING: Phase.WAITING,
    TableState.PLAYING: Phase.PLAYING,
    TableState.PAUSED: Phase.PLAYING,
    TableState.BROKEN: Phase.PLAYING,
    TableState.FINISHED: Phase.FINISHED,
    TableState.CLOSED: Phase.FINISHED,
}
"""What each state is called on the wire (docs/PROTOCOL.md, WELCOME)."""
