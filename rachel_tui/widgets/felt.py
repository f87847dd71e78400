"""The felt: the seats around it, deck and top card, direction, and what must be answered."""

from time import monotonic
from typing import Any, Final, cast

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer

from rachel.rules.cards import SUIT_NAMES
from rachel.rules.view import PublicView
from rachel_tui.keep.settings import Settings
from rachel_tui.widgets.canvas import Canvas
from rachel_tui.widgets.card_faces import INK_STYLES, CardLook, back_lines, face_lines, suit_text
from rachel_tui.widgets.flights import ATTACK, FRAME_S, FRAMES, Flight, flights
from rachel_tui.widgets.ground import ground
from rachel_tui.widgets.opponents import BACK, short_name
from rachel_tui.widgets.plates import lay_plate
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.seating import GAP, PLAQUE_ROWS, Seating, seat_round
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.hints import attack_of
from rachel_tui.words.seat_lines import SeatLine

_AGAINST: Final = {"←": "→", "→": "←", "↑": "↓", "↓": "↑"}
_QUARTER: Final = {"←": "↑", "↑": "→", "→": "↓", "↓": "←"}
_WHOM: Final = 15
"""Columns for the name of the one who is attacked."""
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
        width, height = self.size
        app = cast("Any", self.app)
        lines = app.current_theme.ansi
        canvas = ground(width, height, lines=lines, halves=not app.in_ascii).copy()
        if not self.lines:
            return canvas.rows()
        seating = self._seating()
        if self.public is not None:
            self._lay_arrows(canvas, seating, self.public)
        for place, spot in enumerate(seating.spots):
            line = self.lines[(self._bottom + place) % len(self.lines)]
            lay_plate(canvas, line, spot)
        if self.public is None:
            canvas.lay(*seating.middle, back_lines(seating.cards, ""))
            return canvas.rows()
        self._lay_cards(canvas, seating, self.public)
        self._lay_plaque(canvas, seating, self.public)
        if self._flights:
            flight = self._flights[0]
            canvas.lay(*flight.at(self._frame), flight.rows)
        return canvas.rows()

    @property
    def _bottom(self) -> int:
        """The seat at the bottom: the viewer's, if they have one."""
        return next((seat for seat, line in enumerate(self.lines) if line.is_me), self.front)

    def _seating(self) -> Seating:
        own = any(line.is_me for line in self.lines)
        return seat_round(len(self.lines), *self.size, own=own)

    def _begin(self, before: PublicView, now: PublicView) -> None:
        self._flights = flights(before, now, self._seating(), self._bottom, letters=self.letters)
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

    def _lay_arrows(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        turns = self._before is not None and self._before.direction != public.direction
        for x, y, way in seating.arrows:
            arrow = way if public.direction == 1 else _AGAINST[way]
            if turns and self._frame < FRAMES // 3:
                arrow = _AGAINST[arrow]
            elif turns and self._frame < FRAMES * 2 // 3:
                arrow = _QUARTER[_AGAINST[arrow]]
            canvas.put(x, y, arrow, "bold $caret" if turns else "$felt-faint")

    def _lay_cards(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        if public.deck_count:
            canvas.lay(*seating.deck, back_lines(seating.cards, str(public.deck_count)))
        comes = self._before is not None and any(flight.plays for flight in self._flights)
        top = self._before.top if self._before is not None and comes else public.top
        canvas.lay(*seating.pile, face_lines(CardLook(top), seating.cards, letters=self.letters))

    def _lay_plaque(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        """Lay what must be answered, or the suit asked for, below the cards."""
        middle = seating.centre[0] + (2 * seating.cards.width + GAP) // 2
        top = seating.centre[1] + seating.cards.height
        room = seating.plaque_rows
        top += room > PLAQUE_ROWS
        for dy, forms in enumerate(self._plaque(public, narrow=room < PLAQUE_ROWS)):
            places = [(middle - form.cell_length // 2, form) for form in forms]
            free = (it for it in places if _is_free(canvas, it[0], top + dy, it[1].cell_length))
            x, row = next(free, places[-1])
            canvas.lay(x, top + dy, [row])

    def _plaque(self, public: PublicView, *, narrow: bool) -> list[list[Content]]:
        """Return its rows, each in forms of which the first that covers no seat is laid."""
        attack, suit = attack_of(public), public.nominated_suit
        if suit is not None:
            text = f" {SUIT_NAMES[suit].upper()} {suit_text(suit, letters=self.letters)} "
            return [[Content.assemble("now ", (text, f"bold {INK_STYLES[suit]} on $paper"))]]
        if attack is None:
            return []
        line, answer = self.lines[public.current], attack.answer or "nothing answers"
        if narrow:
            return [[Content.styled(f" ! {attack.what}: {answer} ", ATTACK)]]
        whom = "you" if line.is_me else short_name((line.name,), _WHOM)
        texts = f" ! {attack.what} for {whom} ", f" ! {attack.what} "
        return [
            [Content.styled(text, ATTACK) for text in texts],
            [Content.styled(answer, "$felt-faint")],
        ]


def _is_free(canvas: Canvas, x: int, y: int, width: int) -> bool:
    """Tell whether no name, count or card stands in so many cells."""
    return not any(it.isalnum() or it == BACK for it in canvas.text(x, y, width))
