"""What moves over the felt after a turn: a card played or drawn, and an attack to its victim."""

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from rachel.rules.view import PublicView
from rachel_tui.widgets.card_faces import CardLook, back_lines, face_lines
from rachel_tui.widgets.hand_layout import CardSize
from rachel_tui.widgets.seating import Seating, Spot
from rachel_tui.words.hints import attack_of

FRAMES: Final = 6
"""Steps of one flight."""
FRAME_S: Final = 0.03
"""The time of a step: no flight takes longer than 250 ms."""

ATTACK: Final = "bold $paper on $attack"
_CARD: Final = CardSize.SMALL
"""Cards fly whole, with their frames, and come to lie on whole cards: no frame has a hole."""


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

    def spot(seat: int, rows: int = _CARD.height) -> tuple[int, int]:
        return _lying_at(seating.spots[(seat - bottom) % now.seats], rows)

    seat = before.current
    if now.hand_counts[seat] > before.hand_counts[seat]:
        return [Flight(back_lines(_CARD, ""), _middle(seating.deck, seating), spot(seat))]
    if now.hand_counts[seat] == before.hand_counts[seat]:
        return []
    face = face_lines(CardLook(now.top), _CARD, letters=letters)
    flying = [Flight(face, spot(seat), _middle(seating.pile, seating), plays=True)]
    attack = attack_of(now)
    if attack is not None and attack_of(before) != attack:
        token = Content.styled(f" {attack.what} ", ATTACK)
        flying.append(Flight([token], spot(seat, 1), spot(now.current, 1)))
    return flying


def _lying_at(spot: Spot, rows: int) -> tuple[int, int]:
    """Return where something begins that lies at a seat: all of its rows are on the felt."""
    free = spot.width - _CARD.width
    x = spot.x + (0 if spot.side < 0 else free if spot.side > 0 else free // 2)
    return x, max(1, spot.y + spot.plate.value - rows)


def _middle(corner: tuple[int, int], seating: Seating) -> tuple[int, int]:
    x, y = corner
    over = seating.cards
    return x + (over.width - _CARD.width) // 2, y + (over.height - _CARD.height) // 2
