"""Cards drawn with characters: large and small faces, and the one-line form.

Colour alone says nothing: a card shows its suit as a glyph, with its letter if the player wants
that; one that may be played has a heavy frame and a tick, or a plus when it may go along with the
picked ones; the caret is a triangle or brackets, and picked cards are numbered. The styles name
variables of the themes.
"""

from typing import Final, NamedTuple

from textual.content import Content

from rachel.rules.cards import ACE, RANK_LETTERS, SUIT_GLYPHS, SUIT_LETTERS, rank_of, suit_of
from rachel_tui.widgets.hand_layout import CardSize

SUIT_STYLES: Final = ("$suit-hearts", "$suit-diamonds", "$suit-clubs", "$suit-spades")
"""Styles of the suits on the background of the screen."""

INK_STYLES: Final = ("$ink-hearts", "$ink-diamonds", "$ink-clubs", "$ink-spades")
"""Styles of the suits on the paper of a card."""

_FAINT_INKS: Final = ("$faint-hearts", "$faint-diamonds", "$faint-clubs", "$faint-spades")

_BACK: Final = "$card-back-line on $card-back"
_THIN: Final = "╭─╮│╰╯"
_HEAVY: Final = "┏━┓┃┗┛"

_PIPS: Final = {
    2: (" o ", "   ", "   ", "   ", " o "),
    3: (" o ", "   ", " o ", "   ", " o "),
    4: ("o o", "   ", "   ", "   ", "o o"),
    5: ("o o", "   ", " o ", "   ", "o o"),
    6: ("o o", "   ", "o o", "   ", "o o"),
    7: ("o o", " o ", "o o", "   ", "o o"),
    8: ("o o", " o ", "o o", " o ", "o o"),
    9: ("o o", "o o", " o ", "o o", "o o"),
    10: ("o o", "ooo", "   ", "ooo", "o o"),
    ACE: ("   ", "   ", " o ", "   ", "   "),
}
"""Where the pips of a huge face are."""

TICK: Final = "✓"
PLUS: Final = "+"
CARET: Final = "▲"


class CardLook(NamedTuple):
    """A card and how it is drawn.

    Attributes:
        card: the card byte.
        fits: whether it may be played now.
        adds: whether it may go along with the picked cards.
        faint: whether it can neither be played nor added now.
        caret: whether the caret is on it.
        order: its number among the picked cards from 1, 0 when it is not picked.
        label: the key that moves the caret there, one character or empty.
    """

    card: int
    fits: bool = False
    adds: bool = False
    faint: bool = False
    caret: bool = False
    order: int = 0
    label: str = ""

    @property
    def mark(self) -> str:
        """The sign that it may be played now, or along with the picked cards; else empty."""
        return PLUS if self.adds else TICK if self.fits else ""


def suit_text(suit: int, *, letters: bool = False) -> str:
    """Return the glyph of a suit, followed by its letter if wanted: ``♥``, ``♥H``."""
    return SUIT_GLYPHS[suit] + (SUIT_LETTERS[suit] if letters else "")


def card_text(card: int, *, letters: bool = False) -> str:
    """Return a card as rank and suit: ``7♥``, ``10♦D``."""
    return RANK_LETTERS[rank_of(card)] + suit_text(suit_of(card), letters=letters)


def card_content(card: int, *, letters: bool = False) -> Content:
    """Return a card for use within a sentence, in the colour of its suit."""
    return Content.styled(card_text(card, letters=letters), f"bold {SUIT_STYLES[suit_of(card)]}")


def back_lines(size: CardSize, number: str) -> list[Content]:
    """Return the rows of a card that lies face down, with a number written on it."""
    inner = size.width - 2
    lattice = ["╳" * inner] * (size.height - 2)
    lattice[len(lattice) // 2] = number.center(inner)
    rows = ["╭" + "─" * inner + "╮", *(f"│{row}│" for row in lattice), "╰" + "─" * inner + "╯"]
    return [Content.styled(row, _BACK) for row in rows]


def face_lines(
    look: CardLook, size: CardSize, *, spread: bool = True, letters: bool = False
) -> list[Content]:
    """Return the rows of a face: ``size.height`` rows of ``size.width`` cells.

    When the face is not ``spread``, the next card lies on it: rank and suit keep to the left.
    """
    suit, rank = suit_of(look.card), RANK_LETTERS[rank_of(look.card)]
    corner = suit_text(suit, letters=letters)
    inner = size.width - 2
    if size is CardSize.SMALL:
        rows = [rank.ljust(inner), corner.rjust(inner) if spread else corner.ljust(inner)]
    else:
        picture = (
            ["", *_picture(look.card), ""] if size is CardSize.HUGE else _pip(SUIT_GLYPHS[suit])
        )
        rows = _with_corners(picture, rank, corner, inner)
    top_left, across, top_right, down, low_left, low_right = _HEAVY if look.mark else _THIN
    paper = "on $paper-faint" if look.faint else "on $paper"
    frame = f"$frame {paper}"
    ink = _ink(look)
    number = f"#{look.order}" if look.order else ""
    top = top_left + number.ljust(inner, across) + top_right
    return [
        Content.styled(top, frame),
        *(Content.assemble((down, frame), (row, ink), (down, frame)) for row in rows),
        Content.styled(low_left + across * inner + low_right, frame),
    ]


def _with_corners(picture: list[str], rank: str, corner: str, inner: int) -> list[str]:
    """Return the rows of a picture with rank and suit in two corners."""
    rows = [row.center(inner) for row in picture]
    rows[0] = rank + rows[0][len(rank) :]
    rows[1] = corner + rows[1][len(corner) :]
    rows[-2] = rows[-2][: -len(corner)] + corner
    rows[-1] = rows[-1][: -len(rank)] + rank
    return rows


def _pip(glyph: str) -> list[str]:
    """Return the five rows of a large face: a pip in the middle."""
    return ["", "", glyph, "", ""]


def _picture(card: int) -> list[str]:
    """Return the five rows of a huge face's middle: its pips, or a court card's letter."""
    glyph, rank = SUIT_GLYPHS[suit_of(card)], rank_of(card)
    if rank in _PIPS:
        return [" ".join(glyph if mark == "o" else " " for mark in row) for row in _PIPS[rank]]
    return _court(glyph, RANK_LETTERS[rank])


def _court(glyph: str, letter: str) -> list[str]:
    return ["╭───╮", f"│ {glyph} │", f"│ {letter} │", f"│ {glyph} │", "╰───╯"]


def face_marks(look: CardLook, width: int, *, numbered: bool = False) -> Content:
    """Return what stands below a face, in ``width`` cells: caret, key, and tick or plus.

    When it is ``numbered``, a picked card's number takes the place of both signs.
    """
    label, mark = look.label or " ", look.mark or " "
    if numbered and look.order:
        label, mark = "#", str(look.order)
    if look.caret:
        text = f"{CARET}{label}{mark}".ljust(width)
        return Content.styled(text, "bold $turn-text on $turn-back")
    return Content.assemble(
        (f" {label}", "bold $fits" if label == "#" else "$faint"), (mark, "bold $fits")
    ).pad_right(width - 3)


def line_content(look: CardLook, *, letters: bool = False) -> Content:
    """Return the one-line form in CardSize.LINE.width cells: ``3[10♦ ]#1``."""
    opened, closed = "[]" if look.caret else "  "
    mark = f"#{look.order}" if look.order else look.mark
    text = card_text(look.card, letters=letters).ljust(4)
    return Content.assemble(
        (look.label or " ", "$faint"),
        (opened, "bold $caret"),
        (text, f"{_ink(look)} reverse" if look.order else _ink(look)),
        (closed, "bold $caret"),
        (mark.ljust(2), "bold $fits"),
    )


def _ink(look: CardLook) -> str:
    suit = suit_of(look.card)
    if look.faint:
        return f"{_FAINT_INKS[suit]} on $paper-faint"
    return f"bold {INK_STYLES[suit]} on $paper"


def word_card(text: str, suit: int) -> list[Content]:
    """Return the rows of a small card with up to four letters on it instead of a rank."""
    return _framed([f"{text:<4}", f"  {SUIT_GLYPHS[suit]} "], suit)


def letter_card(letter: str, suit: int, size: CardSize, *, pips: bool) -> list[Content]:
    """Return the rows of a card of any size with a letter for its rank.

    In ASCII signs of suits are letters as well: it has no ``pips`` there, so that words stay words.
    """
    glyph, inner = SUIT_GLYPHS[suit] if pips else " ", size.width - 2
    if size is CardSize.SMALL:
        return _framed([f" {letter}".ljust(inner), f"  {glyph} "], suit)
    picture = ["", *_court(glyph, letter), ""] if size is CardSize.HUGE else _pip(glyph)
    return _framed(_with_corners(picture, letter, glyph, inner), suit)


def _framed(rows: list[str], suit: int) -> list[Content]:
    ink, frame, width = f"bold {INK_STYLES[suit]} on $paper", "$frame on $paper", len(rows[0])
    return [
        Content.styled("╭" + "─" * width + "╮", frame),
        *(Content.assemble(("│", frame), (row, ink), ("│", frame)) for row in rows),
        Content.styled("╰" + "─" * width + "╯", frame),
    ]
