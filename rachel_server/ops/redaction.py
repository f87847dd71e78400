"""Removes secrets from log lines, recognised by the name of a value or by the text before it.

Secret are tokens and keys, which prove who somebody is, and seeds and hands, which decide a running
game. This is the last line of defence: no code should log them in the first place.
"""

import re
from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "***"

_WORDS: Final = (
    r"(?:token|password|passwd|secret|authorization|cookie|dsn|api_key|seed|nonce|hand|deck)s?"
)
_SECRET_NAME: Final = re.compile(rf"(?:^|_){_WORDS}(?:_|$)", re.IGNORECASE)

# `seed=7`, `'token': b'...'`, `hand=[1, 2]`, `Authorization: Bearer ...`
_NAMED_IN_TEXT: Final = re.compile(
    rf"""(?P<name>\b(?:\w+[_-])?{_WORDS}(?:[_-]\w+)?["']?\s*[=:]\s*)"""
    r"""(?:(?:Bearer|Basic)\s+)?"""
    r"""(?:\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|b?'[^']*'|b?"[^"]*"|[^\s,;)\]}]+)""",
    re.IGNORECASE,
)
_USER_IN_URL: Final = re.compile(r"://[^\s/@:]*(?::[^\s@]*)?@")


def is_secret_name(name: str) -> bool:
    """Tell whether a value with this name is secret; case, ``-`` and ``_`` make no difference."""
    return _SECRET_NAME.search(name.replace("-", "_")) is not None


def redact_text(text: str) -> str:
    """Return a text without the secrets that can be recognised in it."""
    if "://" in text:
        text = _USER_IN_URL.sub(f"://{HIDDEN}@", text)
    return _NAMED_IN_TEXT.sub(rf"\g<name>{HIDDEN}", text)


def redact(value: object) -> object:
    """Return a value that may be logged: texts, numbers, lists and dictionaries of them.

    Bytes are replaced by their number, all other objects by their text.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if is_secret_name(str(name)) else redact(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return redact_text(str(value))
