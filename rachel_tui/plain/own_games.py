"""The player's games that are over, in lines: what they add up to, and their replays."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from rachel.text import shown
from rachel_tui.found_game import NoGame, find_game
from rachel_tui.games.played import statistics
from rachel_tui.games.statistics_words import statistics_lines
from rachel_tui.keep.album import games, own_seat, records, summary
from rachel_tui.net.host_urls import game_in
from rachel_tui.plain.commands import is_at_home, number_in
from rachel_tui.plain.lines import Lines, WentBack, ask
from rachel_tui.plain.replay import tell_replay

_LISTED_MAX: Final = 9


async def tell_statistics(folder: Path, say: Callable[[str], None]) -> None:
    """Say what the games of an album's folder add up to."""
    known = await asyncio.to_thread(games, folder)
    if known.problem:
        say(f"Error: {known.problem}.")
        return
    for line in statistics_lines(statistics(known.games)):
        say(line)


async def tell_replays(folder: Path, lines: Lines, say: Callable[[str], None]) -> None:
    """Ask for games of an album's folder, or others, and tell them until the player goes back."""
    files = await asyncio.to_thread(records, folder)
    if not files:
        say("Your games will be here once you have played one to its end.")
    told = min(len(files), _LISTED_MAX)
    _tell_files(files, told, say)
    while True:
        number_or = "its number, " if files else ""
        older = "more for older ones, " if told < len(files) else ""
        question = (
            f"Which game? Type {number_or}{older}a file, the address of a game's page, or back."
        )
        try:
            typed = await ask(lines, say, question, str, partial(_tell_files, files, told, say))
        except WentBack:
            return
        if older and typed.lower() == "more":
            before, told = told, min(len(files), told + _LISTED_MAX)
            _tell_files(files, told, say, but=before)
            continue
        if is_at_home(typed):
            say(f"{typed.lower()} is at home: type back first.")
            continue
        me = None
        if typed.isdecimal():
            number = number_in(typed, told)
            if not number:
                say(f"There is no game number {shown(typed)}.")
                continue
            typed = str(files[number - 1])
            me = await asyncio.to_thread(own_seat, files[number - 1])
        try:
            reel = await find_game(typed)
        except NoGame as problem:
            say(_refused(typed, problem))
        else:
            await tell_replay(reel, lines, say, me)


def _tell_files(files: Sequence[Path], most: int, say: Callable[[str], None], but: int = 0) -> None:
    """Say which games there are, the latest ``most``, without as many as ``but`` of these."""
    for number, file in enumerate(files[but:most], start=but + 1):
        when, what, _ = summary(file)
        say(f"{number}: {when}, {what}.")


def _refused(typed: str, problem: NoGame) -> str:
    """Return what to say of a line that leads to no game."""
    if "://" in typed and game_in(typed) is None:
        return "That is no page of a game: its address is like https://cards.example.org/games/1."
    return f"Error: {problem}."
