"""What a home can do where its app runs: everything that only commands know how to open."""

from collections.abc import Callable
from dataclasses import dataclass

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
    """

    open_solo: Callable[[], Place]
    left_game: Callable[[], str]
