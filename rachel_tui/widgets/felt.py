"""The felt: the seats around it, deck and top card, direction, and what must be answered."""

from time import monotonic
from typing import Any, Final, cast

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer

from rachel.rules.view import PublicView
from rachel_tui.keep.settings import Settings
from rachel_tui.widgets.flights import FRAME_S, FRAMES, Flight, flights
from rachel_tui.widgets.laid_felt import LaidFelt, Motion
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.seat_lines import SeatLine

_LATE_S: Final = 0.2
"""A step of a movement that comes so late tells that nothing should move here."""


class Felt(Rows):
    """Shows what lies on the table and who sits around it, the viewer at the bottom.

    Attributes:
        public: the table as everybody sees it, None before the deal.
        lines: the seats from seat 0 on.
        letters: whether cards show the letters of their suits.
        front: the seat at the bottom for a viewer without one.
        moves: whether cards fly. They do not on lines that turned out to be slow.
    """

    letters: reactive[bool] = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self.public: PublicView | None = None
        self.lines: tuple[SeatLine, ...] = ()
        self.moves = False
        self.front = 0
        self._before: PublicView | None = None  # while something moves: the table before it
        self._flights: list[Flight] = []
        self._frame = 0
        self._stepping: Timer | None = None
        self._due = 0.0

    def on_mount(self) -> None:
        """Heed what the player has chosen."""
        self.heed(settings_of(self))

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        self.moves, self.letters = settings.motion, settings.suit_letters

    def show(self, lines: tuple[SeatLine, ...], public: PublicView | None) -> None:
        """Draw what is new, and let the cards of a turn fly; without a ``public``, only seats."""
        before = self.public
        if (lines, public) == (self.lines, before):
            return
        self.lines, self.public = lines, public
        if before is not None and public is not None and before.turn != public.turn:
            self.settle()
            if self.moves and self.app.animation_level == "full" and self.size.height:
                self._begin(before, public)
        self.redraw()

    def settle(self) -> None:
        """End whatever moves."""
        if self._before is None:
            return
        if self._stepping is not None:
            self._stepping.stop()
        self._before, self._flights = None, []
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the table."""
        app = cast("Any", self.app)
        outlined = app.current_theme.ansi
        return self._laid.rows(*self.size, outlined=outlined, halves=not app.in_ascii)

    @property
    def _laid(self) -> LaidFelt:
        before = self._before
        motion = None if before is None else Motion(before, self._flights, self._frame)
        return LaidFelt(self.lines, self.public, self.letters, self.front, motion)

    def _begin(self, before: PublicView, now: PublicView) -> None:
        laid = self._laid
        seating = laid.seating(*self.size)
        self._flights = flights(before, now, seating, laid.bottom, letters=self.letters)
        if self._flights:
            self._before, self._frame = before, 0
            self._due = monotonic() + FRAME_S
            self._stepping = self.set_interval(FRAME_S, self._step)

    def _step(self) -> None:
        now = monotonic()
        self.moves = now < self._due + _LATE_S
        self._due = now + FRAME_S
        self._frame += 1
        if self._frame > FRAMES:
            self._flights, self._frame = self._flights[1:], 0
        if self.moves and self._flights:
            self.redraw()
        else:
            self.settle()
