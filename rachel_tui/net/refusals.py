"""Why a host has no seat for us, in a line each, whichever way we asked for it."""

from typing import Final

NO_SEAT: Final = "the host has no seat for you"
"""It does not say why."""
TABLE_FULL: Final = "that table is full"
GAME_RUNS: Final = "that table is in the middle of a game"
"""Others play there: their game can be watched."""
NAME_TAKEN: Final = "that name is taken at this table"
GAME_GONE: Final = "that game is over"
"""There is no coming back to a seat."""
PLAYS_ELSEWHERE: Final = "you play elsewhere now"
"""The player sits at another client."""
