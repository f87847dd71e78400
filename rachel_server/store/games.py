"""What the store knows of games: the ones to play on, and lists of all of them or some."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Result, Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.core.entries import (
    ActionTaken,
    GameStarted,
    GameStatus,
    SeatEntry,
    StoredGame,
)
from rachel_server.store.action_text import decode_action
from rachel_server.store.engine import one_moment
from rachel_server.store.schema import actions, games, seats

_log = logging.getLogger(__name__)


class UnreadableGame(Exception):  # noqa: N818 - says what is the matter
    """The text of a stored action does not describe an action: Rachel did not write it.

    Attributes:
        game: the id of the game. The exception's text says in one line what is wrong.
    """

    def __init__(self, game: str, text: str) -> None:
        super().__init__(text)
        self.game = game


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
        status: whether it is being played, finished, abandoned or quarantined.
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
    """Return the games that are being played, the oldest first, each with all of its actions.

    A game that cannot be read is logged and quarantined; the others are not affected.
    """
    which = games.c.status == GameStatus.PLAYING.value
    wanted = select(games.c.id).where(which)
    async with one_moment(engine) as connection:
        starts = await connection.execute(
            select(games).where(which).order_by(games.c.started_at, games.c.id)
        )
        seats_of = _by_game(
            await connection.execute(
                select(seats).where(seats.c.game.in_(wanted)).order_by(seats.c.game, seats.c.seat)
            )
        )
        actions_of = _by_game(
            await connection.execute(
                select(actions)
                .where(actions.c.game.in_(wanted))
                .order_by(actions.c.game, actions.c.turn)
            )
        )
    readable = []
    for start in starts:
        try:
            game = _running_game(start, seats_of[start.id], actions_of[start.id])
        except UnreadableGame as error:
            _log.error("game %s is set aside: %s", error.game, error)
            await quarantine(engine, error.game, str(error))
        else:
            readable.append(game)
    return readable


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


async def public_results(
    engine: AsyncEngine, *, limit: int, before: tuple[float, str] | None = None
) -> list[GameSummary]:
    """Return finished games of public tables, the latest result first.

    Args:
        engine: for the database.
        limit: how many at most.
        before: when the last game of the page before was finished, and its id.
    """
    which = [games.c.status == GameStatus.FINISHED.value, games.c.public]
    if before is not None:
        at, game = before
        which.append(games.c.finished_at <= at)
        which.append(or_(games.c.finished_at < at, games.c.id < game))
    return await _summaries(engine, and_(*which), latest_results=limit)


async def find_games(engine: AsyncEngine, name: str) -> list[GameSummary]:
    """Return the games that go by ``name``, the latest first.

    That is the game with this id, if there is one; else all games with this room code, in any case,
    or with this id on the wire, in decimal.
    """
    found = await _summaries(engine, games.c.id == name)
    if found:
        return found
    conditions = [games.c.room == name.upper()]
    if name.isascii() and name.isdecimal() and len(name) <= 5:
        conditions.append(games.c.game_id == int(name))
    return await _summaries(engine, or_(*conditions))


async def _summaries(
    engine: AsyncEngine, which: ColumnElement[bool] | None, *, latest_results: int | None = None
) -> list[GameSummary]:
    """Return the games that fulfil a condition, the latest start first.

    With ``latest_results``, return at most that many, the latest end first.
    """
    turns = (
        select(func.coalesce(func.max(actions.c.turn) + 1, 0))
        .where(actions.c.game == games.c.id)
        .scalar_subquery()
        .label("turns")
    )
    listed: Select[Any] = select(games, turns)
    if which is not None:
        listed = listed.where(which)
    if latest_results is None:
        listed = listed.order_by(games.c.started_at.desc(), games.c.id)
    else:
        listed = listed.order_by(games.c.finished_at.desc(), games.c.id.desc())
        listed = listed.limit(latest_results)
    ids = listed.with_only_columns(games.c.id)
    sitting: Select[Any] = select(seats).order_by(seats.c.game, seats.c.seat)
    if which is not None:
        sitting = sitting.where(seats.c.game.in_(ids))
    async with one_moment(engine) as connection:
        starts = await connection.execute(listed)
        seats_of = _by_game(await connection.execute(sitting))
    return [_summary(start, seats_of[start.id]) for start in starts]


def _by_game(result: Result[Any]) -> defaultdict[str, list[Row[Any]]]:
    """Group rows whose first column is the game."""
    groups: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in result.all():
        groups[row[0]].append(row)
    return groups


def _running_game(game: Row[Any], sitting: Sequence[Row[Any]], rows: Sequence[Any]) -> StoredGame:
    """Return the game that is in these rows.

    Raises:
        UnreadableGame: one of its actions is none.
    """
    taken = []
    for _, turn, seat, text, state_hash in rows:  # by name they would take three times as long
        try:
            taken.append(ActionTaken(game.id, turn, seat, decode_action(text), state_hash))
        except ValueError as error:
            raise UnreadableGame(game.id, f"turn {turn}: {error}") from None
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
            SeatEntry(
                name=seat.name,
                bot_level=seat.bot_level,
                token_hash=seat.token_hash,
                platform=seat.platform,
                look=seat.look,
                account=seat.account,
            )
            for seat in sitting
        ),
        at=game.started_at,
    )
    return StoredGame(start, tuple(taken), GameStatus(game.status), end=None)


def _summary(game: Row[Any], sitting: Sequence[Row[Any]]) -> GameSummary:
    placed = [seat for seat in sitting if seat.place is not None]
    return GameSummary(
        game=game.id,
        game_id=game.game_id,
        room=game.room,
        status=GameStatus(game.status),
        commitment=game.commitment,
        seats=tuple(SeatSummary(seat.name, seat.bot_level) for seat in sitting),
        places=tuple(seat.seat for seat in sorted(placed, key=lambda seat: seat.place)),
        turns=game.turns,
        started_at=game.started_at,
        finished_at=game.finished_at,
    )
