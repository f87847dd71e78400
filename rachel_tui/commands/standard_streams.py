"""Plain mode on standard input and output: a line per command in, a line per event out.

Output is only ever appended, and holds no escape codes.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import click

from rachel_tui.commands.chosen import chosen, chosen_anew
from rachel_tui.commands.edited_lines import can_edit_lines, edited_lines
from rachel_tui.commands.standard_input import is_typed_by_hand, read_lines
from rachel_tui.commands.standard_output import Speaker, Unheard

if TYPE_CHECKING:
    from rachel_tui.games.reel import Reel
    from rachel_tui.home import Home
    from rachel_tui.net.host_api import PublicTable
    from rachel_tui.place import Place
    from rachel_tui.plain.lines import Lines

_Talk: TypeAlias = "Callable[[Speaker, Lines], Coroutine[None, None, int]]"


def play_on_lines(
    place: "Place",
    name: str,
    tables: "Sequence[PublicTable]" = (),
    keep_name: Callable[[str], None] | None = None,
) -> int:
    """Play on standard input and output until the player leaves; return the exit status.

    If there are ``tables``, ask first at which one. With ``keep_name`` the name is only offered:
    what the player answers is kept by it.
    """
    return _talk(lambda say, lines: _play(place, name, say, lines, tables, keep_name), "")


def home_on_lines(home: "Home", name: str, keep_name: Callable[[str], None] | None) -> int:
    """Be at home on standard input and output; return the exit status.

    ``keep_name`` is what it is for `play_on_lines`.
    """
    return _talk(lambda say, lines: _be_at_home(home, name, say, lines, keep_name), "You leave.")


def learn_on_lines(home: "Home", name: str, keep_name: Callable[[str], None] | None) -> int:
    """Teach on standard input and output, and then play if the player wants to.

    Return the exit status. ``keep_name`` is what it is for `play_on_lines`.
    """
    return _talk(lambda say, lines: _learn(home, name, say, lines, keep_name), "You leave.")


def view_on_lines(reel: "Reel") -> int:
    """Tell a recorded game on standard input and output; return the exit status."""
    return _talk(lambda say, lines: _view(reel, say, lines), "You leave the replay.")


def _talk(talk: _Talk, farewell: str) -> int:
    """Talk until that ends, or the process is told to end; return the exit status.

    A table says itself that it is left: then there is no ``farewell``.
    """
    for problem in chosen().problems:
        click.echo(f"Settings: {problem}.", err=True)
    say = Speaker()
    try:
        try:
            return asyncio.run(_until_told_to_end(talk, say))
        except (KeyboardInterrupt, asyncio.CancelledError):
            if farewell:
                say(farewell)
            return 0
    except Unheard as unheard:
        if str(unheard):
            raise click.ClickException(f"cannot write what is said: {unheard}") from None
        return 0


async def _until_told_to_end(talk: _Talk, say: Speaker) -> int:
    """Talk until that ends, or a signal cancels it, so that the terminal is left as it was."""
    with _typed_lines(say) as lines:
        talking = asyncio.ensure_future(talk(say, lines))
        for number in (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else ():
            if signal.getsignal(number) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(number, talking.cancel)
        return await talking


@contextmanager
def _typed_lines(speaker: Speaker) -> "Iterator[Lines]":
    """Have what is typed from now on, line by line, edited where that can be."""
    if not can_edit_lines():
        yield read_lines()
        return
    with edited_lines(speaker) as lines:
        yield lines


async def _play(
    place: "Place",
    name: str,
    say: Callable[[str], None],
    lines: "Lines",
    tables: "Sequence[PublicTable]",
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.plain.gallery import ask_table

    if tables:
        code = await ask_table(tables, lines, say)
        if code is None:
            return 0
        place = replace(place, room=code)
    return await _visit(place, name, lines, say, keep_name)


async def _be_at_home(
    home: "Home",
    name: str,
    say: Callable[[str], None],
    lines: "Lines",
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.keep.settings import OwnSettings
    from rachel_tui.keep.settings_file import default_path, write_file
    from rachel_tui.plain.home import HomeLines

    settings = OwnSettings(chosen_anew(), partial(write_file, default_path()))
    return await HomeLines(home, name, say, settings, keep_name).run(lines)


async def _learn(
    home: "Home",
    name: str,
    say: Callable[[str], None],
    lines: "Lines",
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.plain.lessons import LessonLines

    if not await LessonLines(home.progress, say).run(lines):
        return 0
    place = await asyncio.to_thread(home.open_solo)
    return await _visit(place, name, lines, say, keep_name)


async def _visit(
    place: "Place",
    name: str,
    lines: "Lines",
    say: Callable[[str], None],
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.plain.lines import WentBack
    from rachel_tui.plain.name import ask_name
    from rachel_tui.plain.visit import visit

    async def name_at(place: "Place") -> str:
        if place.login is not None:
            return place.login.username
        if keep_name is None or place.watches:
            return name
        asked = await ask_name(lines, say, name)
        keep_name(asked)
        return asked

    scripted, order = not is_typed_by_hand(), chosen().settings.sort
    try:
        return await visit(place, name_at, say, lines, scripted=lambda: scripted, order=order)
    except WentBack:
        say("You leave.")
        return 0


async def _view(reel: "Reel", say: Callable[[str], None], lines: "Lines") -> int:
    from rachel_tui.plain.replay import tell_replay

    await tell_replay(reel, lines, say)
    return 0
