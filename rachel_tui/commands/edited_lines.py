"""Lines that are edited on a terminal: arrow keys move in them and recall earlier ones."""

import asyncio
import os
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rachel_tui.commands.standard_input import LINE_MAX, LINES_AHEAD_MAX
from rachel_tui.commands.standard_output import Speaker, Unheard
from rachel_tui.commands.terminal_mode import by_keys

if TYPE_CHECKING:
    from rachel_tui.plain.lines import Lines

_READ_BYTES_MAX: Final = 4096
_STANDARD_INPUT: Final = 0
_STANDARD_OUTPUT: Final = 1


def can_edit_lines() -> bool:
    """Tell whether somebody types and reads at a terminal that can take characters back."""
    from rachel_tui.far.terminal import has_screen

    streams = (_STANDARD_INPUT, _STANDARD_OUTPUT)
    return sys.platform != "win32" and all(map(os.isatty, streams)) and has_screen(os.environ)


@contextmanager
def edited_lines(speaker: Speaker) -> Iterator["Lines"]:
    """Have what is typed, line by line, and None after its end, in the running loop.

    What the ``speaker`` says meanwhile stands above what is being typed.
    """
    from rachel_tui.plain.line_editor import LineEditor
    from rachel_tui.plain.lines import Lines

    loop = asyncio.get_running_loop()
    decode = getincrementaldecoder("utf-8")("replace").decode

    @contextmanager
    def hidden() -> Iterator[None]:
        editor.secret = True
        try:
            yield
        finally:
            editor.secret = False

    def read() -> None:
        try:
            data = os.read(_STANDARD_INPUT, _READ_BYTES_MAX)
            editor.type(decode(data))
        except (OSError, Unheard):  # the terminal is gone
            data = b""
        if not data:
            lines.put_nowait(None)
        if not data or lines.qsize() > LINES_AHEAD_MAX:
            loop.remove_reader(_STANDARD_INPUT)

    def go_on() -> None:
        if not lines.ended and lines.qsize() == LINES_AHEAD_MAX:
            loop.add_reader(_STANDARD_INPUT, read)

    lines = Lines(hidden)
    lines.on_read = go_on
    editor = LineEditor(speaker.write, lines.put_nowait, _columns, LINE_MAX)
    with by_keys(editor.show_again):
        speaker.editor = editor
        loop.add_reader(_STANDARD_INPUT, read)
        try:
            yield lines
        finally:
            loop.remove_reader(_STANDARD_INPUT)
            speaker.editor = None
            editor.clear()


def _columns() -> int:
    return os.get_terminal_size(_STANDARD_OUTPUT).columns
