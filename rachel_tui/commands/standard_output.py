"""What plain mode says on standard output: a line at a time, only ever appended."""

import errno
import os
import sys
from typing import TYPE_CHECKING, Final

from rachel_tui.commands.standard_input import is_typed_by_hand

if TYPE_CHECKING:
    from rachel_tui.plain.line_editor import LineEditor

_STANDARD_OUTPUT: Final = 1
_NO_READER: Final = {errno.EPIPE, errno.EIO}
"""Errors of a pipe whose reader has gone, and of a terminal that has."""


class Unheard(Exception):  # noqa: N818 - who ends a pipe wants no more, which is no error
    """What is said cannot be written; the text says why, empty when its reader has gone."""


class Speaker:
    """Writes lines to standard output at once, in ASCII where it cannot encode one.

    Who types by hand hears cards in words; a script reads their codes. On a terminal lines are
    broken between words. There are no escape codes. After something that could not be written
    nothing more is.

    Attributes:
        editor: what edits the line that is being typed, if anything does: lines go above that one.
    """

    def __init__(self) -> None:
        self.editor: LineEditor | None = None
        self._unheard = False

    def __call__(self, line: str) -> None:
        """Say a line.

        Raises:
            Unheard: it cannot be written. Lines after it are dropped.
        """
        if self.editor is not None:
            self.editor.say(self._shown(line))
        else:
            self.write(f"{self._shown(line)}\n")

    def write(self, text: str) -> None:
        """Write text as it is, but for characters that cannot be encoded.

        Raises:
            Unheard: it cannot be written. What comes after it is dropped.
        """
        if self._unheard:
            return
        try:
            print(_encodable(text), end="", flush=True)  # noqa: T201
        except OSError as error:
            self._unheard = True
            # What Python still holds would fail again at the interpreter's end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), _STANDARD_OUTPUT)
            gone = error.errno in _NO_READER
            raise Unheard("" if gone else error.strerror or str(error)) from None

    @staticmethod
    def _shown(line: str) -> str:
        if is_typed_by_hand():
            from rachel_tui.plain.spoken import spoken

            line = spoken(line)
        if os.isatty(_STANDARD_OUTPUT):
            from rachel_tui.plain.folded import folded

            line = folded(line, os.get_terminal_size(_STANDARD_OUTPUT).columns)
        return line


def _encodable(text: str) -> str:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        from rachel_tui.words.alphabet import in_ascii

        return in_ascii(text)
    return text
