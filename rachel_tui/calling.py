"""Calling a player whose turn it is: what is written to a terminal."""

from collections.abc import Mapping
from typing import Final

CALL_BY_TITLE: Final = "\x1b[22;0t\x1b]2;Your turn - Rachel\x1b\\"
"""Keep the window's title, and say in it whose turn it is."""
TITLE_AS_BEFORE: Final = "\x1b[23;0t"

_TEXT: Final = "It is your turn"
_ITERM: Final = f"\x1b]9;{_TEXT}\x1b\\"
_URXVT: Final = f"\x1b]777;notify;Rachel;{_TEXT}\x1b\\"
_BY_PROGRAM: Final = {"iTerm.app": _ITERM, "WezTerm": _ITERM, "ghostty": _ITERM}
_BY_TERM: Final = {
    "xterm-ghostty": _ITERM,
    "xterm-kitty": _ITERM,
    "wezterm": _ITERM,
    "foot": _URXVT,
    "foot-extra": _URXVT,
    "rxvt-unicode": _URXVT,
    "rxvt-unicode-256color": _URXVT,
}


def notification(environment: Mapping[str, str]) -> str:
    """Return what makes the terminal with these variables notify; empty where none is known."""
    by_program = _BY_PROGRAM.get(environment.get("TERM_PROGRAM", ""))
    return by_program or _BY_TERM.get(environment.get("TERM", ""), "")
