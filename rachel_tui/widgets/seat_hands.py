"""Every seat of a recorded game with its cards, face up or face down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive

from rachel.rules.cards import RANK_LETTERS, SUIT_GLYPHS, rank_of, suit_of
from rachel_tui.widgets.card_faces import SUIT_STYLES, card_text
from rachel_tui.widgets.opponents import BACK, PLACES
from rachel_tui.widgets.rows import Rows
from rachel_tui.words.seat_lines import SeatLine

_NAME_MAX: Final = 16
_MINE: Final = " (you)"


@dataclass(frozen=True, slots=True)
class SeatHand:
    """One seat.

    Attributes:
        line: its name, place, whether it is to act, and whether it is the viewer's.
        cards: its hand, sorted; None if it is face down.
        next: the cards of it that are played next, if they may be seen.
    """

    line: SeatLine
    cards: tuple[int, ...] | None
    next: frozenset[int] = frozenset()


class SeatHands(Rows):
    """Shows the seats, a row each, with the key that turns a seat's cards.

    Attributes:
        hands: the seats from seat 0 on.
    """

    BORDER_TITLE = "Hands"

    hands: reactive[tuple[SeatHand, ...]] = reactive((), repaint=False)

    def watch_hands(self, before: tuple[SeatHand, ...], now: tuple[SeatHand, ...]) -> None:
        """Draw what is new."""
        if len(before) == len(now):
            self.redraw()
        else:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return a row for every seat."""
        return len(self.hands)

    def rows(self) -> list[Content]:
        """Return the seats."""
        names = [
            Content(hand.line.name).cell_length + len(_MINE) * hand.line.is_me
            for hand in self.hands
        ]
        width = min(max(names, default=0), _NAME_MAX)
        return [
            hand_row(number, hand, width, self.size.width)
            for number, hand in enumerate(self.hands, start=1)
        ]


def hand_row(number: int, hand: SeatHand, name_width: int, width: int) -> Content:
    """Return a seat in at most ``width`` cells: its key, name, count or place, and cards."""
    line = hand.line
    mine = _MINE if line.is_me else ""
    name = Content(line.name).truncate(name_width - len(mine), ellipsis=True).append(mine)
    out = line.place is not None
    count = PLACES[line.place or 0] if out else str(line.cards or 0)
    head = Content.assemble(
        ("▶" if line.to_act else " ", "bold $caret"),
        (f"{number} ", "$faint"),
        name.stylize("bold" if line.to_act else "$faint" if out else ""),
        " " * (name_width - name.cell_length + 1),
        (f"{count:>3} ", "bold $fits" if out else "bold $warning" if line.cards == 1 else ""),
    )
    room = width - head.cell_length - 1
    if hand.cards is None:
        backs = BACK * (line.cards or 0)  # one for each card, or none where they do not fit
        return Content.assemble(head, " ", (backs if len(backs) <= room else "", "$back"))
    return Content.assemble(head, *_cards(hand.cards, hand.next, room))


def _cards(cards: Sequence[int], chosen: frozenset[int], room: int) -> list[Content]:
    """Return cards with letters where they fit, else without; what is left over is counted."""
    texts = [card_text(card) for card in cards]
    if sum(len(text) + 1 for text in texts) > room:
        texts = [RANK_LETTERS[rank_of(card)] + SUIT_GLYPHS[suit_of(card)] for card in cards]
    shown: list[Content] = []
    for index, (card, text) in enumerate(zip(cards, texts, strict=True)):
        left = len(cards) - index
        more = f" +{left}"
        room -= len(text) + 1
        if room < (len(more) if left > 1 else 0):
            shown.append(Content.styled(more, "$faint"))
            break
        style = f"bold {SUIT_STYLES[suit_of(card)]}"
        shown.append(Content(" "))
        shown.append(Content.styled(text, f"{style} reverse" if card in chosen else style))
    return shown
