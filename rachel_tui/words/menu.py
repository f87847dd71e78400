"""What home offers, on screens and in lines."""

from collections.abc import Sequence
from typing import Final, NamedTuple


class Entry(NamedTuple):
    """One thing to do from home.

    Attributes:
        key: the key that does it on screens.
        word: what is typed for it in lines; on screens the app's action of that name does it.
        text: its name, for people.
        about: in a few words, what it is.
        elsewhere: whether it leads to other hosts.
        kept: whether it is about games that are kept.
        here: whether it is about the host at which the app itself runs.
        in_lines: what it is for those who hear lines, where that is something else.
        shorter: what it is in fewer words, the longest first, for narrow screens.
    """

    key: str
    word: str
    text: str
    about: str
    elsewhere: bool = False
    kept: bool = False
    here: bool = False
    in_lines: str = ""
    shorter: Sequence[str] = ()


NO_TABLE: Final = "There is no public table to watch now."

_SOLO_WAITS: Final = "the game that you left; there, new deals another one"
_CONTINUE: Final = Entry("c", "continue", "Continue", "")
_ENTRIES: Final = (
    Entry("p", "solo", "Play", "against bots, right now"),
    Entry("g", "quick", "Quick game", "a free seat at a public table", here=True),
    Entry("j", "join", "Join by code", "or open a room for friends", here=True),
    Entry("w", "watch", "Watch", "what is played here", here=True),
    Entry("l", "learn", "Learn", "the game, in twelve minutes"),
    Entry("f", "friends", "Play with friends", "at somebody's host, or watch", elsewhere=True),
    Entry("v", "replays", "Replays", "of your games, or any other", kept=True),
    Entry("s", "statistics", "Statistics", "what your games add up to", kept=True),
    Entry("r", "rules", "Rules", "the whole game in short"),
    Entry("b", "top", "Best players", "of this host", here=True),
    Entry(
        ",",
        "settings",
        "Settings",
        "colours, sounds, solo games",
        in_lines="your name, and how solo games are dealt",
    ),
    Entry("q", "quit", "Quit", ""),
)
"""The menu, in its order. A new entry is a line here, an action of the app, and a word in lines."""


def entries(
    left: str, shorter: Sequence[str] = (), *, solo: bool = False, both: bool = False
) -> tuple[Entry, ...]:
    """Return the menu.

    Args:
        left: in a few words which game was left and is continued first; empty for none.
        shorter: the same in fewer words, see `Entry`.
        solo: whether a solo game waits.
        both: whether one waits beside that which is continued first.
    """
    found = list(_ENTRIES)
    if solo:
        about = "your solo game waits; or a new one" if both else found[0].about
        found[0] = found[0]._replace(about=about, in_lines=_SOLO_WAITS)
    going_on = _CONTINUE._replace(about=left, shorter=shorter)
    return (going_on, *found) if left else tuple(found)
