"""What is typed on standard input, line by line, for plain mode."""

import asyncio
import os
import re
import sys
import threading
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Final

from rachel_tui.commands.terminal_mode import unseen

if TYPE_CHECKING:
    from rachel_tui.plain.lines import Lines

_READ_BYTES_MAX: Final = 4096
LINE_MAX: Final = 4096
"""Characters of a line that count, as many as a terminal lets one type."""
LINES_AHEAD_MAX: Final = 1000
"""Lines that may wait for their turn; those after them are read later."""
_STANDARD_INPUT: Final = 0
_KEYS: Final = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|(?=\x1b|$))")
"""What a terminal sends for keys such as arrows and Escape, which do nothing in a line."""


def is_typed_by_hand() -> bool:
    """Tell whether somebody types at a terminal, instead of a script."""
    return os.isatty(_STANDARD_INPUT)


def read_lines() -> "Lines":
    """Return what is typed from now on, line by line, and None after its end."""
    from rachel_tui.plain.lines import Lines

    lines = Lines(unseen if sys.platform != "win32" else None)
    room = threading.Semaphore(LINES_AHEAD_MAX)
    lines.on_read = room.release
    threading.Thread(
        target=_read,
        args=(asyncio.get_running_loop(), lines, room),
        name="standard-input",
        daemon=True,
    ).start()
    return lines


def _read(
    loop: asyncio.AbstractEventLoop,
    lines: "asyncio.Queue[str | None]",
    room: threading.Semaphore,
) -> None:
    """Put standard input into a queue line by line, as there is room, then None for its end.

    Reads the descriptor itself: a thread that sleeps in Python's own buffered reader would hold its
    lock when the interpreter ends.
    """
    decode = getincrementaldecoder("utf-8")("replace").decode
    by_hand = is_typed_by_hand()
    rest = ""
    while True:
        try:
            data = os.read(_STANDARD_INPUT, _READ_BYTES_MAX)
        except OSError:
            data = b""
        *complete, rest = (rest + decode(data, not data)).split("\n")
        if not data and rest:
            complete.append(rest)
        rest = rest[:LINE_MAX]
        for line in complete:
            room.acquire()
            line = _KEYS.sub("", line[:LINE_MAX]) if by_hand else line[:LINE_MAX]
            if not _hand_over(loop, lines, line):
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
