"""The colours: felt in the evening and by day, high contrast, the terminal's own, and none.

The four suits have colours that people with red-green blindness can tell apart
(tests/tui/test_themes.py); on the paper of a card they are inks, and darker ones on that of a
card that may not be played. In the terminal's own theme
nothing has a background, so that it is readable on any.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from rachel_tui.keep.meant import meant_text
from rachel_tui.keep.settings import THEME_COLOURS, Settings

DARK: Final = Theme(
    name="dark",
    primary="#f0c65f",
    secondary="#7fb59a",
    accent="#f0c65f",
    warning="#ffb066",
    error="#ff8f86",
    success="#9be3ae",
    foreground="#ece4d4",
    background="#15120e",
    surface="#15120e",
    panel="#262019",
    dark=True,
    variables={
        "suit-hearts": "#fd7e7f",
        "suit-diamonds": "#7ad1fe",
        "suit-clubs": "#40f74b",
        "suit-spades": "#f4efe2",
        "ink-hearts": "#b00a1a",
        "ink-diamonds": "#1a52dc",
        "ink-clubs": "#157a54",
        "ink-spades": "#16181a",
        "faint-hearts": "#98080a",
        "faint-diamonds": "#1b3596",
        "faint-clubs": "#085440",
        "faint-spades": "#16181a",
        "paper": "#f6f1e3",
        "paper-faint": "#c9c0ab",
        "frame": "#857c62",
        "frame-caret": "#8a5200",
        "faint": "#b5a992",
        "caret": "#f0c65f",
        "fits": "#9be3ae",
        "turn-text": "#2b2205",
        "turn-back": "#f0c65f",
        "line": "#5a4a36",
        "back": "#c4574f",
        "chosen": "#4a3b26",
        "felt": "#17412f",
        "felt-rim": "#6b4a2c",
        "felt-faint": "#a9c9b6",
        "attack": "#b3261e",
        "card-back": "#2c4f8c",
        "card-back-line": "#a9c3ee",
        "fan": "#a9c3ee",
    },
)

LIGHT: Final = Theme(
    name="light",
    primary="#1f5f43",
    secondary="#5a7d6b",
    accent="#8a5200",
    warning="#8a3500",
    error="#b00020",
    success="#155c22",
    foreground="#23201a",
    background="#f3efe2",
    surface="#f3efe2",
    panel="#e4e0cf",
    dark=False,
    variables={
        "suit-hearts": "#a5040a",
        "suit-diamonds": "#1640c4",
        "suit-clubs": "#0f5f40",
        "suit-spades": "#16181a",
        "ink-hearts": "#b00a1a",
        "ink-diamonds": "#1a52dc",
        "ink-clubs": "#157a54",
        "ink-spades": "#16181a",
        "faint-hearts": "#b00a10",
        "faint-diamonds": "#1a4898",
        "faint-clubs": "#126a54",
        "faint-spades": "#16181a",
        "paper": "#fffdf6",
        "paper-faint": "#dcd8c8",
        "frame": "#8f8768",
        "frame-caret": "#8a5200",
        "faint": "#615848",
        "caret": "#8a5200",
        "fits": "#155c22",
        "turn-text": "#fffdf6",
        "turn-back": "#1f5f43",
        "line": "#bdb39a",
        "back": "#a8443d",
        "chosen": "#d3ccb2",
        "felt": "#aad3b4",
        "felt-rim": "#b48a5c",
        "felt-faint": "#2c5540",
        "attack": "#b3261e",
        "card-back": "#4a76b8",
        "card-back-line": "#ffffff",
        "fan": "#274b87",
    },
)

CONTRAST: Final = Theme(
    name="contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffe14d",
    warning="#ffe14d",
    error="#ff9d9d",
    success="#7dff9b",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    variables={
        "suit-hearts": "#ff8080",
        "suit-diamonds": "#8ab4ff",
        "suit-clubs": "#35ff45",
        "suit-spades": "#ffffff",
        "ink-hearts": "#8d020a",
        "ink-diamonds": "#0745bf",
        "ink-clubs": "#05784e",
        "ink-spades": "#000000",
        "faint-hearts": "#8d020a",
        "faint-diamonds": "#0f2c84",
        "faint-clubs": "#01533f",
        "faint-spades": "#000000",
        "paper": "#ffffff",
        "paper-faint": "#b8b8b8",
        "frame": "#000000",
        "frame-caret": "#000000",
        "faint": "#dcdcdc",
        "caret": "#ffe14d",
        "fits": "#7dff9b",
        "turn-text": "#000000",
        "turn-back": "#ffe14d",
        "line": "#ffffff",
        "back": "#ffffff",
        "chosen": "#1f3fae",
        "felt": "#000000",
        "felt-rim": "#3d3d3d",
        "felt-faint": "#dcdcdc",
        "attack": "#d00000",
        "card-back": "#000000",
        "card-back-line": "#ffffff",
        "fan": "#ffffff",
    },
)

_ANSI: Final = BUILTIN_THEMES["ansi-dark"]

TERMINAL: Final = replace(
    _ANSI,
    name="terminal",
    variables={
        **_ANSI.variables,
        "suit-hearts": "ansi_red",
        "suit-diamonds": "ansi_magenta",
        "suit-clubs": "ansi_yellow",
        "suit-spades": "ansi_default",
        "ink-hearts": "ansi_red",
        "ink-diamonds": "ansi_magenta",
        "ink-clubs": "ansi_yellow",
        "ink-spades": "ansi_default",
        "faint-hearts": "ansi_default",
        "faint-diamonds": "ansi_default",
        "faint-clubs": "ansi_default",
        "faint-spades": "ansi_default",
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
        "fan": "ansi_blue",
    },
)

TERMINAL_LIGHT: Final = replace(
    TERMINAL,
    name="terminal-light",
    dark=False,
    variables=TERMINAL.variables | {"suit-clubs": "ansi_blue", "ink-clubs": "ansi_blue"},
)
"""Yellow cannot be read on white, and blue not on black."""

MONO: Final = replace(TERMINAL, name="mono")
"""The terminal's own, of which `FewerColours` leaves no colour."""

THEMES: Final = (DARK, LIGHT, CONTRAST, TERMINAL, MONO)
_BY_NAME: Final = {theme.name: theme for theme in THEMES}
_FIELDS: Final = (
    "primary", "secondary", "accent", "warning", "error", "success", "foreground", "background",
    "surface", "panel",
)  # fmt: skip


def theme_of(settings: Settings, *, light: bool, few_colours: bool) -> Theme:
    """Return the theme that settings ask for.

    Args:
        settings: what the player has chosen.
        light: whether the terminal's background is light, for the theme "auto".
        few_colours: whether the terminal shows no more than its own sixteen.
    """
    if settings.theme in settings.themes:
        theme, _ = own_theme(settings.theme, settings.themes[settings.theme])
    else:
        theme = _BY_NAME.get(settings.theme, LIGHT if light else DARK)
    if theme is TERMINAL or (few_colours and theme is not MONO):
        theme = TERMINAL_LIGHT if light else TERMINAL
    return theme if settings.four_colours else _in_two_colours(theme)


def own_theme(name: str, colours: Mapping[str, str]) -> tuple[Theme, list[str]]:
    """Return a theme of the player's, and what is wrong with it, a line each.

    What it leaves out is as in our theme for a background like its own.
    """
    problems = []
    fields: dict[str, Any] = {}
    variables: dict[str, str] = {}
    for key, text in colours.items():
        if key not in THEME_COLOURS:
            meant = meant_text(key, THEME_COLOURS)
            problems.append(f"theme {name}: {key} is no colour of a theme: {meant}")
            continue
        try:
            parsed = Color.parse(text)
        except ColorParseError:
            problems.append(f"theme {name}: {key} must be a colour such as #1f6a4c, not {text!r}")
            continue
        (fields if key in _FIELDS else variables)[key] = parsed.hex
    ground = Color.parse(fields.get("background", DARK.background or ""))
    base = LIGHT if ground.brightness > 0.5 else DARK
    fields.setdefault("surface", ground.hex)
    theme = replace(base, name=f"own-{name}", variables=base.variables | variables, **fields)
    return theme, problems


def theme_problems(settings: Settings) -> list[str]:
    """Return what is wrong with the player's own themes, a line each."""
    themes = settings.themes.items()
    return [problem for name, colours in themes for problem in own_theme(name, colours)[1]]


def _in_two_colours(theme: Theme) -> Theme:
    """Return a theme with hearts and diamonds alike, and clubs and spades."""
    pairs = {"diamonds": "hearts", "clubs": "spades"}
    alike = {
        f"{kind}-{suit}": theme.variables[f"{kind}-{other}"]
        for kind in ("suit", "ink", "faint")
        for suit, other in pairs.items()
    }
    return replace(theme, name=f"{theme.name}-two", variables=theme.variables | alike)
