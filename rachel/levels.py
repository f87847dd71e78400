"""The names of the levels of bots, for those who need not know how they play."""

from typing import Final

LEVELS: Final = ("beginner", "intermediate", "advanced")
"""The levels, the weakest first."""
