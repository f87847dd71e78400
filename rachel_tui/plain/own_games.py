"""The player's games that are over, in lines: what they add up to, and their replays."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rachel_tui.found_game import NoGame, find_game
from rachel_tui.games.played import statistics
from rachel_tui.games.statistics_words import statistics_lines
from rachel_tui.keep.album import games, records, summary
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.replay import PlainReplay

_LISTED_MAX: Final = 9


async def tell_statistics(folder: Path, say: Callable[[str], None]) -> None:
    """Say what the games of an album's folder add up to."""
    known = await asyncio.to_thread(games, folder)
    if known.problem:
        say(f"Error: {known.problem}.")
        return
    for line in statistics_lines(statistics(known.games)):
        say(line)


async def tell_replay(folder: Path, lines: Lines, say: Callable[[str], None]) -> None:
    """Ask for one of the latest games of an album's folder, or for another, and tell it."""
    files = (await asyncio.to_thread(records, folder))[:_LISTED_MAX]
    for number, file in enumerate(files, start=1):
        when, what = summary(file)
        say(f"{number}: {when}, {what}.")
    number_or = "its number, " if files else ""
    say(f"Which game? Type {number_or}a file, the address of a game's page, or back.")
    known = {str(number): str(file) for number, file in enumerate(files, start=1)}
    while (typed := (await lines.get() or "").strip()) not in ("", "back"):
        try:
            reel = await find_game(known.get(typed, typed))
        except NoGame as problem:
            say(f"Error: {problem}.")
            continue
        replay = PlainReplay(reel, say)
        while (line := await lines.get()) is not None and replay.answer(line):
            pass
        return
