"""The ASCII look: what is shown on a terminal that has no other characters.

Each character has a stand-in of the same width, so that nothing on a screen moves.
"""

import re
from typing import Final
from unicodedata import combining, east_asian_width, normalize

from rachel.rules.cards import SUIT_GLYPHS, SUIT_LETTERS

_SUITS: Final = "".join(SUIT_GLYPHS)
_LETTERS: Final = "".join(SUIT_LETTERS)
_FRAMES: Final = "╭─╮│╰╯┏━┓┃┗┛"
_SIGNS: Final = "✓▲▶▮›‹…·←↑→↓○●×★⌫’"
_BARS: Final = "▁▂▃▅▆▇░"
_LINES: Final = range(0x2500, 0x2580)
_BLOCKS: Final = range(0x2580, 0x25A0)
"""Lines and blocks that Textual draws: of bars, fields and frames."""

_OTHERS: Final = re.compile("[^\x00-\x7f]")
_GLYPH_AND_LETTER: Final = re.compile(f"[{_SUITS}](?=[{_LETTERS}])")
_STAND_INS: Final = str.maketrans(
    _SUITS + _FRAMES + _SIGNS + _BARS,
    _LETTERS + "+-+|++#=####" + "*^>#><.-<^>vo*x*<'" + "_.-=+#:",
)


def lacks_glyphs(encoding: str) -> bool:
    """Tell whether a terminal with this encoding cannot show what we draw."""
    try:
        (_SUITS + _FRAMES + _SIGNS).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def in_ascii(text: str) -> str:
    """Return ``text`` in ASCII, as wide as before: ``7♥H`` becomes ``7-H``."""
    if text.isascii():
        return text
    known = _GLYPH_AND_LETTER.sub("-", text).translate(_STAND_INS)
    return _OTHERS.sub(lambda found: _stand_in(found[0]), known)


def _stand_in(character: str) -> str:
    if ord(character) in _LINES:
        return "+"
    if ord(character) in _BLOCKS:
        return " "
    if combining(character):
        return ""
    base = normalize("NFKD", character)[0]
    plain = base if base.isascii() and base.isprintable() else "?"
    return plain.ljust(2, "?") if east_asian_width(character) in "WF" else plain
