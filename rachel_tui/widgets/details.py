"""What there is to know of the entry at a list's caret, in a frame beside the list."""

from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from rachel.rules.view import PublicView
from rachel_tui.widgets.felt import Felt
from rachel_tui.words.seat_lines import SeatLine


class Detail(NamedTuple):
    """What there is to know of one entry.

    Attributes:
        title: what it is called.
        text: what there is to say about it.
        seats: who sits at its table, from seat 0 on; empty for no table.
        public: what lies on that table, None before the deal.
        front: the seat at the bottom of the table.
    """

    title: str
    text: Content
    seats: tuple[SeatLine, ...] = ()
    public: PublicView | None = None
    front: int = 0


class Details(Vertical):
    """Shows one `Detail`, its table above. Terminals below 100 columns have no room for it."""

    def __init__(self) -> None:
        super().__init__()
        self._felt = Felt()
        self._text = Static()

    def compose(self) -> ComposeResult:
        """Yield the table and the text."""
        yield self._felt
        yield self._text

    def show(self, detail: Detail) -> None:
        """Show another entry."""
        self.border_title = Content(detail.title)
        self._text.update(detail.text)
        self._felt.display = bool(detail.seats)
        self._felt.front = detail.front
        self._felt.show(detail.seats, detail.public)
        self._felt.settle()
