"""Records of finished games, made from the store.

Games of thousands of turns exist. A record's text is therefore written a few hundred turns at a
time, and the event loop serves others in between.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rachel.formats.record import GameRecord, SeatRecord
from rachel.formats.replay import ReplayTrace, TraceStep
from rachel.rules.game import Game
from rachel_server.core.entries import GameStatus
from rachel_server.store.action_text import decode_action
from rachel_server.store.engine import one_moment
from rachel_server.store.games import status_of
from rachel_server.store.refusal import UnreadableGame
from rachel_server.store.schema import actions, games, seats, types_of
from rachel_server.store.stored_rows import require_types

_STEPS_AT_ONCE: Final = 500
"""Turns that are read and written at a time, which takes one or two milliseconds."""

_NO_STEPS: Final = '"steps":[]}}'


class NoRecord(Exception):  # noqa: N818 - says what is the matter
    """A game that is not finished has no record, because its seed is secret.

    Attributes:
        status: the status of the game.
    """

    def __init__(self, status: GameStatus) -> None:
        super().__init__(status.value)
        self.status = status


async def load_record(engine: AsyncEngine, game: str) -> GameRecord | None:
    """Return the record of a finished game; None when the store has no such id.

    Raises:
        NoRecord: the game is not finished.
        UnreadableGame: its rows are none that Rachel wrote.
    """
    async with one_moment(engine) as connection:
        record = await _without_steps(connection, game)
        if record is None:
            return None
        steps = [step async for some in _steps(connection, game) for step in some]
    return replace(record, replay=replace(record.replay, steps=tuple(steps)))


async def load_record_text(engine: AsyncEngine, game: str) -> str | None:
    """Return the same record as a JSON text, in ASCII and on one line.

    Raises:
        NoRecord: the game is not finished.
        UnreadableGame: its rows are none that Rachel wrote.
    """
    async with one_moment(engine) as connection:
        record = await _without_steps(connection, game)
        if record is None:
            return None
        around = _json(record.to_json())
        assert around.endswith(_NO_STEPS)
        parts = [
            ",".join(_json(step.to_json()) for step in some)
            async for some in _steps(connection, game)
            if some
        ]
    end = len(around) - (len(_NO_STEPS) - _NO_STEPS.index("]"))
    return f"{around[:end]}{','.join(parts)}{around[end:]}"


async def _without_steps(connection: AsyncConnection, game: str) -> GameRecord | None:
    """Return the record of a finished game without its steps; None when there is no such id.

    Raises:
        NoRecord: the game is not finished.
        UnreadableGame: its rows are none that Rachel wrote.
    """
    found = await connection.execute(select(games).where(games.c.id == game))
    row = found.one_or_none()
    if row is None:
        return None
    status = status_of(row.status)
    if status is not GameStatus.FINISHED:
        raise NoRecord(status)
    columns = (seats.c.name, seats.c.bot_level, seats.c.seat, seats.c.place)
    sitting = (
        await connection.execute(
            select(*columns).where(seats.c.game == game).order_by(seats.c.seat)
        )
    ).all()
    require_types(game, types_of(games.c), [row._asdict()])
    require_types(game, types_of(columns), [seat._asdict() for seat in sitting])
    places = sorted(seat.place or 0 for seat in sitting)
    if places != list(range(1, len(places) + 1)):
        raise UnreadableGame(game, "a seat or a place is missing")
    try:
        return GameRecord(
            id=row.id,
            room=row.room,
            commitment=row.commitment,
            seed=row.seed,
            nonce=row.nonce,
            seats=tuple(SeatRecord(seat.name, seat.bot_level) for seat in sitting),
            places=tuple(seat.seat for seat in sorted(sitting, key=lambda seat: seat.place)),
            started_at=datetime.fromtimestamp(row.started_at, UTC),
            finished_at=datetime.fromtimestamp(row.finished_at, UTC),
            replay=ReplayTrace(
                names=tuple(seat.name for seat in sitting),
                bots=tuple(seat.seat for seat in sitting if seat.bot_level is not None),
                seed=row.seed,
                initial_hash=Game.deal(len(sitting), row.seed).state_hash(),
                steps=(),
            ),
        )
    except (TypeError, ValueError, OverflowError) as error:  # a time, or the number of seats
        raise UnreadableGame(game, str(error)) from None


async def _steps(connection: AsyncConnection, game: str) -> AsyncIterator[list[TraceStep]]:
    """Yield the turns of a game in order, `_STEPS_AT_ONCE` at a time.

    Raises:
        UnreadableGame: an action cannot be read.
    """
    begin = 0
    while True:
        taken = await connection.execute(
            select(actions.c.turn, actions.c.action, actions.c.state_hash)
            .where(actions.c.game == game, actions.c.turn >= begin)
            .order_by(actions.c.turn)
            .limit(_STEPS_AT_ONCE)
        )
        rows = taken.all()
        yield [_step(game, *row) for row in rows]
        if len(rows) < _STEPS_AT_ONCE:
            return
        begin = rows[-1].turn + 1


def _step(game: str, turn: object, text: object, state_hash: object) -> TraceStep:
    try:
        if not isinstance(turn, int) or not isinstance(state_hash, int):
            raise ValueError("its state hash cannot be read")
        return TraceStep(decode_action(text), state_hash)
    except ValueError as error:
        raise UnreadableGame(game, f"turn {turn}: {error}") from None


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"))
