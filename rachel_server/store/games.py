"""What the store knows of games: the ones to play on, the one to look at, the list of them all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.entries import (
    ActionTaken,
    GameEnded,
    GameStarted,
    GameStatus,
    SeatEntry,
    StoredGame,
)
from rachel_server.store.action_text import decode_action
from rachel_server.store.schema import actions, games, seats


@dataclass(frozen=True, slots=True)
class SeatSummary:
    """Who has a seat: the name as it was given, and the level of a bot (None: a person)."""

    name: str
    bot_level: str | None


@dataclass(frozen=True, slots=True)
class GameSummary:
    """A game in the list; nothing in it is secret.

    Attributes:
        game: its id in the store.
        game_id: its 16-bit id on the wire, which may come again.
        room: the room code of its table.
        status: where it stands.
        commitment: the announced hash of its deal, 64 hexadecimal digits.
        seats: who plays, seat 0 first.
        places: the seats in finish order, the winner first; empty unless it is finished.
        turns: turns taken so far.
        started_at: Unix time in seconds.
        finished_at: likewise, when it ended or was given up; None before that.
    """

    game: str
    game_id: int
    room: str
    status: GameStatus
    commitment: str
    seats: tuple[SeatSummary, ...]
    places: tuple[int, ...]
    turns: int
    started_at: float
    finished_at: float | None


async def load_running(engine: AsyncEngine) -> list[StoredGame]:
    """Return the games that are being played, the oldest first, each with all of its actions."""
    return await _load(engine, games.c.status == GameStatus.PLAYING.value)


async def load_game(engine: AsyncEngine, game: str) -> StoredGame | None:
    """Return a game with all of its actions, or None when the store has no such id."""
    return next(iter(await _load(engine, games.c.id == game)), None)


async def quarantine(engine: AsyncEngine, game: str, reason: str) -> None:
    """Set a running game aside for good, and remember why it cannot be played on.

    A game that is over, or unknown, stays as it is.
    """
    aside = (
        update(games)
        .where(games.c.id == game, games.c.status == GameStatus.PLAYING.value)
        .values(status=GameStatus.QUARANTINED.value, quarantine_reason=reason)
    )
    async with engine.begin() as connection:
        await connection.execute(aside)


async def list_games(engine: AsyncEngine) -> list[GameSummary]:
    """Return every game in the store, the latest first."""
    return await _summaries(engine, None)


async def find_games(engine: AsyncEngine, name: str) -> list[GameSummary]:
    """Return the games that go by ``name``, the latest first.

    That is the game with this id, if there is one; else the games with this room code, in any
    case, or this id on the wire, in decimal.
    """
    found = await _summaries(engine, games.c.id == name)
    if found:
        return found
    conditions = [games.c.room == name.upper()]
    if name.isascii() and name.isdecimal():
        conditions.append(games.c.game_id == int(name))
    return await _summaries(engine, or_(*conditions))


async def _load(engine: AsyncEngine, which: ColumnElement[bool]) -> list[StoredGame]:
    """Read whole games in three queries, which see the same moment."""
    wanted = select(games.c.id).where(which)
    async with engine.connect() as connection:
        starts = await connection.execute(
            select(games).where(which).order_by(games.c.started_at, games.c.id)
        )
        sitting = await connection.execute(
            select(seats).where(seats.c.game.in_(wanted)).order_by(seats.c.game, seats.c.seat)
        )
        taken = await connection.execute(
            select(actions)
            .where(actions.c.game.in_(wanted))
            .order_by(actions.c.game, actions.c.turn)
        )
        seats_of = _by_game(sitting)
        actions_of: defaultdict[str, list[ActionTaken]] = defaultdict(list)
        for game, turn, seat, action, state_hash in taken:
            actions_of[game].append(
                ActionTaken(game, turn, seat, decode_action(action), state_hash)
            )
    return [_stored_game(start, seats_of[start.id], actions_of[start.id]) for start in starts]


async def _summaries(engine: AsyncEngine, which: ColumnElement[bool] | None) -> list[GameSummary]:
    turns = (
        select(func.coalesce(func.max(actions.c.turn) + 1, 0))
        .where(actions.c.game == games.c.id)
        .scalar_subquery()
        .label("turns")
    )
    listed: Select[Any] = select(games, turns).order_by(games.c.started_at.desc(), games.c.id)
    sitting: Select[Any] = select(seats).order_by(seats.c.game, seats.c.seat)
    if which is not None:
        listed = listed.where(which)
        sitting = sitting.where(seats.c.game.in_(select(games.c.id).where(which)))
    async with engine.connect() as connection:
        starts = await connection.execute(listed)
        seats_of = _by_game(await connection.execute(sitting))
    return [_summary(start, seats_of[start.id]) for start in starts]


def _by_game(rows: Iterable[Row[Any]]) -> defaultdict[str, list[Row[Any]]]:
    groups: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.game].append(row)
    return groups


def _stored_game(
    game: Row[Any], sitting: Sequence[Row[Any]], taken: Sequence[ActionTaken]
) -> StoredGame:
    start = GameStarted(
        game=game.id,
        game_id=game.game_id,
        room=game.room,
        public=game.public,
        seed=game.seed,
        nonce=game.nonce,
        turn_time_s=game.turn_time_s,
        bot_level=game.bot_level,
        seats=tuple(
            SeatEntry(seat.name, seat.bot_level, seat.token_hash, seat.platform, seat.look)
            for seat in sitting
        ),
        at=game.started_at,
    )
    status = GameStatus(game.status)
    end = None
    if game.finished_at is not None:
        end = GameEnded(game.id, status, _places(sitting), game.finished_at)
    return StoredGame(start, tuple(taken), status, end)


def _summary(game: Row[Any], sitting: Sequence[Row[Any]]) -> GameSummary:
    return GameSummary(
        game=game.id,
        game_id=game.game_id,
        room=game.room,
        status=GameStatus(game.status),
        commitment=game.commitment,
        seats=tuple(SeatSummary(seat.name, seat.bot_level) for seat in sitting),
        places=_places(sitting),
        turns=game.turns,
        started_at=game.started_at,
        finished_at=game.finished_at,
    )


def _places(sitting: Sequence[Row[Any]]) -> tuple[int, ...]:
    """Return the seats in finish order, from the places in their rows."""
    placed = [seat for seat in sitting if seat.place is not None]
    return tuple(seat.seat for seat in sorted(placed, key=lambda seat: seat.place))
