"""Texts found by a few of their letters."""

from collections.abc import Sequence
from typing import NamedTuple


class Found(NamedTuple):
    """A text that was found.

    Attributes:
        at: which of the texts it is.
        letters: where in it the letters are.
    """

    at: int
    letters: Sequence[int]


def find(letters: str, texts: Sequence[str]) -> list[Found]:
    """Return the texts that have these letters in this order, whatever their case.

    Those come first that have them side by side, the best of these at the beginning of a word.
    Others follow in which the letters stand close to each other.
    """
    wanted = letters.strip().casefold()
    ranked = []
    for index, text in enumerate(texts):
        places = _places(wanted, text.casefold())
        if places is not None:
            width = places[-1] - places[0] if places else 0
            begins = not places or places[0] == 0 or not text[places[0] - 1].isalnum()
            ranked.append((width, not begins, index, places))
    return [Found(index, places) for _, _, index, places in sorted(ranked)]


def _places(wanted: str, text: str) -> list[int] | None:
    """Return where the letters are, if they are there: side by side if they can be."""
    start = f" {text}".find(f" {wanted}")
    start = text.find(wanted) if start < 0 else start
    if start >= 0:
        return list(range(start, start + len(wanted)))
    places = list[int]()
    for letter in wanted:
        at = text.find(letter, places[-1] + 1 if places else 0)
        if at < 0:
            return None
        places.append(at)
    return places
