"""A line that is being typed: editing it, recalling earlier ones, and what its terminal shows.

Nothing but characters, spaces, backspaces and ends of rows is written, so that screen readers and
plain terminals can follow. Of a line that is too long for a row only a part is shown.
"""

from collections.abc import Callable
from typing import Final

from rachel_tui.plain.folded import cells

_ESCAPE: Final = "\x1b"
_KEY_MAX: Final = 32
"""Characters of a key's sequence that are read; no terminal sends as many."""
_RECALLED_MAX: Final = 100
_USUAL_COLUMNS: Final = 80


class LineEditor:
    """Edits lines by what a terminal sends that shows nothing by itself.

    Attributes:
        secret: whether what is typed is neither shown nor recalled later, as for a password.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        take: Callable[[str | None], object],
        columns: Callable[[], int],
        length_max: int,
    ) -> None:
        """Begin with nothing typed.

        Args:
            write: shows text on the terminal; "\\n" goes to the beginning of the next row.
            take: takes every line that is typed, and None at the end of input.
            columns: returns how wide the terminal is; 0 if that is unknown.
            length_max: how many characters of a line count; more are dropped.
        """
        self.secret = False
        self._write, self._take, self._columns = write, take, columns
        self._length_max = length_max
        self._text, self._caret = "", 0
        self._shown = "", 0  # what of it stands on the terminal, and the terminal's caret in it
        self._earlier: list[str] = []
        self._at = 0  # which earlier line is shown; the one being typed comes after the last
        self._draft = ""  # the one being typed, while an earlier one is shown
        self._sequence = ""  # what has come of a key that is no character, such as an arrow
        self._after_return = False
        self._keys: dict[str, Callable[[], object]] = {
            key: act
            for keys, act in (
                ("\x08 \x7f", self._delete_before),
                ("\x1b[3~", self._delete),
                ("\x1b[D \x1bOD \x02", lambda: self._move(self._caret - 1)),
                ("\x1b[C \x1bOC \x06", lambda: self._move(self._caret + 1)),
                ("\x1b[H \x1bOH \x1b[1~ \x01", lambda: self._move(0)),
                ("\x1b[F \x1bOF \x1b[4~ \x05", lambda: self._move(len(self._text))),
                ("\x1b[A \x1bOA \x10", lambda: self._recall(-1)),
                ("\x1b[B \x1bOB \x0e", lambda: self._recall(1)),
                ("\x15", lambda: self._replace(0, self._caret)),
                ("\x0b", lambda: self._replace(self._caret, len(self._text))),
                ("\x17", self._delete_word),
                ("\x03", lambda: take(None)),  # where no terminal of the player's own acts on it
                ("\x04", lambda: self._delete() if self._text else take(None)),
            )
            for key in keys.split(" ")
        }

    def type(self, characters: str) -> None:
        """Act on what the terminal sent."""
        for character in characters:
            self._type(character)

    def say(self, line: str) -> None:
        """Write a line above the one that is being typed."""
        text, caret = self._shown
        self.clear()
        self._write(f"{line}\n{text}{_back(text[caret:])}")
        self._shown = text, caret

    def clear(self) -> None:
        """Take what is being typed off the terminal."""
        if self._shown[0]:
            self._write("\r" + " " * cells(self._shown[0]) + "\r")
        self._shown = "", 0

    def show_again(self) -> None:
        """Write what is being typed after another program has used the terminal."""
        self._shown = "", 0
        self._show()

    def end(self) -> None:
        """Take what has been typed for a line, if there is anything, and the end of input."""
        if self._text:
            self._end_line()
        self._take(None)

    def _type(self, character: str) -> None:
        ended, self._after_return = self._after_return, character == "\r"
        if self._sequence == _ESCAPE and character not in "[O":
            self._sequence = ""  # that was Escape itself
        if self._sequence or character == _ESCAPE:
            self._type_sequence(character)
        elif character in "\r\n":
            if not (ended and character == "\n"):
                self._end_line()
        elif character in self._keys:
            self._keys[character]()
        elif character.isprintable() and len(self._text) < self._length_max:
            self._replace(self._caret, self._caret, character)

    def _type_sequence(self, character: str) -> None:
        key = character if character == _ESCAPE else self._sequence + character
        ends = len(key) > len("\x1b[") and "@" <= character <= "~"
        self._sequence = "" if ends else key[:_KEY_MAX]
        if key in self._keys:
            self._keys[key]()

    def _end_line(self) -> None:
        line = self._text
        if line.strip() and not self.secret and self._earlier[-1:] != [line]:
            self._earlier = [*self._earlier, line][-_RECALLED_MAX:]
        self._text, self._caret = "", 0
        self._at = len(self._earlier)
        self._shown = "", 0
        self._write("\n")
        self._take(line)

    def _replace(self, begin: int, end: int, text: str = "") -> None:
        self._text = self._text[:begin] + text + self._text[end:]
        self._move(begin + len(text))

    def _move(self, caret: int) -> None:
        self._caret = min(max(caret, 0), len(self._text))
        self._show()

    def _delete_before(self) -> None:
        self._replace(max(self._caret - 1, 0), self._caret)

    def _delete(self) -> None:
        self._replace(self._caret, self._caret + 1)

    def _delete_word(self) -> None:
        before = self._text[: self._caret].rstrip()
        self._replace(before.rfind(" ") + 1, self._caret)

    def _recall(self, by: int) -> None:
        if self.secret or not 0 <= self._at + by <= len(self._earlier):
            return
        if self._at == len(self._earlier):
            self._draft = self._text
        self._at += by
        self._text = [*self._earlier, self._draft][self._at]
        self._move(len(self._text))

    def _show(self) -> None:
        """Have the terminal show what is typed now, by as few characters as that takes."""
        (old, at), (new, caret) = self._shown, self._part()
        self._shown = new, caret
        if old == new:
            changes = _from_to(new, at, caret)
        else:
            same = _same(old, new)
            left_over = " " * (cells(old[same:]) - cells(new[same:]))
            changes = _from_to(old, at, same) + new[same:] + left_over
            changes += _back(left_over + new[caret:])
        if changes:
            self._write(changes)

    def _part(self) -> tuple[str, int]:
        """Return as much of the line as fits into a row, and where in it the caret is."""
        if self.secret:
            return "", 0
        width = max((self._columns() or _USUAL_COLUMNS) - 1, 2)
        begin = 0
        while cells(self._text[begin : self._caret]) > width:
            begin += (width + 1) // 2
        part = self._text[begin : begin + width]
        while cells(part) > width:
            part = part[:-1]
        return part, self._caret - begin


def _same(old: str, new: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def _from_to(text: str, begin: int, end: int) -> str:
    """Return what moves the caret from one place in a text that is shown to another."""
    return text[begin:end] if begin <= end else _back(text[end:begin])


def _back(text: str) -> str:
    """Return what moves the caret from the end of a text that is shown to its beginning."""
    return "\b" * cells(text)
