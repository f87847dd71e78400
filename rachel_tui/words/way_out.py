"""How a player went out while others play on: a place that is safe, and what there is to do."""

from dataclasses import dataclass

from rachel.client.session import ClientSession
from rachel_tui.words.hints import plural
from rachel_tui.words.seat_lines import SeatLine, seat_lines
from rachel_tui.words.story import Sentence, card_list, ordinal


@dataclass(frozen=True, slots=True)
class WayOut:
    """How a player went out, and who plays on.

    Attributes:
        place: the finish position from 0.
        seats: how many seats the table has.
        cards: what the player played last, empty if that was not seen.
        others: the seats that still hold cards.
        hurries: whether the rest can be fast-forwarded.
        hurried: whether it is.
    """

    place: int
    seats: int
    cards: tuple[int, ...]
    others: tuple[SeatLine, ...]
    hurries: bool
    hurried: bool

    @property
    def headline(self) -> str:
        """What the player has come to."""
        if self.place == 0:
            return "You are out first: YOU WIN!"
        return f"You are out {ordinal(self.place)} of {self.seats}. Well played!"

    @property
    def last(self) -> Sentence:
        """What the player did last."""
        return ("Your last play: ", *card_list(self.cards), ".") if self.cards else ()

    @property
    def still_playing(self) -> str:
        """Who plays on, with how many cards."""
        first, *others = [(line.name, line.cards or 0) for line in self.others]
        held = [f"{first[0]} ({plural(first[1], 'card')})"]
        held += [f"{name} ({cards})" for name, cards in others]
        return f"Still playing: {', '.join(held)}."


def way_out(
    session: ClientSession, cards: tuple[int, ...], *, hurries: bool, hurried: bool
) -> WayOut | None:
    """Return how the player of ``session`` went out; None unless others play on without them."""
    public, seat = session.public, session.seat
    if public is None or public.is_over or seat is None or seat not in public.finish_order:
        return None
    others = tuple(line for line in seat_lines(session) if line.place is None)
    place = public.finish_order.index(seat)
    return WayOut(place, public.seats, cards, others, hurries, hurried)
