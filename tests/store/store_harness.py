"""Games to put into a store, ways to put them there, and a look at what is there."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel.bots import choose
from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    SeatEntry,
    StoredGame,
)
from rachel_server.store.action_text import decode_action
from rachel_server.store.engine import create_engine
from rachel_server.store.journal import Batch, Journal
from rachel_server.store.schema import actions, games, seats

PATIENCE_S: Final = 20.0
"""After this a test that waits for something has failed."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncEngine]:
    """Open a store for reading."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def journal_on(url: str) -> AsyncIterator[Journal]:
    """Run a journal, and commit all that is pending at the end."""
    async with opened(url) as engine:
        journal = Journal(engine)
        journal.start()
        try:
            yield journal
        finally:
            async with asyncio.timeout(PATIENCE_S):
                await journal.close()


async def durable(batch: Batch) -> None:
    """Wait until a batch is committed."""
    done = asyncio.get_running_loop().create_future()
    batch.then(lambda: done.set_result(None))
    async with asyncio.timeout(PATIENCE_S):
        await done


async def store_games(url: str, *whole: StoredGame) -> None:
    """Put whole games into a store."""
    async with journal_on(url) as journal:
        for game in whole:
            journal.append(entries_of(game))


def entries_of(game: StoredGame) -> list[Entry]:
    """Return what a table would have journalled of a game."""
    return [game.start, *game.actions, *([] if game.end is None else [game.end])]


def played_game(
    number: int,
    *,
    turns: int | None = None,
    seats: int = 4,
    room: str = "ABCD",
    ended: GameStatus = GameStatus.FINISHED,
) -> StoredGame:
    """Return a game as bots play it, from a seed that depends on ``number`` alone.

    It is over, or stops after ``turns``: it is then still running or, if ``ended`` is ABANDONED,
    given up.
    """
    rng = random.Random(number)
    start = started(number, seats=seats, room=room)
    game = Game.deal(seats, start.seed)
    actions = []
    while not game.is_over and game.turn != turns:
        turn, seat = game.turn, game.current
        action = choose("beginner", view_for(game, seat), rng)
        game.apply(action)
        actions.append(ActionTaken(start.game, turn, seat, action, game.state_hash()))
    status, places = GameStatus.PLAYING, tuple[int, ...]()
    if game.is_over:
        status, places = GameStatus.FINISHED, (*game.finish_order, game.survivor or 0)
    elif ended is GameStatus.ABANDONED:
        status = GameStatus.ABANDONED
    end = None
    if status is not GameStatus.PLAYING:
        end = GameEnded(start.game, status, places, start.at + 60.5)
    return StoredGame(start, tuple(actions), status, end)


def started(number: int, *, seats: int = 4, room: str = "ABCD") -> GameStarted:
    """Return the start of a game between people and bots, with seeds in both halves of 64 bits."""
    people = [
        SeatEntry(f"Zoë {seat}", None, bytes([seat]) * 32, 0x60 + seat, bytes([seat, 0, 255]))
        for seat in range(seats - 1)
    ]
    bot = SeatEntry("Bot Eve", "advanced", None, 0xFFFF, bytes(3))
    return GameStarted(
        game=f"GAME{number:08}",
        game_id=0xFFFF - number,
        room=room,
        public=number % 2 == 0,
        seed=random.Random(number).getrandbits(64),
        nonce=random.Random(-number).randbytes(16),
        turn_time_s=None if number % 2 else 60.0,
        bot_level="intermediate",
        seats=(*people, bot),
        at=1_700_000_000.25 + number,
    )


async def load_game(engine: AsyncEngine, game: str) -> StoredGame:
    """Return a game with all that the store holds of it, its end included."""
    async with engine.connect() as connection:
        row = (await connection.execute(select(games).where(games.c.id == game))).one()
        sitting = (
            await connection.execute(
                select(seats).where(seats.c.game == game).order_by(seats.c.seat)
            )
        ).all()
        taken = (
            await connection.execute(
                select(actions).where(actions.c.game == game).order_by(actions.c.turn)
            )
        ).all()
    names = [field.name for field in fields(SeatEntry)]
    placed = sorted((it for it in sitting if it.place is not None), key=lambda it: it.place)
    start = GameStarted(
        row.id,
        *(row.game_id, row.room, row.public, row.seed, row.nonce, row.turn_time_s, row.bot_level),
        seats=tuple(SeatEntry(*(getattr(seat, name) for name in names)) for seat in sitting),
        at=row.started_at,
    )
    end = GameEnded(
        row.id,
        GameStatus(row.status),
        tuple(seat.seat for seat in placed),
        row.finished_at,
        *(
            tuple(getattr(seat, name) for seat in sitting if getattr(seat, name) is not None)
            for name in ("cards_left", "attack_dealt", "attack_taken")
        ),
    )
    return StoredGame(
        start,
        tuple(
            ActionTaken(game, it.turn, it.seat, decode_action(it.action), it.state_hash)
            for it in taken
        ),
        end.status,
        None if row.finished_at is None else end,
    )
