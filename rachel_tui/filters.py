"""What every line goes through before it is drawn: fewer colours, and the look of ASCII."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from rich._palettes import EIGHT_BIT_PALETTE
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, NoColor

from rachel_tui.words.alphabet import in_ascii

_GREYISH: Final = 40
"""A colour is nearly grey when its parts differ by no more."""
_BY_EYE: Final = {ColorTriplet(0x6B, 0x4A, 0x2C): 94}
"""Which of 256 colours stands for one whose nearest looks wrong: that of brown wood is olive."""
_FIXED: Final = range(16, 256)
"""The colours of 256 that no terminal's settings change."""


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


COLOUR_FILTERS: Final[Mapping[str, LineFilter | None]] = {
    "true": None,
    "256": FewerColours(ColorSystem.EIGHT_BIT),
    "16": FewerColours(ColorSystem.STANDARD),
    "none": NoColor(),
}
"""What brings every line down to the colours of a terminal."""

_SYSTEMS: Final = {"truecolor": "true", "256": "256", "standard": "16", "windows": "16"}


def colours_of(environment: Mapping[str, str]) -> str:
    """Return which of COLOUR_FILTERS fits the terminal with these environment variables."""
    if environment.get("NO_COLOR"):
        return "none"
    asked = {name: environment[name] for name in ("TERM", "COLORTERM") if name in environment}
    console = Console(force_terminal=True, legacy_windows=False, _environ=asked)
    return _SYSTEMS.get(console.color_system or "", "16")


@lru_cache(4096)
def _in_system(style: Style, system: ColorSystem) -> Style:
    return style + Style.from_color(
        _downgraded(style.color, system), _downgraded(style.bgcolor, system)
    )


def _downgraded(color: RichColor | None, system: ColorSystem) -> RichColor | None:
    if color is None:
        return None
    rgb = color.triplet
    if system is ColorSystem.EIGHT_BIT and rgb is not None:
        if rgb in _BY_EYE:
            return RichColor.from_ansi(_BY_EYE[rgb])
        if max(rgb) - min(rgb) <= _GREYISH:
            return RichColor.from_ansi(_nearest(rgb))
    return color.downgrade(system)


@cache
def _nearest(rgb: ColorTriplet) -> int:
    """Return which of 256 colours comes nearest.

    Rich turns warm greys into pink, and dark ones into black: panels would not be seen.
    """

    def away(number: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(rgb, EIGHT_BIT_PALETTE[number], strict=True))

    return min(_FIXED, key=away)
