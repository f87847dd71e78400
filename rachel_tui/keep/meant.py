"""What a player may have meant by a name that there is not."""

from collections.abc import Iterable
from typing import Final

_ALIKE: Final = 0.75
"""How like a name must be to be the one that was meant; 1 is the same."""


def meant_text(typed: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: the known name that is most like ``typed``, else all."""
    from difflib import get_close_matches  # only for mistakes: a start has no use for it

    names = list(known)
    alike = get_close_matches(typed, names, n=1, cutoff=_ALIKE)
    return f"is {alike[0]} meant?" if alike else f"there are {', '.join(names)}"
