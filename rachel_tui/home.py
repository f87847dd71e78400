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
        left_game: returns the game that was left here, the solo game or one at ``here``, and can be
            continued; None if there is none.
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

    def to_continue(self) -> "LeftGame | None":
        """Return the game that was left and is gone on with first, None if there is none.

        That is one at a host, where others wait for it, unless another terminal has it open.
        """
        at_a_host, here = self._left_games()
        return here if at_a_host is None or (at_a_host.elsewhere and here) else at_a_host

    def _left_games(self) -> "tuple[LeftGame | None, LeftGame | None]":
        return None if self.hosts is None else self.hosts.left_game(), self.left_game()

    def menu(self) -> tuple[Entry, ...]:
        """Return what can be done now."""
        at_a_host, here = self._left_games()
        left = self.to_continue()
        about, shorter = ("", ()) if left is None else (left.about, left.shorter)
        solo = self.here is None and here is not None and not here.elsewhere
        both = solo and at_a_host is not None and not at_a_host.elsewhere
        return tuple(
            entry
            for entry in entries(about, shorter, solo=solo, both=both)
            if (self.hosts is not None or not entry.elsewhere)
            and (self.games_path is not None or not entry.kept)
            and (self.here is not None or not entry.here)
        )
