"""Plain mode on standard input and output: a line per command in, a line per event out.

Output is only ever appended, and holds no escape codes.
"""

import asyncio
import os
import sys
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from rachel_tui.commands.chosen import chosen_anew

if TYPE_CHECKING:
    from rachel_tui.games.reel import Reel
    from rachel_tui.home import Home
    from rachel_tui.net.host_api import PublicTable
    from rachel_tui.place import Place
    from rachel_tui.plain.lines import Lines

_READ_BYTES_MAX: Final = 4096
_LINE_MAX: Final = 4096
"""Characters of a line that count, as many as a terminal lets one type."""
_LINES_AHEAD_MAX: Final = 1000
"""Lines that may wait for their turn; those after them are read later."""
_STANDARD_INPUT: Final = 0
_STANDARD_OUTPUT: Final = 1


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
    return _talk(lambda say: _play(place, name, say, tables, keep_name), "You leave the table.")


def home_on_lines(home: "Home", name: str, keep_name: Callable[[str], None] | None) -> int:
    """Be at home on standard input and output; return the exit status.

    ``keep_name`` is what it is for `play_on_lines`.
    """
    return _talk(lambda say: _be_at_home(home, name, say, keep_name), "You leave.")


def learn_on_lines(home: "Home", name: str, keep_name: Callable[[str], None] | None) -> int:
    """Teach on standard input and output, and then play if the player wants to.

    Return the exit status. ``keep_name`` is what it is for `play_on_lines`.
    """
    return _talk(lambda say: _learn(home, name, say, keep_name), "You leave.")


def view_on_lines(reel: "Reel") -> int:
    """Tell a recorded game on standard input and output; return the exit status."""
    return _talk(lambda say: _view(reel, say), "You leave the replay.")


def _talk(
    talk: Callable[[Callable[[str], None]], Coroutine[None, None, int]], farewell: str
) -> int:
    say = _Speaker()
    try:
        return asyncio.run(talk(say))
    except KeyboardInterrupt:
        say(farewell)
        return 0
    except BrokenPipeError:
        # There is no reader any more: let the interpreter flush into nothing at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


async def _play(
    place: "Place",
    name: str,
    say: Callable[[str], None],
    tables: "Sequence[PublicTable]",
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.plain.gallery import ask_table

    lines = _read()
    if tables:
        code = await ask_table(tables, lines, say)
        if code is None:
            return 0
        place = replace(place, room=code)
    return await _sit_down(place, name, lines, say, keep_name)


async def _be_at_home(
    home: "Home",
    name: str,
    say: Callable[[str], None],
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.keep.settings import OwnSettings
    from rachel_tui.keep.settings_file import default_path, write_file
    from rachel_tui.plain.home import HomeLines

    settings = OwnSettings(chosen_anew(), partial(write_file, default_path()))
    return await HomeLines(home, name, say, settings, keep_name).run(_read())


async def _learn(
    home: "Home",
    name: str,
    say: Callable[[str], None],
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.plain.lessons import LessonLines

    lines = _read()
    if not await LessonLines(home.progress, say).run(lines):
        return 0
    place = await asyncio.to_thread(home.open_solo)
    return await _sit_down(place, name, lines, say, keep_name)


async def _sit_down(
    place: "Place",
    name: str,
    lines: "Lines",
    say: Callable[[str], None],
    keep_name: Callable[[str], None] | None,
) -> int:
    from rachel_tui.plain.dialogue import Dialogue
    from rachel_tui.plain.lines import WentBack
    from rachel_tui.plain.name import ask_name

    if keep_name is not None:
        try:
            name = await ask_name(lines, say, name)
        except WentBack:
            say("You leave.")
            return 0
        keep_name(name)
    return await Dialogue(place, name, say, scripted=not os.isatty(_STANDARD_INPUT)).run(lines)


async def _view(reel: "Reel", say: Callable[[str], None]) -> int:
    from rachel_tui.plain.replay import tell_replay

    await tell_replay(reel, _read(), say)
    return 0


def _read() -> "Lines":
    """Return what is typed, line by line, and None after its end."""
    from rachel_tui.plain.lines import Lines

    lines = Lines(_unseen if sys.platform != "win32" else None)
    room = threading.Semaphore(_LINES_AHEAD_MAX)
    lines.on_read = room.release
    threading.Thread(
        target=_read_lines,
        args=(asyncio.get_running_loop(), lines, room),
        name="standard-input",
        daemon=True,
    ).start()
    return lines


@contextmanager
def _unseen() -> Iterator[None]:
    """Keep what is typed at a terminal from being shown meanwhile."""
    import termios

    if not os.isatty(_STANDARD_INPUT):
        yield
        return
    before = termios.tcgetattr(_STANDARD_INPUT)
    without = [*before[:3], before[3] & ~termios.ECHO | termios.ECHONL, *before[4:]]
    termios.tcsetattr(_STANDARD_INPUT, termios.TCSADRAIN, without)
    try:
        yield
    finally:
        termios.tcsetattr(_STANDARD_INPUT, termios.TCSADRAIN, before)


class _Speaker:
    """Writes lines to standard output at once, in ASCII where it cannot encode one.

    Who types by hand hears cards in words; a script reads their codes. On a terminal lines are
    broken between words.
    """

    def __call__(self, line: str) -> None:
        if os.isatty(_STANDARD_INPUT):
            from rachel_tui.plain.spoken import spoken

            line = spoken(line)
        try:
            line.encode(sys.stdout.encoding or "utf-8")
        except UnicodeEncodeError:
            from rachel_tui.words.alphabet import in_ascii

            line = in_ascii(line)
        if os.isatty(_STANDARD_OUTPUT):
            from rachel_tui.plain.folded import folded

            line = folded(line, os.get_terminal_size(_STANDARD_OUTPUT).columns)
        print(line, flush=True)  # noqa: T201


def _read_lines(
    loop: asyncio.AbstractEventLoop,
    lines: "asyncio.Queue[str | None]",
    room: threading.Semaphore,
) -> None:
    """Put standard input into a queue line by line, as there is room, then None for its end.

    Reads the descriptor itself: a thread that sleeps in Python's own buffered reader would hold its
    lock when the interpreter ends.
    """
    decode = getincrementaldecoder("utf-8")("replace").decode
    rest = ""
    while True:
        try:
            data = os.read(_STANDARD_INPUT, _READ_BYTES_MAX)
        except OSError:
            data = b""
        *complete, rest = (rest + decode(data, not data)).split("\n")
        if not data and rest:
            complete.append(rest)
        rest = rest[:_LINE_MAX]
        for line in complete:
            room.acquire()
            if not _hand_over(loop, lines, line[:_LINE_MAX]):
                return
        if not data:
            _hand_over(loop, lines, None)
            return


def _hand_over(
    loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]", line: str | None
) -> bool:
    """Put a line into the queue; return False when the loop has ended."""
    try:
        loop.call_soon_threadsafe(lines.put_nowait, line)
    except RuntimeError:
        return False
    return True
