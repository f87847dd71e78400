"""Every theme is readable, and says the same without colours."""

import pytest
from textual.color import Color
from textual.theme import Theme

from rachel_tui.themes import DARK, LIGHT, TERMINAL, THEMES, first_theme, theme_after

SUITS = ("hearts", "diamonds", "clubs", "spades")
PAIRS = [
    *(("background", f"suit-{suit}") for suit in SUITS),
    *(("panel", f"suit-{suit}") for suit in SUITS),
    *(("paper", f"ink-{suit}") for suit in SUITS),
    ("paper-faint", "ink-faint"),
    ("felt", "felt-faint"),
    ("felt", "foreground"),
    ("felt", "warning"),
    ("felt", "fits"),
    ("felt-rim", "foreground"),
    ("card-back", "card-back-line"),
    ("attack", "paper"),
    ("background", "faint"),
    ("panel", "faint"),
    ("background", "caret"),
    ("background", "fits"),
    ("turn-back", "turn-text"),
    ("background", "foreground"),
    ("panel", "foreground"),
]


def colour(theme: Theme, name: str) -> Color:
    """Return a colour of a theme, by the name of its field or variable."""
    return Color.parse(theme.variables.get(name) or getattr(theme, name))


def luminance(of: Color) -> float:
    """Return the relative luminance (WCAG 2)."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in of.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("behind", "before"), PAIRS)
def test_text_stands_out(theme: Theme, behind: str, before: str) -> None:
    dark, light = sorted((luminance(colour(theme, behind)), luminance(colour(theme, before))))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_terminals_own_theme_has_no_colour_of_ours() -> None:
    colours = [value for value in TERMINAL.variables.values() if value != "none"]
    assert all(value.startswith("ansi_") for value in colours)
    assert (TERMINAL.background, TERMINAL.foreground) == ("ansi_default", "ansi_default")


def test_every_theme_defines_the_same_variables() -> None:
    assert set(DARK.variables) == set(LIGHT.variables) <= set(TERMINAL.variables)


def test_going_through_the_themes_comes_round() -> None:
    names = [theme.name for theme in THEMES]
    assert [theme_after(name) for name in names] == [*names[1:], names[0]]


@pytest.mark.parametrize(
    ("color_system", "no_color", "name"),
    [
        ("truecolor", False, DARK.name),
        ("256", False, DARK.name),
        ("standard", False, TERMINAL.name),
        (None, False, TERMINAL.name),
        ("truecolor", True, TERMINAL.name),
    ],
)
def test_the_first_theme_is_one_the_terminal_can_show(
    color_system: str | None, no_color: bool, name: str
) -> None:
    assert first_theme(color_system=color_system, no_color=no_color) == name
