"""The colours: dark, light, and the terminal's own sixteen. And the look of ASCII terminals.

The four suits have colours that people with red-green blindness can tell apart; on the paper of a
card they are inks. In the terminal's own theme nothing has a background, so that it is readable on
any.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme

from rachel_tui.words.alphabet import in_ascii

DARK: Final = Theme(
    name="rachel-dark",
    primary="#5fafd7",
    secondary="#3a6ea5",
    accent="#ffc85c",
    warning="#ffaf5f",
    error="#ff7a7a",
    success="#7fd787",
    foreground="#e4e4e4",
    background="#10181c",
    surface="#10181c",
    panel="#1c2a30",
    dark=True,
    variables={
        "suit-hearts": "#ff7a7a",
        "suit-diamonds": "#ffb454",
        "suit-clubs": "#6ab7ff",
        "suit-spades": "#e4e4e4",
        "ink-hearts": "#c00028",
        "ink-diamonds": "#9a4600",
        "ink-clubs": "#005a9c",
        "ink-spades": "#101010",
        "ink-faint": "#343c40",
        "paper": "#f4f1e8",
        "paper-faint": "#a9b0b2",
        "frame": "#6c7a80",
        "frame-caret": "#a05a00",
        "faint": "#93a1a8",
        "caret": "#ffc85c",
        "fits": "#7fd787",
        "turn-text": "#101010",
        "turn-back": "#ffc85c",
        "line": "#3d4f57",
        "back": "#3a6ea5",
        "chosen": "#34505c",
        "felt": "#1b4d38",
        "felt-rim": "#5b3f26",
        "felt-faint": "#a3c2b0",
        "attack": "#b3261e",
        "card-back": "#2c4f8c",
        "card-back-line": "#a9c3ee",
    },
)

LIGHT: Final = Theme(
    name="rachel-light",
    primary="#005f87",
    secondary="#3a6ea5",
    accent="#8a5a00",
    warning="#8a5a00",
    error="#b00020",
    success="#1b6e2a",
    foreground="#1c1c1c",
    background="#f2f2ec",
    surface="#f2f2ec",
    panel="#e2e4dc",
    dark=False,
    variables={
        "suit-hearts": "#c00028",
        "suit-diamonds": "#a34d00",
        "suit-clubs": "#005a9c",
        "suit-spades": "#101010",
        "ink-hearts": "#c00028",
        "ink-diamonds": "#a34d00",
        "ink-clubs": "#005a9c",
        "ink-spades": "#101010",
        "ink-faint": "#565e60",
        "paper": "#ffffff",
        "paper-faint": "#dcdfd8",
        "frame": "#8a9498",
        "frame-caret": "#8a5a00",
        "faint": "#5c6668",
        "caret": "#8a5a00",
        "fits": "#1b6e2a",
        "turn-text": "#ffffff",
        "turn-back": "#8a5a00",
        "line": "#b4bab2",
        "back": "#7a9cc0",
        "chosen": "#c8d0c4",
        "felt": "#d3ead7",
        "felt-rim": "#a67c4e",
        "felt-faint": "#3f6650",
        "attack": "#b3261e",
        "card-back": "#4a76b8",
        "card-back-line": "#ffffff",
    },
)

_ANSI: Final = BUILTIN_THEMES["ansi-dark"]

TERMINAL: Final = replace(
    _ANSI,
    name="rachel-terminal",
    variables={
        **_ANSI.variables,
        "suit-hearts": "ansi_red",
        "suit-diamonds": "ansi_magenta",
        "suit-clubs": "ansi_cyan",
        "suit-spades": "ansi_default",
        "ink-hearts": "ansi_red",
        "ink-diamonds": "ansi_magenta",
        "ink-clubs": "ansi_cyan",
        "ink-spades": "ansi_default",
        "ink-faint": "ansi_default",
        "paper": "ansi_default",
        "paper-faint": "ansi_default",
        "frame": "ansi_default",
        "frame-caret": "ansi_default",
        "faint": "ansi_default",
        "caret": "ansi_default",
        "fits": "ansi_default",
        "turn-text": "ansi_black",
        "turn-back": "ansi_yellow",
        "line": "ansi_default",
        "back": "ansi_blue",
        "chosen": "ansi_default",
        "felt": "ansi_default",
        "felt-rim": "ansi_default",
        "felt-faint": "ansi_default",
        "attack": "ansi_red",
        "card-back": "ansi_default",
        "card-back-line": "ansi_blue",
    },
)

THEMES: Final = (DARK, LIGHT, TERMINAL)


def theme_after(name: str) -> str:
    """Return the name of the theme after ``name``; after the last comes the first."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]


def first_theme(*, color_system: str | None, no_color: bool) -> str:
    """Return the name of the first theme: the terminal's own where colours are few or none."""
    own = no_color or color_system in (None, "standard")
    return TERMINAL.name if own else DARK.name


class AsciiLook(LineFilter):
    """Shows every line in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same cells, in ASCII."""
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]


class FewerColours(LineFilter):
    """Shows every line in the colours that a terminal has.

    Rich would do that when it writes a style, and keeps what it has written with the style. All
    terminals of a process share those, so that one would be sent the colours of another.
    """

    def __init__(self, system: ColorSystem) -> None:
        super().__init__()
        self._system = system

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same cells, in fewer colours."""
        return [
            Segment(text, style and _in_system(style, self._system), control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _in_system(style: Style, system: ColorSystem) -> Style:
    return style + Style.from_color(
        _downgraded(style.color, system), _downgraded(style.bgcolor, system)
    )


def _downgraded(color: RichColor | None, system: ColorSystem) -> RichColor | None:
    return None if color is None else color.downgrade(system)
