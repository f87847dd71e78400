"""Which form of Rachel runs; both are made from the same sources (docs/ARCHITECTURE.md)."""

from functools import cache
from importlib.util import find_spec
from typing import Literal


@cache
def form() -> Literal["compiled", "pure"]:
    """Tell whether the rules are extension modules or Python, without importing them."""
    found = find_spec("rachel.rules.game")
    sources = found is None or found.origin is None or found.origin.endswith(".py")
    return "pure" if sources else "compiled"
