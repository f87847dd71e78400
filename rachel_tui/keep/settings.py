"""What a player has chosen: how things look, sound and answer, and how solo games are dealt.

`settings_sources` finds out what holds, and `settings_file` keeps what the player changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rachel.levels import LEVELS
from rachel.text import ASCII_NAME_MAX, ascii_name, clean_text
from rachel_tui.keep.key_names import key_name

THEME_NAMES: Final = ("auto", "dark", "light", "contrast", "terminal", "mono")
"""The themes of ours; "auto" is dark or light, as the terminal is."""
COLOURS: Final = ("auto", "true", "256", "16", "none")
"""How many colours are sent; "auto" asks the environment."""
THEME_COLOURS: Final = (
    "background", "foreground", "surface", "panel", "primary", "secondary", "accent", "warning",
    "error", "success", "suit-hearts", "suit-diamonds", "suit-clubs", "suit-spades", "ink-hearts",
    "ink-diamonds", "ink-clubs", "ink-spades", "faint-hearts", "faint-diamonds", "faint-clubs",
    "faint-spades", "paper", "paper-faint", "frame", "frame-caret", "faint", "caret", "fits",
    "turn-text", "turn-back", "line", "back", "chosen", "felt", "felt-rim", "felt-faint", "attack",
    "card-back", "card-back-line", "fan",
)  # fmt: skip
"""What a theme of the player's can give a colour to."""
ACTIONS: Final = {
    "left": "left", "right": "right", "up": "up", "down": "down", "first": "home", "last": "end",
    "next": "tab,n", "previous": "shift+tab", "pick": "space", "play": "enter", "draw": "d,D",
    "take_back": "backspace", "sort": "s", "hint": "h,H",
    "hurry": "f,F", "rules": "r,R", "help": "question_mark,f1", "put_back": "escape",
    "older": "left_square_bracket,pageup", "newer": "right_square_bracket,pagedown",
    "leave": "q,Q", "settings": "comma", "theme": "t", "colours": "percent_sign",
    "commands": "colon",
    "back": "escape", "row_up": "up,k,shift+tab", "row_down": "down,j,tab", "choose": "enter,space",
    "less": "left,minus", "more": "right,plus", "other": "o,O",
    "start": "s,S", "invite": "c,C", "again": "enter,p,P", "watch": "w,W", "save": "s,S",
    "go_on": "enter,space", "go_back": "b,B", "skip": "x,X", "solo": "p,P",
    "search": "slash", "found_next": "n", "found_before": "N",
    "run": "space", "step": "right,l", "step_back": "left", "hands": "h",
    "event": "n", "event_before": "N", "attack": "a", "attack_before": "A",
    "reversal": "v", "reversal_before": "V", "out": "o", "out_before": "O",
    "faster": "plus,equals_sign", "slower": "minus", "deal": "home,g", "end": "end,G",
}  # fmt: skip
"""What can be bound to other keys, and the keys that it has."""
_APP: Final = ("settings", "theme", "colours", "commands")
_HAND: Final = (
    "left", "right", "up", "down", "first", "last", "next", "previous",
    "pick", "take_back", "sort", "play",
)  # fmt: skip
_LIST: Final = ("row_up", "row_down", "choose", "back")
_STORY: Final = ("older", "newer")
ACTIONS_AT: Final[Mapping[str, tuple[str, ...]]] = {
    "table": (
        *_APP, *_HAND, *_STORY, "draw", "hint", "hurry", "rules", "help", "put_back", "leave",
    ),
    "menus": (*_APP, *_LIST, "help", "leave"),
    "waiting room": (*_APP, "again", "watch", "start", "invite", "rules", "help", "leave", "back"),
    "end of a game": (*_APP, *_STORY, "again", "watch", "save", "rules", "help", "leave"),
    "replays": (*_LIST, "other", "help", "leave"),
    "replay": (
        *_STORY, "run", "step", "step_back", "event", "event_before", "attack", "attack_before",
        "reversal", "reversal_before", "out", "out_before", "hands", "faster", "slower", "deal",
        "end", "help", "leave", "back",
    ),
    "lessons": (*_APP, *_LIST, "solo", "rules", "help", "leave"),
    "statistics": ("help", "leave", "back"),
    "rules": ("rules", "search", "found_next", "found_before", "help", "leave", "back"),
    "lesson": (
        *_APP, *_HAND, "go_on", "hint", "go_back", "skip", "leave", "rules", "draw", "help",
        "put_back",
    ),
    "settings": (*_LIST, "less", "more", "help", "settings", "leave"),
}  # fmt: skip
"""Which actions there are at which screen: no two of them can have the same key."""
SORTS: Final = ("dealt", "suit", "rank")

_YES: Final = frozenset({"yes", "true", "on", "1"})
_NO: Final = frozenset({"no", "false", "off", "0"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one player; each attribute is described by its line in `SETTINGS`.

    Attributes:
        name: empty while the player has not said one.
        keys: the keys of actions that the player has bound anew, comma-separated, by action.
        themes: the player's own themes: colours by what they are for, by the theme's name.
    """

    name: str = ""
    theme: str = "auto"
    colours: str = "auto"
    four_colours: bool = True
    ascii: bool | None = None
    suit_letters: bool = False
    motion: bool = True
    sort: str = "rank"
    bell: bool = True
    notify: bool = True
    seats: int = 4
    bots: str = "intermediate"
    bot_delay: float = 0.8
    keys: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def key(self, action: str) -> str:
        """Return what the first key of one of `ACTIONS` is called in a sentence."""
        return key_name(self.keys.get(action, ACTIONS[action]).split(",")[0].strip())

    def short_key(self, action: str) -> str:
        """Return what that key is called in a frame: ``enter`` instead of ``Enter``."""
        name = self.key(action)
        return name if len(name) == 1 else name.lower()


DEFAULTS: Final = Settings()

NO_NAME: Final = "You have no name: you are asked for one at your next table."
"""What holds once the name is empty."""


class OwnSettings(NamedTuple):
    """The settings of a player, to be changed.

    Attributes:
        load: returns those that hold now.
        keep: keeps changes by the names of settings; raises OSError or ValueError with what is
            wrong.
        lasts: whether what is kept holds at the next visit, too.
        name_stays: why the player cannot take another name, empty where they can.
    """

    load: Callable[[], Settings]
    keep: Callable[[Mapping[str, Any]], None]
    lasts: bool = True
    name_stays: str = ""


class Setting(NamedTuple):
    """One setting that has a name in the file and a variable.

    Attributes:
        name: the attribute of `Settings`, and the name in the file.
        label: its name for people.
        about: what it does, for the comment in the file and for the screen.
        read: makes the value from a text or from what a TOML file holds; raises ValueError with
            a text that continues "NAME must be".
        choices: what can be chosen on the screen, in order; none where it is typed.
    """

    name: str
    label: str
    about: str
    read: Callable[[object], Any]
    choices: tuple[Any, ...]

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"RACHEL_{self.name.upper()}"


def value_text(value: str | bool | float | None) -> str:
    """Return the value of a setting for people: ``yes``, ``4``, ``0.8 seconds``, ``none yet``."""
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value} seconds"
    return str(value) or "none yet"


def _one_of(*names: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if str(value) not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return str(value)

    return read


def _yes_or_no(value: object) -> bool:
    text = str(value).lower()
    if text not in _YES | _NO:
        raise ValueError("true or false")
    return text in _YES


def _yes_no_or_auto(value: object) -> bool | None:
    if str(value).lower() == "auto":
        return None
    try:
        return _yes_or_no(value)
    except ValueError:
        raise ValueError("true, false or auto") from None


def _number(least: float, most: float, kind: type[int] | type[float]) -> Callable[[object], float]:
    def read(value: object) -> float:
        try:
            number = kind(str(value))
        except ValueError:
            number = kind(least - 1)
        if not least <= number <= most:
            raise ValueError(f"a number from {least} to {most}")
        return number

    return read


def _theme(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("the name of a theme")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or (value.strip() and not clean_text(value)):
        raise ValueError("a text that can be read")
    return ascii_name(value) if value.strip() else ""


_YES_NO: Final = (True, False)
SETTINGS: Final = (
    Setting(
        "name", "Name", f"What others call you, up to {ASCII_NAME_MAX} characters.", _name, (),
    ),
    Setting(
        "theme", "Theme", f"The look: {', '.join(THEME_NAMES)}, or a theme of your own.",
        _theme, THEME_NAMES,
    ),
    Setting(
        "colours", "Colours",
        "How many colours the terminal is sent: auto, true (all), 256, 16, none.",
        _one_of(*COLOURS), COLOURS,
    ),
    Setting(
        "four_colours", "Four-colour deck", "A colour for each suit; else red and black.",
        _yes_or_no, _YES_NO,
    ),
    Setting(
        "ascii", "ASCII only", "Only ASCII characters; auto: when the terminal has no others.",
        _yes_no_or_auto, (None, *_YES_NO),
    ),
    Setting(
        "suit_letters", "Suit letters", "A letter beside each suit's sign: 7♥H instead of 7♥.",
        _yes_or_no, _YES_NO,
    ),
    Setting("motion", "Motion", "Cards fly over the table.", _yes_or_no, _YES_NO),
    Setting(
        "sort", "Order of hand", "Order of your hand: dealt, suit, rank.",
        _one_of(*SORTS), SORTS,
    ),
    Setting("bell", "Bell", "Ring the bell when it is your turn.", _yes_or_no, _YES_NO),
    Setting(
        "notify", "Notification", "Notify you of your turn while you look elsewhere.",
        _yes_or_no, _YES_NO,
    ),
    Setting(
        "seats", "Seats", "Seats of a new solo game, 2 to 8.",
        _number(2, 8, int), tuple(range(2, 9)),
    ),
    Setting(
        "bots", "Bots", f"How well bots play solo: {', '.join(LEVELS)}.",
        _one_of(*LEVELS), LEVELS,
    ),
    Setting(
        "bot_delay", "Bots think", "Seconds a bot of a solo game waits before it acts, 0 to 2.",
        _number(0, 2, float), (0.0, 0.4, 0.8, 1.2, 1.6, 2.0),
    ),
)  # fmt: skip
