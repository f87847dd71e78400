"""The record of a game whose journal is at hand."""

from datetime import UTC, datetime

from rachel.formats.record import GameRecord, SeatRecord
from rachel.formats.replay import ReplayTrace, TraceStep
from rachel.rules.deal_proof import commitment
from rachel.rules.game import Game
from rachel_server.core.entries import StoredGame


def record_of(stored: StoredGame, finished_at: float) -> GameRecord | None:
    """Return the record of a game that ended at a Unix time, None if it has not ended.

    Raises:
        Mismatch: an action is refused.
    """
    start = stored.start
    names = tuple(seat.name for seat in start.seats)
    replay = ReplayTrace(
        names=names,
        bots=tuple(number for number, seat in enumerate(start.seats) if seat.bot_level is not None),
        seed=start.seed,
        initial_hash=Game.deal(len(names), start.seed).state_hash(),
        steps=tuple(TraceStep(taken.action, taken.state_hash) for taken in stored.actions),
    )
    end = replay.verify().end
    if not end.is_over or end.survivor is None:
        return None
    return GameRecord(
        id=start.game,
        room=start.room,
        commitment=commitment(start.seed, start.nonce),
        seed=start.seed,
        nonce=start.nonce,
        seats=tuple(SeatRecord(seat.name, seat.bot_level) for seat in start.seats),
        places=(*end.finish_order, end.survivor),
        started_at=datetime.fromtimestamp(start.at, UTC),
        finished_at=datetime.fromtimestamp(finished_at, UTC),
        replay=replay,
    )
