"""What follows from an input: at one table (`Effects`), and for the whole house (`Outcome`).

Connections are small integers here. Who writes to them, and how, is the edge's business.
"""

import random
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, final

from rachel.rules.view import SeatView
from rachel_server.core.entries import Entry, Record

Send: TypeAlias = tuple[list[int], bytes]
"""Connections, and the frames that go to each of them."""


class Ticket(NamedTuple):
    """Names one request to think; an answer that carries an older ticket comes too late.

    Attributes:
        game_id: the table on the wire.
        epoch: under which lease the table ran when it asked.
        number: counts the table's requests.
    """

    game_id: int
    epoch: int
    number: int


@dataclass(frozen=True, slots=True)
class Thought:
    """A request to think: choose an action and come back with the ticket (`House.thought`).

    Attributes:
        ticket: names the request.
        level: of the bot that is to choose.
        view: what the seat sees, and all that the bot may know.
        rng: decides between equally good actions. The table leaves it alone meanwhile.
    """

    ticket: Ticket
    level: str
    view: SeatView
    rng: random.Random


@final
class Effects:
    """What follows from one input to a table.

    Attributes:
        entries: what the journal must keep, in order.
        sends: frames and to whom they go, in order.
        cuts: connections to end after that.
        dismissed: connections that no longer sit at the table, because it is closed.
        thought: what the table wants thought about.
        refused: why what somebody sent was refused: an identifier, for statistics.
    """

    __slots__ = ("cuts", "dismissed", "entries", "refused", "sends", "thought")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.sends: list[Send] = []
        self.cuts: tuple[int, ...] = ()
        self.dismissed: tuple[int, ...] = ()
        self.thought: Thought | None = None
        self.refused: str | None = None


@final
class Broken:
    """A table whose run an error of ours has ended.

    Attributes:
        game: its game in the store, which is to be restored; None when there is nothing to restore.
        room: its room code.
        epoch: the lease of its next run; the journal is to take no older record of the game.
        error: what went wrong.
    """

    __slots__ = ("epoch", "error", "game", "room")

    def __init__(self, game: str | None, room: str, epoch: int, error: Exception) -> None:
        self.game = game
        self.room = room
        self.epoch = epoch
        self.error = error


@final
class Outcome:
    """What follows from one input to the house, to be carried out in the order of the attributes.

    What is rare is a tuple, because an empty one costs nothing to make.

    Attributes:
        records: what the journal must keep, numbered in order.
        gaps: connections, and the seconds to leave between two of their frames.
        sends: frames and to whom they go now, in order.
        cuts: connections to end after what is written.
        rests: connections, and when to read on: until then nothing is read from them.
        floods: connections among the cuts that sent far too much.
        thoughts: what is to be thought about.
        broken: tables that broke off.
        aside: games that cannot be played on, and why, to be set aside in the journal.
    """

    __slots__ = (
        "aside",
        "broken",
        "cuts",
        "floods",
        "gaps",
        "records",
        "rests",
        "sends",
        "thoughts",
    )

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.gaps: tuple[tuple[int, float], ...] = ()
        self.sends: list[Send] = []
        self.cuts: tuple[int, ...] = ()
        self.rests: tuple[tuple[int, float], ...] = ()
        self.floods: tuple[int, ...] = ()
        self.thoughts: tuple[Thought, ...] = ()
        self.broken: tuple[Broken, ...] = ()
        self.aside: tuple[tuple[str, str], ...] = ()
