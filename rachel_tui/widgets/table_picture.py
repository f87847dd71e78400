"""A picture of a table: felt, whose turn it is, and a hand. It takes neither keys nor clicks."""

from typing import Any, Final, cast

from textual.content import Content

from rachel.rules.view import SeatView
from rachel_tui.keep.settings import Settings
from rachel_tui.widgets.hand_layout import lay_out
from rachel_tui.widgets.laid_felt import LaidFelt
from rachel_tui.widgets.laid_hand import hand_rows
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import button
from rachel_tui.words.hints import turn_demand
from rachel_tui.words.picking import Picking
from rachel_tui.words.seat_lines import SeatLine

_HAND_ROWS: Final = {"-vast": 11, "-roomy": 9, "-tall": 9}
_LEAST_HAND_ROWS: Final = 6
"""The hand's rows by the class of the screen, as at a table."""


class TablePicture(Rows):
    """Shows a position as one of its players sees it at a table, made of the same parts.

    It is one widget: each more would take a twentieth of the time in which its screen opens.

    Attributes:
        lines: the seats from seat 0 on.
        view: what one of them sees, None before something is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[SeatLine, ...] = ()
        self.view: SeatView | None = None
        self._note = ""

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        self.redraw()

    def show(self, lines: tuple[SeatLine, ...], view: SeatView, note: str = "") -> None:
        """Show the seats in ``lines``, what one of them sees, and a note above, if there is one."""
        self.lines, self.view, self._note = lines, view, note
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the table from top to bottom."""
        if self.view is None:
            return []
        app = cast("Any", self.app)
        settings = settings_of(self)
        width, height = self.size
        note = [Content.styled(self._note.center(width), "$faint")] if self._note else []
        hand_height = self._hand_height()
        felt = LaidFelt(self.lines, self.view.public, settings.suit_letters).rows(
            width,
            max(0, height - len(note) - 1 - hand_height),
            outlined=app.current_theme.ansi,
            halves=not app.in_ascii,
        )
        picking = Picking(settings.sort)
        picking.show(self.view.hand, self.view.public if self.view.is_my_turn else None)
        layout = lay_out(len(picking.hand), picking.caret, width, hand_height)
        hand = hand_rows(picking, layout, letters=settings.suit_letters)
        return [*note, *felt, self._turn(self.view), *hand]

    def _hand_height(self) -> int:
        classes = self.screen.classes
        return next(
            (rows for name, rows in _HAND_ROWS.items() if name in classes), _LEAST_HAND_ROWS
        )

    def _turn(self, view: SeatView) -> Content:
        if not view.is_my_turn:
            return Content()
        line = Content.styled(f" ▶▶ YOUR TURN: {turn_demand(view)}", "bold")
        return button(line.truncate(self.size.width, ellipsis=True), self.size.width, self.app)
