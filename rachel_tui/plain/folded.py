"""Lines that are longer than a terminal is wide, broken between words."""

from unicodedata import combining, east_asian_width


def folded(line: str, columns: int) -> str:
    """Return a line in rows of at most ``columns`` cells, broken at spaces.

    A word that is longer stays whole, so that an address can be copied. Without columns, the line
    is returned as it is.
    """
    if columns <= 0 or cells(line) <= columns:
        return line
    rows = [""]
    used = 0
    for word in line.split(" "):
        width = cells(word)
        if rows[-1] and used + 1 + width > columns:
            rows.append(word)
            used = width
        else:
            rows[-1] = f"{rows[-1]} {word}" if rows[-1] else word
            used += width + (used > 0)
    return "\n".join(rows)


def cells(text: str) -> int:
    """Return how many cells of a row a text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
