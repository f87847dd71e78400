"""Whether a terminal's background is light: what it says when it is asked, and its variables."""

import re
from collections.abc import Mapping
from typing import Final

from textual.message import Message

ASK_BACKGROUND: Final = "\x1b]11;?\x1b\\"
"""Asks a terminal for the colour of its background. Many answer, others ignore it."""

_ANSWER: Final = re.compile(r"11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
_LIGHT_NUMBERS: Final = frozenset({"7", "15"})


class BackgroundTold(Message):
    """The terminal has said what its background is.

    Attributes:
        light: whether it is light.
    """

    def __init__(self, light: bool) -> None:
        self.light = light
        super().__init__()


def is_light(answer: str) -> bool | None:
    """Return what a terminal's answer says, without its escapes; None when it says nothing."""
    found = _ANSWER.match(answer)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    return bool(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)


def light_by_variable(environment: Mapping[str, str]) -> bool:
    """Tell whether COLORFGBG, which some terminals set, names a light background."""
    return environment.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_NUMBERS
