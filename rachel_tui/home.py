"""What a home can do where its app runs: everything that only commands know how to open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rachel_tui.keep.lessons import Progress
from rachel_tui.words.menu import Entry, entries

if TYPE_CHECKING:
    from rachel_tui.hosts import Hosts, LeftGame
    from rachel_tui.net.host_api import PublicTable
    from rachel_tui.place import Place


class Here(Protocol):
    """The host at which the app itself runs, for somebody who has come there over a line.

    Attributes:
        greeting: what they should know before anything happens, empty for nothing.
    """

    greeting: str

    async def look(self) -> None:
        """Find out what can have changed since: whether a game was left."""

    def place(self, room: str = "", *, watches: bool = False) -> "Place":
        """Return where to play in a room, or at any public table; or where to watch a room."""

    async def tables(self) -> "Sequence[PublicTable]":
        """Return the tables that can be watched, at most nine."""

    async def leaders(self) -> Sequence[str]:
        """Return the best players, a line each."""


@dataclass(frozen=True, slots=True)
class Home:
    """What a home can do where its app runs.

    Attributes:
        open_solo: opens the solo game and returns where it is played; opened already, it is the
            same place. It blocks, and can be called in any thread. Raises `Unplayable`.
        left_game: returns the game that was left and can be continued, None if there is none.
        hosts: the hosts that the player knows; None where one cannot go to others.
        games_path: the folder in which finished games are kept; None where none are.
        progress: the lessons that the player has done.
        learns: whether to begin with the lessons.
        here: the host at which the app itself runs; None on a machine of one's own.
    """

    open_solo: "Callable[[], Place]"
    left_game: "Callable[[], LeftGame | None]"
    hosts: "Hosts | None" = None
    games_path: Path | None = None
    progress: Progress = field(default_factory=lambda: Progress(None))
    learns: bool = False
    here: Here | None = None

    def menu(self) -> tuple[Entry, ...]:
        """Return what can be done now."""
        left = self.left_game()
        return tuple(
            entry
            for entry in entries("" if left is None else left.about)
            if (self.hosts is not None or not entry.elsewhere)
            and (self.games_path is not None or not entry.kept)
            and (self.here is not None or not entry.here)
        )
