"""A terminal at the other end of a line: its bytes, its size, and what it can show."""

import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol

_USUAL_SIZE: Final = (80, 24)
_LARGEST_SIZE: Final = (240, 80)
"""What a larger terminal is shown: every cell costs the host memory and time."""

_TRUE_COLOUR: Final = re.compile(
    "(xterm-)?(alacritty|contour|foot|ghostty|kitty|wezterm)(-.*)?|.+-direct"
)
"""Terminals that have all colours; SSH seldom passes on the variable that says so."""
_LOCALE: Final = ("LC_ALL", "LC_CTYPE", "LANG")


class FarTerminal(Protocol):
    """What carries a terminal's bytes.

    Attributes:
        size: its columns and rows, as it says.
    """

    size: tuple[int, int]

    def listen(
        self,
        typed: Callable[[bytes], None],
        resized: Callable[[], None],
        must_type: Callable[[str], None],
    ) -> None:
        """Have what comes of the terminal handled from now on.

        Args:
            typed: takes what it sends, with b"" at its end.
            resized: is called when its size has changed.
            must_type: takes the words that warn a player who has sent nothing for long.
        """

    def write(self, data: bytes) -> None:
        """Send bytes; does nothing when the terminal is gone."""


def shown_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the columns and rows to draw for a terminal of some size; 0 is an unknown one."""
    columns, rows = (
        min(cells or usual, most)
        for cells, usual, most in zip(size, _USUAL_SIZE, _LARGEST_SIZE, strict=True)
    )
    return columns, rows


def has_screen(environment: Mapping[str, str]) -> bool:
    """Tell whether a terminal, by its environment variables, can show full screens."""
    return environment.get("TERM", "") not in ("", "dumb", "unknown")


def with_colours(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a terminal's environment with COLORTERM set where TERM shows that it should be."""
    has_all = _TRUE_COLOUR.fullmatch(environment.get("TERM", ""))
    return {**({"COLORTERM": "truecolor"} if has_all else {}), **environment}


def encoding_of(environment: Mapping[str, str]) -> str:
    """Return the encoding that a terminal's locale names: UTF-8 where nothing is said of it."""
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "C.UTF-8")
    charset = locale.partition("@")[0].partition(".")[2]
    return charset or "ascii"
