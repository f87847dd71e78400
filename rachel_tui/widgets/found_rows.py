"""What was found by a few letters, a row each, of which one can be chosen."""

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import as_chosen

_KEYS_WIDTH: Final = 10


class FoundRows(Rows):
    """Shows so many rows that the one at the caret is among them, and where these are in the list.

    Attributes:
        at: the index of the row at the caret.
    """

    class Clicked(Message):
        """The player clicked on the row with this ``index``."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    def __init__(self, height: int) -> None:
        super().__init__()
        self.at = 0
        self._height = height
        self._first = 0
        self._found: Sequence[tuple[str, str, Sequence[int]]] = ()

    def show(self, found: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        """Show keys, what they do, and where in that the letters are; the caret is at the first."""
        self._found, self.at, self._first = found, 0, 0
        self.redraw()

    def move(self, step: int) -> None:
        """Move the caret by some rows, a single one from the last to the first, too, and back."""
        last = max(0, len(self._found) - 1)
        around = abs(step) == 1 and not 0 <= self.at + step <= last
        self.at = last - self.at if around else min(last, max(0, self.at + step))
        self._first = min(self.at, max(self._first, self.at - self._height + 1))
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows are shown, also when less is found: the frame stands still."""
        return self._height

    def rows(self) -> list[Content]:
        """Return the rows that are shown."""
        if not self._found:
            none = Content.styled(" No command has these letters.", "$faint")
            return [none, *[Content()] * (self._height - 1)]
        shown = self._found[self._first : self._first + self._height]
        bar = self._bar()
        rows = [
            self._row(index, *each) + bar[index - self._first]
            for index, each in enumerate(shown, self._first)
        ]
        return rows + [Content()] * (self._height - len(rows))

    def _row(self, index: int, keys: str, text: str, letters: Sequence[int]) -> Content:
        name = Content(text)
        for place in letters:
            name = name.stylize("$caret", place, place + 1)
        row = Content.assemble((f" {keys:<{_KEYS_WIDTH}} ", "$caret"), name)
        width = max(0, self.size.width - 1)
        row = row.truncate(width, ellipsis=True)
        row = row.pad_right(max(0, width - row.cell_length))
        return as_chosen(row.stylize("bold"), self.app) if index == self.at else row

    def _bar(self) -> list[Content]:
        """Return beside each row whether it is where in the list the rows are."""
        total = len(self._found)
        if total <= self._height:
            return [Content(" ")] * self._height
        length = max(1, self._height * self._height // total)
        start = round(self._first / (total - self._height) * (self._height - length))
        bar, none = Content.styled("┃", "$faint"), Content(" ")
        return [bar if start <= y < start + length else none for y in range(self._height)]

    def on_click(self, event: events.Click) -> None:
        """Tell which row was clicked on."""
        event.stop()
        offset = event.get_content_offset(self)
        if offset is not None and offset.y + self._first < len(self._found):
            self.post_message(self.Clicked(offset.y + self._first))
