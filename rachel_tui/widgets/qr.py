"""A QR code of half-blocks: two of its dots in a cell, one above the other."""

from textual.content import Content

_QUIET = 2
"""Light dots around the code, by which scanners tell it from what lies around."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_rows(text: str) -> list[Content]:
    """Return the rows of the QR code of ``text``, dark on light whatever the theme."""
    import segno

    matrix = segno.make(text, error="l", micro=False, boost_error=False).matrix
    side = len(matrix) + 2 * _QUIET
    dots = [[False] * side for _ in range(side + side % 2)]
    for y, row in enumerate(matrix, start=_QUIET):
        dots[y][_QUIET : side - _QUIET] = [bool(dot) for dot in row]
    return [
        Content.styled(
            "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)), "#000 on #fff"
        )
        for upper, lower in zip(dots[::2], dots[1::2], strict=True)
    ]
