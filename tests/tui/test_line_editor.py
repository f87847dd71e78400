"""Editing a line: what is taken, and what a terminal shows of it, character by character."""

import pytest

from rachel_tui.plain.folded import cells
from rachel_tui.plain.line_editor import LineEditor

LENGTH_MAX = 60


class Row:
    """A terminal that knows characters, backspace, return and the next row, and no escape codes.

    Attributes:
        rows: what stands on it; the last one is being typed in.
        caret: the cell in that row where the next character goes.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rows = [""]
        self.caret = 0

    def write(self, text: str) -> None:
        """Show text."""
        for character in text:
            if character == "\n":
                self.rows.append("")
                self.caret = 0
            elif character == "\r":
                self.caret = 0
            elif character == "\b":
                self.caret -= 1
            else:
                assert character.isprintable()
                width = cells(character)
                row = self.rows[-1].ljust(self.caret)
                # The second cell of a wide character is a mark that is no character.
                drawn = character + "\0" * (width - 1)
                self.rows[-1] = row[: self.caret] + drawn + row[self.caret + width :]
                self.caret += width
        assert 0 <= self.caret < self.columns

    @property
    def shown(self) -> str:
        """What stands in the row that is being typed in."""
        return self.rows[-1].replace("\0", "").rstrip()


class Typist:
    """An editor on a terminal, and what it has taken."""

    def __init__(self, columns: int = 40) -> None:
        self.row = Row(columns)
        self.taken: list[str | None] = []
        self.editor = LineEditor(self.row.write, self.taken.append, lambda: columns, LENGTH_MAX)

    def type(self, keys: str) -> None:
        """Type keys one by one, each of which leaves the caret where the terminal has it."""
        for key in keys:
            self.editor.type(key)


LEFT, RIGHT, UP, DOWN = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (f"daw{LEFT}{LEFT}r", "draw"),
        (f"draww{LEFT}{LEFT}\x1b[3~", "draw"),
        (f"xdraw{LEFT * 9}\x1b[3~", "draw"),
        (f"raw\x01d\x05n{RIGHT}", "drawn"),
        ("draw\x1b[H\x7f", "draw"),
        ("raw\x1b[1~d\x1b[4~n", "drawn"),
        ("nothing\x15draw", "draw"),
        (f"drawing{LEFT * 3}\x0b", "draw"),
        ("play the  ace\x17\x17ten", "play ten"),
        ("one\x1bOD\x1bOD\x04", "oe"),
        (f"7♥ 日本{LEFT}\x7f語{LEFT * 3}\x7f8", "8♥ 語本"),
        ("a\tb\x00c\x1b[200~d", "abcd"),
        (f"x{LEFT}\x1b{LEFT}y", "yx"),
    ],
)
def test_a_line_is_edited_as_shown(typed: str, line: str) -> None:
    typist = Typist()
    typist.type(typed)
    assert typist.row.shown == line
    typist.type("\r\n")
    assert typist.taken == [line]
    assert typist.row.rows == [typist.row.rows[0], ""]


def test_earlier_lines_come_back_and_so_does_the_one_being_typed() -> None:
    typist = Typist()
    typist.type("hand\rhand\r \rplay 7H\rdr")
    shown = []
    for key in (UP, UP, UP, DOWN, DOWN, DOWN):
        typist.type(key)
        shown.append(typist.row.shown)
    assert shown == ["play 7H", "hand", "hand", "play 7H", "dr", "dr"]
    typist.type(f"{UP}{UP}s\r")
    assert typist.taken[-1] == "hands"
    typist.type(UP)
    assert typist.row.shown == "hands"


def test_a_secret_is_neither_shown_nor_recalled() -> None:
    typist = Typist()
    typist.type("login\r")
    typist.editor.secret = True
    typist.type(f"{UP}sesame{LEFT}x\r")
    typist.editor.secret = False
    assert typist.row.rows == ["login", "", ""]
    typist.type(UP)
    assert typist.row.shown == "login"
    assert typist.taken == ["login", "sesamxe"]


def test_a_line_longer_than_a_row_is_shown_in_part() -> None:
    typist = Typist(columns=10)
    typist.type("play 7H 8H 9H 10H")
    assert typist.row.shown == "8H 9H 10H"[-len(typist.row.shown) :]
    typist.type(f"\x01{RIGHT * 4}s")
    assert typist.row.shown == "plays 7H"
    typist.type("x" * 100 + "\r")
    assert typist.taken == [f"plays{'x' * (LENGTH_MAX - 18)} 7H 8H 9H 10H"]


def test_what_is_said_stands_above_what_is_typed() -> None:
    typist = Typist()
    typist.type(f"daw{LEFT}{LEFT}")
    typist.editor.say("Ann draws a card.")
    typist.type("r")
    assert [row.rstrip() for row in typist.row.rows] == ["Ann draws a card.", "draw"]


def test_the_end_of_input_takes_what_was_typed() -> None:
    typist = Typist()
    typist.editor.type("dra")
    typist.editor.end()
    assert typist.taken == ["dra", None]
    typist.type("\x04")
    assert typist.taken[2:] == [None]
