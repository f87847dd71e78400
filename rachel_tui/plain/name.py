"""The player's name, in lines: the question before the very first table, and what becomes of it."""

from collections.abc import Callable
from typing import Final

from rachel.text import ASCII_NAME_MAX, NAMELESS, ascii_name
from rachel_tui.plain.lines import Lines, ask

_RULE: Final = f"names have up to {ASCII_NAME_MAX} characters, without accents or pictures"


def why_changed(name: str, typed: str) -> str:
    """Return why a name is not what was typed, to follow a sentence; empty if it is."""
    return "" if name == " ".join(typed.split()) else f": {_RULE}"


def readable_name(typed: str) -> str:
    """Return a name as the others will see it.

    Raises:
        ValueError: nothing would be left of it; the message says what to type.
    """
    name = ascii_name(typed)
    if name == NAMELESS and typed.strip().lower() != NAMELESS.lower():
        raise ValueError(f"Others could not read that name: {_RULE}.")
    return name


async def ask_name(lines: Lines, say: Callable[[str], None], offered: str) -> str:
    """Return the name to play under, as the others will see it.

    Raises:
        WentBack: the player does not want to play.
    """

    def read(answer: str) -> tuple[str, str]:
        typed = answer or offered
        return readable_name(typed), typed

    question = f"What do the others call you? Type a name, or press Enter for {offered}."
    name, typed = await ask(lines, say, question, read)
    say(f"You are {name}{why_changed(name, typed)}. The settings, at home, change it.")
    return name
