"""What a home can do where its app runs: everything that only commands know how to open."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rachel_tui.keep.lessons import Progress
from rachel_tui.sitting import Place


class Unplayable(Exception):  # noqa: N818 - it is no error of this program
    """A game cannot be opened; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Home:
    """What a home can do where its app runs.

    Attributes:
        open_solo: opens the solo game and returns where it is played; opened already, it is the
            same place. It blocks, and can be called in any thread. Raises `Unplayable`.
        left_game: returns in a few words which game was left and can be continued; empty if none.
        progress: the lessons that the player has done.
        learns: whether to begin with the lessons.
    """

    open_solo: Callable[[], Place]
    left_game: Callable[[], str]
    progress: Progress = field(default_factory=lambda: Progress(None))
    learns: bool = False
