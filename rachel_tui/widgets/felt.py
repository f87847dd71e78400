"""The felt: the seats around it, deck and top card, direction, and what must be answered."""

from typing import Final

from textual.content import Content
from textual.reactive import reactive

from rachel.rules.cards import SUIT_NAMES
from rachel.rules.view import PublicView
from rachel_tui.widgets.canvas import Canvas
from rachel_tui.widgets.card_faces import INK_STYLES, CardLook, back_lines, face_lines, suit_text
from rachel_tui.widgets.ground import ground
from rachel_tui.widgets.opponents import short_name
from rachel_tui.widgets.plates import lay_plate
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.seating import GAP, Seating, seat_round
from rachel_tui.words.hints import attack_of
from rachel_tui.words.seat_lines import SeatLine

_AGAINST: Final = {"←": "→", "→": "←", "↑": "↓", "↓": "↑"}
_ARROW: Final = "$felt-faint"
_ATTACK: Final = "bold $paper on $attack"
_PLAQUE_ROWS: Final = 2
_WHOM: Final = 15
"""Columns for the name of the one who is attacked."""


class Felt(Rows):
    """Shows what lies on the table and who sits around it, the viewer at the bottom.

    Attributes:
        public: the table as everybody sees it, None before the deal.
        lines: the seats from seat 0 on.
    """

    public: reactive[PublicView | None] = reactive(None, repaint=False)
    lines: reactive[tuple[SeatLine, ...]] = reactive((), repaint=False)

    def watch_public(self) -> None:
        """Draw what is new."""
        self.redraw()

    def watch_lines(self) -> None:
        """Draw what is new."""
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the table."""
        return self._canvas().rows()

    def _canvas(self) -> Canvas:
        width, height = self.size
        canvas = ground(width, height, lines=self.app.current_theme.ansi).copy()
        if self.public is None or not self.lines:
            return canvas
        mine = next((seat for seat, line in enumerate(self.lines) if line.is_me), None)
        seating = seat_round(len(self.lines), width, height, own=mine is not None)
        for x, y, way in seating.arrows:
            arrow = way if self.public.direction == 1 else _AGAINST[way]
            canvas.put(x, y, arrow, _ARROW)
        for place, spot in enumerate(seating.spots):
            line = self.lines[((mine or 0) + place) % len(self.lines)]
            lay_plate(canvas, line, seating.plate, spot)
        self._lay_cards(canvas, seating, self.public)
        self._lay_plaque(canvas, seating, self.public)
        return canvas

    def _lay_cards(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        if public.deck_count:
            canvas.lay(*seating.deck, back_lines(seating.cards, str(public.deck_count)))
        canvas.lay(*seating.pile, face_lines(CardLook(public.top), seating.cards))

    def _lay_plaque(self, canvas: Canvas, seating: Seating, public: PublicView) -> None:
        """Lay what must be answered, or the suit asked for, below the cards."""
        middle = seating.centre[0] + (2 * seating.cards.width + GAP) // 2
        top = seating.centre[1] + seating.cards.height
        room = canvas.height - 1 - top
        top += room > _PLAQUE_ROWS
        for dy, row in enumerate(_plaque(public, self.lines, narrow=room < _PLAQUE_ROWS)):
            canvas.lay(middle - row.cell_length // 2, top + dy, [row])


def _plaque(public: PublicView, lines: tuple[SeatLine, ...], *, narrow: bool) -> list[Content]:
    attack, suit = attack_of(public), public.nominated_suit
    if suit is not None:
        text = f" {SUIT_NAMES[suit].upper()} {suit_text(suit)} "
        return [Content.assemble("now ", (text, f"bold {INK_STYLES[suit]} on $paper"))]
    if attack is None:
        return []
    line, answer = lines[public.current], attack.answer or "nothing answers"
    if narrow:
        return [Content.styled(f" ! {attack.what}: {answer} ", _ATTACK)]
    whom = "you" if line.is_me else short_name((line.name,), _WHOM)
    return [
        Content.styled(f" ! {attack.what} for {whom} ", _ATTACK),
        Content.styled(f"{attack.cards}: {answer}", "$felt-faint"),
    ]
