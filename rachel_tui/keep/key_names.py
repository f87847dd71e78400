"""What keys are called where a text names one."""

from typing import Final
from unicodedata import lookup

_NAMES: Final = {
    "up": "↑", "down": "↓", "left": "←", "right": "→",
    "enter": "Enter", "escape": "esc", "space": "space", "tab": "tab",
    "pageup": "pgup", "pagedown": "pgdn", "delete": "del",
    "minus": "-", "plus": "+", "underscore": "_", "slash": "/", "backslash": "\\", "at": "@",
}  # fmt: skip


def key_name(key: str) -> str:
    """Return what a key of a binding is called in a sentence: ``q``, ``?``, ``→``, ``Enter``."""
    if key in _NAMES:
        return _NAMES[key]
    try:
        sign = lookup(key.replace("_", " "))
    except KeyError:
        return key
    return sign if sign.isprintable() else key
