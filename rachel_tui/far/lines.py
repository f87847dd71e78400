"""Lines on a far terminal: read one by one, with an echo where the terminal has none."""

from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Final

from rachel_tui.far.terminal import FarTerminal
from rachel_tui.plain.folded import folded
from rachel_tui.plain.spoken import spoken
from rachel_tui.words.alphabet import in_ascii

LINE_MAX: Final = 200
"""Characters of a line that count; more are dropped."""

_BACKSPACE: Final = "\x08\x7f"
_ESCAPE: Final = "\x1b"
_ENDS_INPUT: Final = "\x03\x04"
"""Ctrl-C and Ctrl-D, where no terminal of the player's own acts on them."""


class FarLines:
    """Reads and writes lines.

    With ``raw`` the terminal sends keys and shows only what it is sent, so that they are echoed.
    Then somebody types by hand, hears cards in words, and has lines broken between words.
    """

    def __init__(self, terminal: FarTerminal, *, ascii_look: bool, raw: bool) -> None:
        self._terminal = terminal
        self._take: Callable[[str | None], None] = lambda _: None
        self._ascii_look = ascii_look
        self._raw = raw
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._line = ""
        self._after_return = False
        self._escape = ""  # how far a key that is no character has come, such as an arrow

    def read(self, take: Callable[[str | None], None]) -> None:
        """Have every line taken from now on, and None at the end of input."""
        self._take = take
        self._terminal.listen(self._on_typed, lambda: None, self.say)

    def say(self, line: str) -> None:
        """Write a line; what was typed of the next one stays below it."""
        typed = self._raw and self._line
        begin = "\r" + " " * len(self._line) + "\r" if typed else ""
        line = folded(spoken(line), self._terminal.size[0]) if self._raw else line
        self._write(f"{begin}{line}\n{typed or ''}")

    def _write(self, text: str) -> None:
        text = in_ascii(text) if self._ascii_look else text
        self._terminal.write((text.replace("\n", "\r\n") if self._raw else text).encode())

    def _on_typed(self, data: bytes) -> None:
        for character in self._decode(data):
            self._type(character)
        if not data:
            if self._line:
                self._end_line()
            self._take(None)

    def _type(self, character: str) -> None:
        ended, self._after_return = self._after_return, character == "\r"
        if self._escape == _ESCAPE and character not in "[O":
            self._escape = ""  # that was Escape itself
        if character in "\r\n":
            if not (ended and character == "\n"):
                self._end_line()
        elif not self._raw:
            self._line += character if len(self._line) < LINE_MAX else ""
        elif self._escape or character == _ESCAPE:
            self._escape = _more_of(self._escape, character)
        elif character in _ENDS_INPUT:
            self._take(None)
        elif character in _BACKSPACE:
            if self._line:
                self._line = self._line[:-1]
                self._write("\b \b")
        elif character.isprintable() and len(self._line) < LINE_MAX:
            self._line += character
            self._write(character)

    def _end_line(self) -> None:
        line, self._line = self._line, ""
        if self._raw:
            self._write("\n")
        self._take(line)


def _more_of(escape: str, character: str) -> str:
    """Return what has come of the sequence of a key, with a character; empty at its end."""
    if character == _ESCAPE:
        return _ESCAPE
    if escape == _ESCAPE:
        return escape + character
    return "" if "@" <= character <= "~" else escape
