"""What the home offers, on screens and in lines."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do from home.

    Attributes:
        key: the key that does it on screens.
        word: what is typed for it in lines; on screens the app's action of that name does it.
        text: its name, for people.
        about: in a few words, what it is.
    """

    key: str
    word: str
    text: str
    about: str


CONTINUE: Final = Entry("c", "continue", "Continue", "")
"""Comes first where a game was left; ``about`` then says which."""

ENTRIES: Final = (
    Entry("p", "solo", "Play", "alone against bots, right now"),
    Entry("l", "learn", "Learn", "the game, in twelve minutes"),
    Entry("r", "rules", "Rules", "on one page"),
    Entry("q", "quit", "Quit", ""),
)
"""The menu, in its order. A new entry is a line here, an action of the app, and a word in lines."""
