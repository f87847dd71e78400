"""A finished game as one of its clients saw it."""

from dataclasses import dataclass

from rachel.client.session import ClientSession
from rachel.rules.deal_proof import DealProof
from rachel_tui.words.seat_lines import Presence, seat_lines


@dataclass(frozen=True, slots=True)
class SeenGame:
    """A finished game as one of its clients saw it.

    Attributes:
        id: the table's id.
        room: its room code.
        names: the players' names, seat 0 first.
        bots: the seats of the host's bots.
        places: the seats by place, the loser last.
        proof: what was announced and seen.
    """

    id: int
    room: str
    names: tuple[str, ...]
    bots: frozenset[int]
    places: tuple[int, ...]
    proof: DealProof


def seen_game(session: ClientSession) -> SeenGame | None:
    """Return the game of ``session``, None while it is not over."""
    public = session.public
    if public is None or not public.is_over:
        return None
    last = () if public.survivor is None else (public.survivor,)
    lines = enumerate(seat_lines(session))
    return SeenGame(
        session.game_id,
        session.room,
        tuple(session.names),
        frozenset(seat for seat, line in lines if line.presence is Presence.BOT),
        (*public.finish_order, *last),
        session.proof,
    )
