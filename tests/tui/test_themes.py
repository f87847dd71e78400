"""Every theme is readable, its suits can be told apart, and it says the same without colours."""

from dataclasses import fields
from itertools import combinations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from rachel_tui.filters import COLOUR_FILTERS, colours_of
from rachel_tui.keep.settings import COLOURS, THEME_COLOURS, THEME_NAMES, Settings
from rachel_tui.keep.settings_file import template
from rachel_tui.themes import (
    CONTRAST,
    DARK,
    LIGHT,
    MONO,
    TERMINAL,
    TERMINAL_LIGHT,
    THEMES,
    own_theme,
    theme_of,
)

SUITS = ("hearts", "diamonds", "clubs", "spades")
PAIRS = [
    *((ground, f"suit-{suit}") for ground in ("background", "panel", "felt") for suit in SUITS),
    *(("paper", f"ink-{suit}") for suit in SUITS),
    *(("background", name) for name in ("foreground", "faint", "caret", "fits", "warning")),
    *(("panel", name) for name in ("foreground", "faint", "caret", "fits", "warning", "primary")),
    *(("paper-faint", f"faint-{suit}") for suit in SUITS),
    ("felt", "felt-faint"),
    *(("felt", name) for name in ("foreground", "warning", "fits")),
    ("felt-rim", "foreground"),
    ("card-back", "card-back-line"),
    ("felt", "fan"),
    ("attack", "paper"),
    ("chosen", "foreground"),
    ("turn-back", "turn-text"),
]
OURS = pytest.mark.parametrize("theme", [DARK, LIGHT, CONTRAST], ids=lambda theme: theme.name)

# Machado, Oliveira, Fernandes 2009, for people who lack a kind of cones; on linear RGB.
BLINDNESS = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}
XYZ = ((0.4125, 0.3576, 0.1804), (0.2127, 0.7152, 0.0722), (0.0193, 0.1192, 0.9503))
WHITE = (0.9505, 1.0, 1.0888)
XTERM = {
    "red": "#cd0000",
    "yellow": "#cdcd00",
    "blue": "#0000ee",
    "magenta": "#cd00cd",
    "default": "#e5e5e5",
}


def colour(theme: Theme, name: str) -> Color:
    """Return a colour of a theme, by the name of its field or variable."""
    text = theme.variables.get(name) or getattr(theme, name)
    return Color.parse(XTERM.get(text.removeprefix("ansi_"), text))


def in_256(theme: Theme, name: str) -> Color:
    """Return what a terminal with 256 colours shows of a colour."""
    style = Style.from_color(colour(theme, name).rich_color)
    colours = COLOUR_FILTERS["256"]
    assert colours is not None
    [segment] = colours.apply([Segment("x", style)], Color(0, 0, 0))
    assert segment.style is not None
    assert segment.style.color is not None
    return Color.from_rich_color(segment.style.color)


def linear(of: Color) -> list[float]:
    return [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in of.normalized
    ]


def through(matrix: tuple[tuple[float, ...], ...], rgb: list[float]) -> list[float]:
    rows = (sum(a * b for a, b in zip(row, rgb, strict=True)) for row in matrix)
    return [min(1.0, max(0.0, value)) for value in rows]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    x, y, z = (
        share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116
        for share in (a / b for a, b in zip(through(XYZ, rgb), WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def contrast(a: Color, b: Color) -> float:
    """Return the ratio of contrast (WCAG 2)."""
    dark, light = sorted(through(XYZ, linear(each))[1] for each in (a, b))
    return (light + 0.05) / (dark + 0.05)


@OURS
@pytest.mark.parametrize(("behind", "before"), PAIRS)
def test_text_stands_out(theme: Theme, behind: str, before: str) -> None:
    assert contrast(colour(theme, behind), colour(theme, before)) >= 4.5


def test_each_colour_that_can_be_ones_own_is_one_of_ours() -> None:
    ours = {field.name for field in fields(DARK) if isinstance(getattr(DARK, field.name), str)}
    assert {*THEME_COLOURS} == (ours - {"name"}) | DARK.variables.keys()
    assert all(colour in template() for colour in THEME_COLOURS)


@pytest.mark.parametrize(
    ("theme", "kind"),
    [
        *(
            (theme, kind)
            for theme in (DARK, LIGHT, CONTRAST, TERMINAL, TERMINAL_LIGHT)
            for kind in ("suit", "ink")
        ),
        *((theme, "faint") for theme in (DARK, LIGHT, CONTRAST)),  # the terminal's own has one
    ],
    ids=lambda value: getattr(value, "name", value),
)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_colour_blind_tell_the_suits_apart(theme: Theme, blindness: str, kind: str) -> None:
    """The difference is CIE 1976; 2 is just seen side by side, and 8 was too little on a card."""
    seen = {
        suit: lab(through(BLINDNESS[blindness], linear(colour(theme, f"{kind}-{suit}"))))
        for suit in SUITS
    }
    for one, other in combinations(SUITS, 2):
        apart = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert apart >= 20, (one, other)


@OURS
def test_in_256_colours_the_suits_still_differ(theme: Theme) -> None:
    for kind in ("suit", "ink", "faint"):
        assert len({in_256(theme, f"{kind}-{suit}") for suit in SUITS}) == 4


@OURS
@pytest.mark.parametrize("suit", SUITS)
def test_in_256_colours_cards_that_cannot_be_played_are_read(theme: Theme, suit: str) -> None:
    assert contrast(in_256(theme, "paper-faint"), in_256(theme, f"faint-{suit}")) >= 3.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_in_256_colours_greys_stay_grey_and_apart(theme: Theme) -> None:
    """Rich makes pink of a warm white, and of dark browns the same black."""
    for name in ("foreground", "background", "panel", "paper", "paper-faint", "faint"):
        assert max(rgb := in_256(theme, name).rgb) - min(rgb) <= 40, name
    grounds = {in_256(theme, name) for name in ("background", "panel", "chosen")}
    assert len(grounds) == 3


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_in_256_colours_the_rim_is_of_brown_wood_and_may_be_written_on(theme: Theme) -> None:
    rim = in_256(theme, "felt-rim")
    hue, _, _ = rim.hsl
    assert 20 <= 360 * hue <= 45, "olive begins at 50, and red is 0"
    assert contrast(rim, in_256(theme, "foreground")) >= 4.5


def test_the_terminals_own_theme_has_no_colour_of_ours() -> None:
    colours = [value for value in TERMINAL.variables.values() if value != "none"]
    assert all(value.startswith("ansi_") for value in colours)
    assert (TERMINAL.background, TERMINAL.foreground) == ("ansi_default", "ansi_default")


def test_every_theme_defines_the_same_variables() -> None:
    ours = set(DARK.variables)
    assert ours == set(LIGHT.variables) == set(CONTRAST.variables) <= set(TERMINAL.variables)


def test_the_names_that_can_be_chosen_are_the_themes() -> None:
    assert [theme.name for theme in THEMES] == list(THEME_NAMES[1:])
    assert list(COLOUR_FILTERS) == list(COLOURS[1:])


@pytest.mark.parametrize(
    ("theme", "light", "few_colours", "shown"),
    [
        ("auto", False, False, DARK),
        ("auto", True, False, LIGHT),
        ("dark", True, False, DARK),
        ("dark", False, True, TERMINAL),
        ("auto", True, True, TERMINAL_LIGHT),
        ("terminal", False, False, TERMINAL),
        ("mono", False, True, MONO),
    ],
)
def test_a_terminal_is_shown_what_it_can_show(
    theme: str, light: bool, few_colours: bool, shown: Theme
) -> None:
    assert theme_of(Settings(theme=theme), light=light, few_colours=few_colours) is shown


def test_two_colours_are_those_of_any_deck() -> None:
    theme = theme_of(Settings(four_colours=False), light=False, few_colours=False)
    for kind in ("suit", "ink", "faint"):
        hearts, diamonds, clubs, spades = (theme.variables[f"{kind}-{suit}"] for suit in SUITS)
        assert hearts == diamonds != clubs == spades


def test_a_theme_of_ones_own_rests_on_ours() -> None:
    colours = {"background": "#fff8e7", "suit-clubs": "green", "felt": "grass"}
    colours |= {"accnt": "#123456", "wood": "#123456"}
    theme, problems = own_theme("pub", colours)
    assert (theme.background, theme.surface) == ("#FFF8E7", "#FFF8E7")
    assert theme.variables == LIGHT.variables | {"suit-clubs": "#008000"}
    assert problems == [
        "theme pub: felt must be a colour such as #1f6a4c, not 'grass'",
        "theme pub: accnt is no colour of a theme: is accent meant?",
        f"theme pub: wood is no colour of a theme: there are {', '.join(THEME_COLOURS)}",
    ]
    settings = Settings(theme="pub", themes={"pub": colours})
    assert theme_of(settings, light=False, few_colours=False) == theme


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "true"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({}, "16"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
    ],
)
def test_the_environment_says_how_many_colours_there_are(
    environment: dict[str, str], colours: str
) -> None:
    assert colours_of(environment) == colours
