"""What is mended in Textual until it is there."""

from functools import lru_cache, partial
from typing import Final

from textual._styles_cache import StylesCache

_INNER_OUTER: Final = lru_cache(1024)(partial(StylesCache.get_inner_outer.__wrapped__, StylesCache))


def let_drawings_go() -> None:
    """Have a widget that is gone take with it what it has drawn.

    Textual remembers two styles for each pair of colours and, by mistake, for each widget's cache
    of lines: so the last thousand of these stay, with all of their lines, through which every
    garbage collection then looks (https://github.com/Textualize/textual/issues/6665).
    """
    StylesCache.get_inner_outer = staticmethod(_INNER_OUTER)  # type: ignore[method-assign, assignment]
