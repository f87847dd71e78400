"""What a home can do where its app runs: everything that only commands know how to open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rachel_tui.keep.lessons import Progress

if TYPE_CHECKING:
    from rachel_tui.hosts import Hosts, LeftGame
    from rachel_tui.place import Place


class Unplayable(Exception):  # noqa: N818 - it is no error of this program
    """A game cannot be opened; the text says why, for people."""


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
    """

    open_solo: "Callable[[], Place]"
    left_game: "Callable[[], LeftGame | None]"
    hosts: "Hosts | None" = None
    games_path: Path | None = None
    progress: Progress = field(default_factory=lambda: Progress(None))
    learns: bool = False
