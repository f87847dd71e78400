"""Pictures that the server draws itself, as SVG: cards, QR codes, the way of a rating.

Cards are drawn as `web/static/cards.js` draws them in scripts; both need `web/symbols.html` in the
page, and `cards.css`.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from rachel.rules.cards import (
    ACE,
    RANK_LETTERS,
    RANK_NAMES,
    SUIT_NAMES,
    parse_card,
    rank_of,
    suit_of,
)

# Where the pips of the numbers stand: columns by their letter, and the height.
_PIPS: Final = {
    2: "b22 b62", 3: "b22 b42 b62", 4: "a22 c22 a62 c62", 5: "a22 c22 b42 a62 c62",
    6: "a22 c22 a42 c42 a62 c62", 7: "a22 c22 b32 a42 c42 a62 c62",
    8: "a22 c22 b32 a42 c42 b52 a62 c62", 9: "a20 c20 a34 c34 b42 a50 c50 a64 c64",
    10: "a20 c20 b27 a34 c34 a50 c50 b57 a64 c64",
}  # fmt: skip
_COLUMNS: Final = {"a": 21, "b": 30, "c": 39}
_PAPER: Final = '<rect class="paper" x="0.75" y="0.75" width="58.5" height="82.5" rx="6.5"/>'
_BACK: Final = Markup(
    '<svg viewBox="0 0 60 84" class="card back" aria-hidden="true">'
    f'{_PAPER}<rect class="weave" x="5" y="5" width="50" height="74" rx="4"/>'
    '<use href="#spades" x="20" y="32" width="20" height="20"/></svg>'
)

_PLOT_WIDTH: Final = 600
_PLOT_HEIGHT: Final = 160


def draw_card(card: int | None) -> Markup:
    """Return the drawing of a card, or of a card's back for None; its words are elsewhere."""
    if card is None:
        return _BACK
    rank, suit = rank_of(card), SUIT_NAMES[suit_of(card)]
    narrow = " ten" if rank == 10 else ""
    corners = "".join(
        f'<g transform="rotate({turn} 30 42)">'
        f'<text x="8.5" y="16" class="index{narrow}">{RANK_LETTERS[rank]}</text>'
        f"{_use(suit, 4, 18.5, 9)}</g>"
        for turn in (0, 180)
    )
    if rank in _PIPS:
        face = "".join(_pip(suit, _COLUMNS[pip[0]], int(pip[1:])) for pip in _PIPS[rank].split())
    elif rank == ACE:
        face = _use(suit, 15, 27, 30)
    else:
        face = _use(RANK_NAMES[rank], 16, 17, 28) + _use(suit, 18, 43, 24)
    opening = f'<svg viewBox="0 0 60 84" class="card {suit}" aria-hidden="true">'
    return Markup(f"{opening}{_PAPER}{corners}{face}</svg>")


def cards(codes: str, kind: str = "") -> Markup:
    """Return cards in a row, such as ``"7H 10D AS"``, as one picture with their names.

    Args:
        codes: the cards, written short.
        kind: further classes of the row.

    Raises:
        ValueError: there is no such card.
    """
    row = [parse_card(code) for code in codes.split()]
    names = ", ".join(f"{RANK_NAMES[rank_of(it)]} of {SUIT_NAMES[suit_of(it)]}" for it in row)
    return Markup('<span class="cards {}" role="img" aria-label="{}">{}</span>').format(
        kind, names, Markup("").join(map(draw_card, row))
    )


def qr_svg(text: str) -> Markup:
    """Return the QR code of a text, black on white with the quiet zone that scanners want."""
    import segno

    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    border, lines = 4, []
    for y, row in enumerate(matrix, start=border):
        runs = [(dark, len(list(cells))) for dark, cells in groupby(row)]
        lines.append(f"M{border} {y}.5")
        lines += [f"h{width}" if dark else f"m{width} 0" for dark, width in runs]
    size = len(matrix) + 2 * border
    return Markup(
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="QR code of the link">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path stroke="#000" shape-rendering="crispEdges" d="{"".join(lines)}"/></svg>'
    )


def plot(values: Sequence[int]) -> Markup:
    """Return the way of a rating as a line from left to right; needs two values or more."""
    low, high = min(values), max(values)
    points = [
        (
            round(index * _PLOT_WIDTH / (len(values) - 1), 1),
            round(_PLOT_HEIGHT * (high - value) / ((high - low) or 1), 1),
        )
        for index, value in enumerate(values)
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    words = f"From {values[0]} to {values[-1]}; lowest {low}, highest {high}"
    return Markup(
        f'<svg class="plot" viewBox="0 0 {_PLOT_WIDTH} {_PLOT_HEIGHT}" preserveAspectRatio="none"'
        f' role="img" aria-label="{words}">'
        f'<path class="ground" d="M0 {_PLOT_HEIGHT}L{line.replace(" ", "L")}V{_PLOT_HEIGHT}z"/>'
        f'<polyline points="{line}"/>'
        # A line without length and with round ends is a dot, however the picture is stretched.
        f'<path class="now" d="M{line.rpartition(" ")[2]}h0"/></svg>'
    )


def _use(symbol: str, x: float, y: float, size: float) -> str:
    return f'<use href="#{symbol}" x="{x}" y="{y}" width="{size}" height="{size}"/>'


def _pip(suit: str, x: int, y: int) -> str:
    pip = _use(suit, x - 5.5, y - 5.5, 11)
    return pip.replace("/>", f' transform="rotate(180 {x} {y})"/>') if y > 42 else pip
