"""Lines on a far terminal: read one by one, and edited where the terminal sends keys."""

from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Final

from rachel_tui.far.terminal import FarTerminal
from rachel_tui.plain.folded import folded
from rachel_tui.plain.line_editor import LineEditor
from rachel_tui.plain.spoken import spoken
from rachel_tui.words.alphabet import in_ascii

LINE_MAX: Final = 200
"""Characters of a line that count; more are dropped."""


class FarLines:
    """Reads and writes lines.

    With ``raw`` the terminal sends keys and shows only what it is sent, so that lines are edited
    here. Then somebody types by hand, hears cards in words, and has lines broken between words.
    """

    def __init__(self, terminal: FarTerminal, *, ascii_look: bool, raw: bool) -> None:
        self._terminal = terminal
        self._take: Callable[[str | None], None] = lambda _: None
        self._ascii_look = ascii_look
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._line = ""
        self._editor = (
            LineEditor(
                self._write, lambda line: self._take(line), lambda: terminal.size[0], LINE_MAX
            )
            if raw
            else None
        )

    def read(self, take: Callable[[str | None], None]) -> None:
        """Have every line taken from now on, and None at the end of input."""
        self._take = take
        self._terminal.listen(self._on_typed, lambda: None, self.say)

    def say(self, line: str) -> None:
        """Write a line; what was typed of the next one stays below it."""
        if self._editor is not None:
            self._editor.say(folded(spoken(line), self._terminal.size[0]))
        else:
            self._write(f"{line}\n")

    def _write(self, text: str) -> None:
        text = in_ascii(text) if self._ascii_look else text
        self._terminal.write((text.replace("\n", "\r\n") if self._editor else text).encode())

    def _on_typed(self, data: bytes) -> None:
        characters = self._decode(data, not data)
        if self._editor is not None:
            self._editor.type(characters)
            if not data:
                self._editor.end()
            return
        *lines, rest = (self._line + characters).split("\n")
        if not data and rest:
            lines.append(rest)
        self._line = rest[:LINE_MAX]
        for line in lines:
            self._take(line.rstrip("\r")[:LINE_MAX])
        if not data:
            self._take(None)
