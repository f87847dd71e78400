"""How a game ended, as screens and lines show it."""

from dataclasses import dataclass

from rachel.client.session import ClientSession


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One seat in the table of places.

    Attributes:
        name: cleaned, never markup.
        place: finish position from 0, None for the loser.
        is_me: whether it is the viewer's own seat.
        dealt: the summed severities of the attacks that it dealt, None when unknown.
        taken: the same of the attacks that it took.
    """

    name: str
    place: int | None
    is_me: bool
    dealt: int | None
    taken: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a game.

    Attributes:
        rows: the seats in the order they went out, the loser last.
        proof: whether the deal was fair, in one line; empty when that is not known.
    """

    rows: tuple[ResultRow, ...]
    proof: str

    @property
    def loser(self) -> str | None:
        """The name of the seat left with cards, None when there is none."""
        return next((row.name for row in self.rows if row.place is None), None)

    @property
    def my_place(self) -> int | None:
        """The viewer's finish position, None when they lost."""
        return next((row.place for row in self.rows if row.is_me), None)

    @property
    def i_lost(self) -> bool:
        """Whether the viewer is left with cards."""
        return any(row.is_me and row.place is None for row in self.rows)


def result_of(session: ClientSession) -> Result | None:
    """Return how the game of ``session`` ended, None while it has not."""
    public = session.public
    if public is None or not public.is_over:
        return None
    order: list[tuple[int, int | None]] = [
        (seat, place) for place, seat in enumerate(public.finish_order)
    ]
    if public.survivor is not None:
        order.append((public.survivor, None))
    dealt, taken = session.attack_dealt, session.attack_taken
    rows = tuple(
        ResultRow(
            session.names[seat],
            place,
            seat == session.seat,
            dealt[seat] if dealt else None,
            taken[seat] if taken else None,
        )
        for seat, place in order
    )
    return Result(rows, proof_text(session))


def proof_text(session: ClientSession) -> str:
    """Return what the proof of the deal says, empty while it is incomplete."""
    verified = session.proof.verified
    if verified is None:
        return ""
    if verified:
        return "Fair deal: the shuffle was fixed before the first card, and it checks out."
    return "WARNING: the deal is not the one that was promised before the first card."
