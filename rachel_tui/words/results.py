"""How a game ended, as screens and lines show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rachel.client.session import ClientSession
from rachel_tui.words.story import ordinal


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One seat in the table of places.

    Attributes:
        name: cleaned, never markup.
        place: finish position from 0, None for the loser.
        is_me: whether it is the viewer's own seat.
        given: the cards and skips that its attacks came to, None when unknown: two for a 2, one for
            a 7, five for a black jack.
        faced: those of the attacks on it.
        award: what the seat excelled in, empty for nothing.
    """

    name: str
    place: int | None
    is_me: bool
    given: int | None
    faced: int | None
    award: str = ""


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
    def winner(self) -> str | None:
        """The name of the seat that went out first, None when no seat did."""
        return next((row.name for row in self.rows if row.place == 0), None)

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
    awards = _awards(dealt or (), taken or ())
    rows = tuple(
        ResultRow(
            session.names[seat],
            place,
            seat == session.seat,
            dealt[seat] if dealt else None,
            taken[seat] if taken else None,
            awards.get(seat, ""),
        )
        for seat, place in order
    )
    return Result(rows, proof_text(session))


def places_text(names: Sequence[str], loser: str | None) -> str:
    """Return the places of a game in a line: who went out, first to last, and who did not."""
    places = [f"{ordinal(place).capitalize()}: {name}." for place, name in enumerate(names)]
    return " ".join([*places, f"Last: {loser}."] if loser is not None else places)


def headline(result: Result) -> str:
    """Return how the game ended for the viewer, in a few words."""
    if result.my_place == 0:
        return "YOU WIN!"
    if result.i_lost:
        return "You lose this time."
    if result.my_place is not None:
        return f"You come {ordinal(result.my_place)}."
    return "The game is over."


def place_word(result: Result) -> str:
    """Return the viewer's place in capitals, to be spelled large."""
    if result.my_place == 0:
        return "YOU WIN!"
    if result.i_lost:
        return "LAST"
    return ordinal(result.my_place).upper() if result.my_place is not None else "THE END"


def consolation(result: Result) -> str:
    """Return who won and who lost, as far as that is not the viewer."""
    winner = result.winner if result.my_place != 0 else None
    loser = None if result.i_lost else result.loser
    if winner is not None and loser is not None:
        return f"{winner} wins, and {loser} loses."
    if winner is not None:
        return f"{winner} wins."
    return "" if loser is None else f"{loser} is left with cards and loses."


def rating_text(change: tuple[int, int]) -> str:
    """Return the rating after a game, and by how much it has changed."""
    before, after = change
    return f"Your rating: {after} ({after - before:+})"


def _awards(dealt: Sequence[int], taken: Sequence[int]) -> dict[int, str]:
    """Return which seat dealt most and which took most, if one did."""
    found: dict[int, str] = {}
    for totals, award in ((dealt, "attacked most"), (taken, "was attacked most")):
        most = max(totals, default=0)
        if most and list(totals).count(most) == 1:
            seat = totals.index(most)
            found[seat] = f"{found[seat]}, {award}" if seat in found else award
    return found


def short_award(award: str) -> str:
    """Return an award in the words of the columns that it is about."""
    return award.replace("was attacked", "faced").replace("attacked", "gave")


def proof_text(session: ClientSession) -> str:
    """Return what the proof of the deal says, empty while it is incomplete."""
    verified = session.proof.verified
    if verified is None:
        return ""
    if verified:
        return "The deal was fair: nobody could change the cards once the game had begun."
    return "WARNING: the deal was not fair: these are not the promised cards."
