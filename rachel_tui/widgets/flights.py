"""What moves over the felt after a turn: a card played or drawn, and an attack to its victim."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from rachel.rules.cards import suit_of
from rachel.rules.view import PublicView
from rachel_tui.widgets.card_faces import INK_STYLES, card_text
from rachel_tui.widgets.seating import Seating, Spot
from rachel_tui.words.hints import attack_of

FRAMES: Final = 6
"""Steps of one flight."""
FRAME_S: Final = 0.03
"""The time of a step: no flight takes longer than 250 ms."""

ATTACK: Final = "bold $paper on $attack"
_WIDTH: Final = 5
_BACK: Final = "$card-back-line on $card-back"


@dataclass(frozen=True, slots=True)
class Flight:
    """Something small on its way over the felt.

    Attributes:
        rows: what it looks like.
        start: the upper left cell at its beginning.
        end: the same at its end.
        plays: whether it is the new top card, which does not lie on the pile before it has arrived.
    """

    rows: list[Content]
    start: tuple[int, int]
    end: tuple[int, int]
    plays: bool = False

    def at(self, frame: int) -> tuple[int, int]:
        """Return the cell at a step from 0 to FRAMES."""
        share = frame / FRAMES
        (x, y), (end_x, end_y) = self.start, self.end
        return round(x + (end_x - x) * share), round(y + (end_y - y) * share)


def flights(
    before: PublicView, now: PublicView, seating: Seating, bottom: int, *, letters: bool
) -> list[Flight]:
    """Return what flies, one after the other, when one turn has led from ``before`` to ``now``.

    Nothing does if more has happened than one turn. The seat ``bottom`` is the one at the bottom.
    """
    if now.turn != before.turn + 1 or now.seats != before.seats:
        return []

    def spot(seat: int) -> tuple[int, int]:
        return _cards_of(seating.spots[(seat - bottom) % now.seats])

    seat = before.current
    if now.hand_counts[seat] > before.hand_counts[seat]:
        back = [Content.styled("╳" * _WIDTH, _BACK)] * 2
        return [Flight(back, _middle(seating.deck, seating), spot(seat))]
    if now.hand_counts[seat] == before.hand_counts[seat]:
        return []
    face = Content.styled(
        f" {card_text(now.top, letters=letters)}".ljust(_WIDTH),
        f"bold {INK_STYLES[suit_of(now.top)]} on $paper",
    )
    paper = Content.styled(" " * _WIDTH, "on $paper")
    flying = [Flight([face, paper], spot(seat), _middle(seating.pile, seating), plays=True)]
    attack = attack_of(now)
    if attack is not None and attack_of(before) != attack:
        token = Content.styled(f" {attack.what} ", ATTACK)
        flying.append(Flight([token], spot(seat), spot(now.current)))
    return flying


def _cards_of(spot: Spot) -> tuple[int, int]:
    """Return where a small card begins that lies at a seat."""
    free = spot.width - _WIDTH
    return spot.x + (0 if spot.side < 0 else free if spot.side > 0 else free // 2), spot.y


def _middle(corner: tuple[int, int], seating: Seating) -> tuple[int, int]:
    x, y = corner
    return x + (seating.cards.width - _WIDTH) // 2, y + seating.cards.height // 2 - 1
