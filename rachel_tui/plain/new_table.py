"""The settings of a table that is about to be opened, asked one by one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from rachel.levels import LEVELS
from rachel_tui.net.lobby import NewTable
from rachel_tui.plain.lines import Answer, Lines, ask

_LEVELS: Final = {level: level for level in LEVELS}
_WHO: Final = {"code": True, "everybody": False}


async def ask_new_table(lines: Lines, say: Callable[[str], None]) -> NewTable:
    """Return the settings that the player wants.

    Raises:
        WentBack: they want no table.
    """
    question = "How many seats? Type 2 to 8, or press Enter for 4."
    seats = await _choice(lines, say, question, _numbers(2, 8), "4")
    question = f"How many of these are bots? Type 0 to {seats - 1}, or press Enter for 0."
    bots = await _choice(lines, say, question, _numbers(0, seats - 1), "0")
    question = f"How do bots play? Type {', '.join(LEVELS)}, or press Enter for intermediate."
    level = await _choice(lines, say, question, _LEVELS, "intermediate")
    question = "How many seconds for a turn? Type 15 to 300, or none, or press Enter for 60."
    times: dict[str, int | None] = {**_numbers(15, 300), "none": None}
    turn_time_s = await _choice(lines, say, question, times, "60")
    question = (
        "Who may come? Type everybody, or code for those with the code, or press Enter for code."
    )
    private = await _choice(lines, say, question, _WHO, "code")
    return NewTable(seats, bots, level, turn_time_s, private)


async def _choice(
    lines: Lines,
    say: Callable[[str], None],
    question: str,
    values: Mapping[str, Answer],
    offered: str,
) -> Answer:
    """Return one of ``values`` by what is typed for it, that of ``offered`` for Enter."""
    return await ask(lines, say, question, partial(_read, question, values, offered))


def _read(question: str, values: Mapping[str, Answer], offered: str, typed: str) -> Answer:
    try:
        return values[typed.lower() or offered]
    except KeyError:
        raise ValueError(question) from None


def _numbers(first: int, last: int) -> dict[str, int]:
    return {str(number): number for number in range(first, last + 1)}
