"""What lies on a felt, drawn: seats, deck and top card, direction, and what must be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from rachel.rules.cards import SUIT_NAMES
from rachel.rules.view import PublicView
from rachel_tui.widgets.canvas import Canvas
from rachel_tui.widgets.card_faces import INK_STYLES, CardLook, back_lines, face_lines, suit_text
from rachel_tui.widgets.flights import ATTACK, FRAMES, Flight
from rachel_tui.widgets.ground import ground
from rachel_tui.widgets.opponents import BACK, short_name
from rachel_tui.widgets.plates import lay_plate
from rachel_tui.widgets.seating import GAP, PLAQUE_ROWS, Seating, seat_round
from rachel_tui.words.hints import attack_of
from rachel_tui.words.seat_lines import SeatLine

_AGAINST: Final = {"←": "→", "→": "←", "↑": "↓", "↓": "↑"}
_QUARTER: Final = {"←": "↑", "↑": "→", "→": "↓", "↓": "←"}
_WHOM: Final = 15
"""Columns for the name of the one who is attacked."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves over a felt, and how far it has come.

    Attributes:
        before: the table before the turn that is shown.
        flights: what flies, the first of them now.
        frame: the step of that flight.
    """

    before: PublicView
    flights: Sequence[Flight]
    frame: int


@dataclass(frozen=True, slots=True)
class LaidFelt:
    """Seats round a table and what lies on it.

    Attributes:
        lines: the seats from seat 0 on.
        public: the table as everybody sees it, None before the deal.
        letters: whether cards show the letters of their suits.
        front: the seat at the bottom for a viewer without one.
        motion: what moves, None if nothing does.
    """

    lines: tuple[SeatLine, ...]
    public: PublicView | None
    letters: bool
    front: int = 0
    motion: Motion | None = None

    @property
    def bottom(self) -> int:
        """The seat at the bottom: the viewer's, if they have one."""
        return next((seat for seat, line in enumerate(self.lines) if line.is_me), self.front)

    def seating(self, width: int, height: int) -> Seating:
        """Return where all stand on a felt of this size."""
        own = any(line.is_me for line in self.lines)
        return seat_round(len(self.lines), width, height, own=own)

    def rows(self, width: int, height: int, *, outlined: bool, halves: bool) -> list[Content]:
        """Return the felt; for ``outlined`` and ``halves`` see `ground`."""
        canvas = ground(width, height, lines=outlined, halves=halves).copy()
        if not self.lines:
            return canvas.rows()
        seating = self.seating(width, height)
        if self.public is not None:
            self._lay_arrows(canvas, seating, self.public)
        for place, spot in enumerate(seating.spots):
            line = self.lines[(self.bottom + place) % len(self.lines)]
            lay_plate(canvas, line, spot)
        if self.public is None:
            canvas.lay(*seating.middle, back_lines(seating.cards, ""))
            return canvas.rows()
        self._lay_cards(canvas, seating, self.public)
        self._lay_plaque(canvas, seating, self.public)
        if self.motion is not None and self.motion.flights:
            flight = self.motion.flights[0]
            canvas.lay(*flight.at(self.motion.frame), flight.rows)
        return canvas.rows()

    def _lay_arrows(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        motion = self.motion
        turns = motion is not None and motion.before.direction != public.direction
        frame = motion.frame if motion is not None else 0
        for x, y, way in seating.arrows:
            arrow = way if public.direction == 1 else _AGAINST[way]
            if turns and frame < FRAMES // 3:
                arrow = _AGAINST[arrow]
            elif turns and frame < FRAMES * 2 // 3:
                arrow = _QUARTER[_AGAINST[arrow]]
            canvas.put(x, y, arrow, "bold $caret" if turns else "$felt-faint")

    def _lay_cards(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        if public.deck_count:
            canvas.lay(*seating.deck, back_lines(seating.cards, str(public.deck_count)))
        motion = self.motion
        comes = motion is not None and any(flight.plays for flight in motion.flights)
        top = motion.before.top if motion is not None and comes else public.top
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
