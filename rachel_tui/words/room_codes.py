"""The codes of rooms, for those who type them."""

from typing import Final

from rachel.rubp import ROOM_MAX

JOIN_TEXT: Final = (
    "Its code, 1 to 8 letters and digits. A new one opens a private room: your friends then use "
    "the same."
)
JOIN_QUESTION: Final = (
    "Which room? Type its code, or back. A new code opens a private room: your friends then use "
    "the same."
)


def code_problem(code: str) -> str:
    """Return in one line why no room can have a code, empty if one can."""
    fits = code.isascii() and code.isalnum() and len(code) <= ROOM_MAX
    return "" if fits else f"a room code is 1 to {ROOM_MAX} letters and digits"


def code_in(typed: str) -> str:
    """Return the code that was typed.

    Raises:
        ValueError: no room can have it; the message is a sentence that says why.
    """
    if problem := code_problem(typed):
        raise ValueError(f"{problem[:1].upper()}{problem[1:]}.")
    return typed.upper()
