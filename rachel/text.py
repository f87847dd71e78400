"""Strangers' text made safe to show: no control, escape, direction or invisible characters.

A player's name is chosen by a stranger and appears in other people's terminals. These functions
return one line that cannot move the cursor, turn the reading direction, hide, or grow without end.
It can still hold brackets: do not render it as markup. `listed` puts several into a sentence;
`shown` is for what somebody has just typed themselves, who should see what is wrong with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from unicodedata import category, normalize

NAME_BYTES_MAX: Final = 47
"""Bytes of UTF-8 in a name, as PLAYER_NAME carries them (docs/PROTOCOL.md)."""

ASCII_NAME_MAX: Final = 15
"""Characters of a name in HELLO (docs/PROTOCOL.md)."""

NAMELESS: Final = "Player"
"""The name of a player whose own name cannot be shown."""

_MARKS_MAX: Final = 2
_MARKS: Final = frozenset({"Mn", "Me"})
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _code_points(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


# Letters, marks and symbols that show nothing: grapheme joiner, Hangul fillers, Khmer inherent
# vowels, variation selectors, the empty Braille cell. Unicode calls all but the last "default
# ignorable"; a name made of them would look empty.
_INVISIBLE: Final = _code_points(
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)

# Latin letters that Unicode does not take apart into a base letter and an accent.
_LATIN: Final = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L",
        "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "ng", "Ŋ": "NG", "ŧ": "t", "Ŧ": "T",
        "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-",
    }
)  # fmt: skip


def clean_text(text: str, *, max_bytes: int | None = None) -> str:
    """Return ``text`` as one harmless line, possibly empty.

    Control characters (C0, C1, ESC, DEL), format characters (bidirectional controls, zero-width
    characters, joiners, soft hyphens, tags), invisible fillers and selectors, surrogates, private
    and unassigned code points are removed. Every run of white space, line breaks included,
    becomes one space, with none at either end; combining marks with nothing before them go.
    The result is in normal form NFC, at most ``max_bytes`` of UTF-8 long, cut between two code
    points. Cleaning it again changes nothing.
    """
    visible = "".join(_visible(text))
    line = normalize("NFC", _without_leading_marks(" ".join(visible.split())))
    if max_bytes is not None:
        line = line.encode()[: max(max_bytes, 0)].decode(errors="ignore").rstrip()
    return line


def clean_name(text: str) -> str:
    """Return ``text`` as the name of a player: cleaned, 1 to 47 bytes of UTF-8.

    Of combining marks in a row only two stay, so that no name climbs over its neighbours. When
    nothing is left the name is ``Player``.
    """
    line = "".join(_few_marks(clean_text(text)))
    return clean_text(line, max_bytes=NAME_BYTES_MAX) or NAMELESS


def ascii_name(text: str) -> str:
    """Return ``text`` as a name old machines can print: 1 to 15 characters of ASCII 32-126.

    Accents are taken off, and a few Latin letters and quotation marks are written out (``ß`` as
    ``ss``); other characters are left out. When nothing is left the name is ``Player``.
    """
    plain = normalize("NFKD", clean_text(text).translate(_LATIN)).encode("ascii", "ignore").decode()
    return clean_text(plain, max_bytes=ASCII_NAME_MAX) or NAMELESS


def shown(text: str, *, most: int = 100) -> str:
    """Return what somebody typed, to be said again on one line.

    Characters that cannot be seen are written as Python writes them, ``\\x1b``; after ``most``
    characters it is cut, with an ellipsis.
    """
    cut = text if len(text) <= most else f"{text[:most]}…"
    return cut if cut.isprintable() else repr(cut)[1:-1]


def _visible(text: str) -> Iterator[str]:
    for character in text:
        if character.isspace():
            yield " "
        elif character not in _INVISIBLE and category(character) not in _DROPPED:
            yield character


def _without_leading_marks(text: str) -> str:
    start = 0
    while start < len(text) and (text[start] == " " or category(text[start]) in _MARKS):
        start += 1
    return text[start:]


def _few_marks(text: Iterable[str]) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if category(character) in _MARKS else 0
        if marks <= _MARKS_MAX:
            yield character


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: ``Ann, Bob and Cid``; empty without any."""
    *first, last = words or ("",)
    return f"{', '.join(first)} and {last}" if first else last
