"""The table in four rows: for lessons on a small terminal, which need room for their text."""

from typing import Final

from textual.content import Content

from rachel.rules.cards import SUIT_NAMES
from rachel.rules.view import PublicView
from rachel_tui.widgets.card_faces import SUIT_STYLES, CardLook, face_lines, suit_text
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.opponents import seat_content
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.hints import attack_text
from rachel_tui.words.seat_lines import SeatLine

_NAME_WIDTH: Final = 8
_SEATS_WIDTH: Final = 26
_GAP: Final = 2


class SmallBoard(Rows):
    """Shows the top card, beside it up to four seats, and what holds now.

    Attributes:
        public: the table as everybody sees it, None before the deal.
        lines: the seats from seat 0 on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.public: PublicView | None = None
        self.lines: tuple[SeatLine, ...] = ()

    def show(self, lines: tuple[SeatLine, ...], public: PublicView) -> None:
        """Draw what is new."""
        self.lines, self.public = lines, public
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the table."""
        if self.public is None:
            return []
        face = face_lines(CardLook(self.public.top), CardSize.SMALL)
        seats = [seat_content(line, _NAME_WIDTH, _SEATS_WIDTH) for line in self.lines]
        room = max(1, self.size.width - CardSize.SMALL.width - _SEATS_WIDTH - 2 * _GAP)
        columns = zip(face, _four(seats), _four(_facts(self.public, room)), strict=True)
        return [
            Content.assemble(
                card, " " * _GAP, seat.pad_right(_SEATS_WIDTH - seat.cell_length + _GAP), fact
            )
            for card, seat, fact in columns
        ]


def _facts(public: PublicView, width: int) -> list[Content]:
    """Return the attack or the suit asked for, the direction and the deck, a line each."""
    facts = []
    if attack := attack_text(public):
        facts += Content.styled(f"! {attack}", "bold $warning").wrap(width)[:2]
    elif (suit := public.nominated_suit) is not None:
        named = f"{SUIT_NAMES[suit].upper()} {suit_text(suit)}"
        facts.append(Content.assemble("Suit now: ", (named, f"bold {SUIT_STYLES[suit]}")))
    facts.append(Content(f"Turns go {'down ↓' if public.direction == 1 else 'up ↑'}"))
    facts.append(Content.styled(f"Deck {public.deck_count}", "$faint"))
    return [fact.truncate(width, ellipsis=True) for fact in facts]


def _four(rows: list[Content]) -> list[Content]:
    return [*rows, *[Content("")] * 4][:4]
