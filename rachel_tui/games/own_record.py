"""The record of a game, made by a client that saw all of it: it needs no word of the host's.

The host announced seed and nonce; the moves were seen. What they lead to is computed here, and the
record is checked like anybody else's.
"""

from datetime import datetime
from typing import Final

from rachel.formats.record import GameRecord, SeatRecord, VerifyError, verify
from rachel.formats.replay import Mismatch, ReplayTrace
from rachel_tui.games.seen_game import SeenGame

_LEVEL: Final = "unknown"
"""The level of a bot: a table does not tell it."""


def own_record(game: SeenGame, started_at: datetime, finished_at: datetime) -> GameRecord | None:
    """Return the record of a game; None if turns were missed, or the host's proof does not hold."""
    proof = game.proof
    if proof.commitment is None or proof.seed is None or proof.nonce is None:
        return None
    try:
        actions = (action for action, _ in proof.moves)
        record = GameRecord(
            id=f"{game.room}-{game.id}",
            room=game.room,
            commitment=proof.commitment,
            seed=proof.seed,
            nonce=proof.nonce,
            seats=tuple(
                SeatRecord(name, _LEVEL if seat in game.bots else None)
                for seat, name in enumerate(game.names)
            ),
            places=game.places,
            started_at=started_at,
            finished_at=finished_at,
            replay=ReplayTrace.record(game.names, game.bots, proof.seed, actions),
        )
        verify(record)
    except (Mismatch, VerifyError, ValueError):
        return None
    return record
