"""The question before the very first table, in lines: the player's name."""

from collections.abc import Callable

from rachel.text import ascii_name
from rachel_tui.plain.lines import Lines, ask


async def ask_name(lines: Lines, say: Callable[[str], None], offered: str) -> str:
    """Return the name to play under, as the others will see it.

    Raises:
        WentBack: the player does not want to play.
    """
    question = f"What do the others call you? Type a name, or press Enter for {offered}."
    typed = await ask(lines, say, question, lambda answer: answer or offered)
    name = ascii_name(typed)
    if name != typed:
        say(f"The others see you as {name}.")
    return name
