"""What keys are called: in texts, by players, and by bindings."""

from typing import Final
from unicodedata import lookup, name

_NAMES: Final = {
    "up": "↑", "down": "↓", "left": "←", "right": "→",
    "enter": "Enter", "escape": "esc", "space": "space", "tab": "tab",
    "pageup": "pgup", "pagedown": "pgdn", "delete": "del",
    "minus": "-", "plus": "+", "underscore": "_", "slash": "/", "backslash": "\\", "at": "@",
    "less_than_sign": "<", "greater_than_sign": ">",
}  # fmt: skip
_BOUND: Final = {
    "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore", "solidus": "slash",
    "reverse_solidus": "backslash", "commercial_at": "at",
}  # fmt: skip
"""What bindings call signs that they do not call by their names in Unicode."""


def key_name(key: str) -> str:
    """Return what a key of a binding is called in a sentence: ``q``, ``?``, ``→``, ``Enter``."""
    if key in _NAMES:
        return _NAMES[key]
    try:
        sign = lookup(key.replace("_", " "))
    except KeyError:
        return key
    return sign if sign.isprintable() else key


def bound_keys(typed: str) -> str:
    """Return keys, separated by commas, as bindings know them: ``d,question_mark`` for ``d, ?``."""
    return ",".join(map(_bound_key, filter(None, map(str.strip, typed.split(",")))))


def _bound_key(key: str) -> str:
    if len(key) > 1 or key.isalnum():
        return key
    sign = name(key, key).lower().replace("-", "_").replace(" ", "_")
    return _BOUND.get(sign, sign)
