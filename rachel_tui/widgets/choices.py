"""A list of answers to choose one from."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from rachel_tui.bound import bound
from rachel_tui.widgets.settings import as_chosen

MOVE: Final = "move the caret ▶"
_CARET_WIDTH: Final = 2
_CHOOSE: Final = "choose the row at the caret"
NO_HEADINGS: Final[Mapping[int, str]] = {}
NOT_SHORTER: Final[Mapping[int, Sequence[Content]]] = {}


class Choices(Widget, can_focus=True):
    """Shows answers a line each, with a caret before the one that Enter chooses.

    Attributes:
        highlighted: index of that one.
    """

    class Chosen(Message):
        """The player chose the answer with this ``index``."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    class Moved(Message):
        """The caret is at the answer with this ``index``."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("row_up", "move(-1)", "Up", tooltip=MOVE),
        bound("row_down", "move(1)", "Down", tooltip=MOVE),
        bound("choose", "choose", "Choose", show=True, key_display="enter", tooltip=_CHOOSE),
        Binding("left", "move(-1)", "Up", show=False),
        Binding("right", "move(1)", "Down", show=False),
        Binding("home", "jump(0)", "First", show=False),
        Binding("end", "jump(-1)", "Last", show=False),
    ]

    highlighted: reactive[int] = reactive(0)

    def __init__(self, answers: Sequence[Content], highlighted: int = 0) -> None:
        super().__init__()
        self._answers = tuple(answers)
        self._headings: Mapping[int, str] = {}
        self._shorter: Mapping[int, Sequence[Content]] = {}
        self.set_reactive(Choices.highlighted, highlighted)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's cursor belongs: at the answer that Enter chooses."""
        return self.content_region.offset + Offset(0, self._row_of(self.highlighted))

    def on_mount(self) -> None:
        """Take the keys at once, so that nothing typed early is lost."""
        self.screen.set_focus(self)

    def show(
        self,
        answers: Sequence[Content],
        highlighted: int = 0,
        headings: Mapping[int, str] = NO_HEADINGS,
        shorter: Mapping[int, Sequence[Content]] = NOT_SHORTER,
    ) -> None:
        """Show other answers, with the caret at one of them, and lines above some of them.

        Where there is no room for an answer, the longest for which there is takes its place of
        those that are ``shorter``, the longest first.
        """
        self._answers = tuple(answers)
        self._headings, self._shorter = headings, shorter
        self.highlighted = highlighted
        self.refresh(layout=True)

    def watch_highlighted(self) -> None:
        """Tell that the caret is at another answer."""
        self.post_message(self.Moved(self.highlighted))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return a row for every answer and heading."""
        return len(self._answers) + len(self._headings)

    def render(self) -> Content:
        """Draw the answers."""
        width = self.size.width
        rows = []
        for index, answer in enumerate(self._answers):
            if index in self._headings:
                line = f"── {self._headings[index]} ".ljust(width, "─")
                rows.append(Content.styled(line, "$faint").truncate(width))
            chosen = index == self.highlighted
            fitting = self._fitting(index, answer, width - _CARET_WIDTH)
            row = Content.assemble(("▶ " if chosen else "  ", "bold $caret"), fitting)
            rows.append(row.pad_right(max(0, width - row.cell_length)))
            if chosen:
                rows[-1] = as_chosen(rows[-1], self.app).stylize_before("bold")
        return Content("\n").join(rows)

    def _fitting(self, index: int, answer: Content, width: int) -> Content:
        forms = [answer, *self._shorter.get(index, ())]
        return next((form for form in forms if form.cell_length <= width), forms[-1])

    def action_move(self, step: int) -> None:
        """Move the caret; from the last answer it goes on to the first, and back."""
        if self._answers:  # they may have to be read first
            self.highlighted = (self.highlighted + step) % len(self._answers)

    def action_jump(self, index: int) -> None:
        """Move the caret to an answer, counted from the end if negative."""
        self.highlighted = index % len(self._answers)

    def action_choose(self) -> None:
        """Choose the answer at the caret."""
        self.post_message(self.Chosen(self.highlighted))

    def on_click(self, event: events.Click) -> None:
        """Choose the answer that was clicked on."""
        offset = event.get_content_offset(self)
        places = {self._row_of(index): index for index in range(len(self._answers))}
        if offset is not None and offset.y in places:
            self.highlighted = places[offset.y]
            self.action_choose()

    def _row_of(self, index: int) -> int:
        return index + sum(before <= index for before in self._headings)
