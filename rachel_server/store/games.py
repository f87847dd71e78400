"""What the store knows of games: the ones to play on, and lists of all of them or some."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Result,
    Row,
    Select,
    and_,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, DataError, InternalError
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.store.engine import one_moment
from rachel_server.store.refusal import UnreadableGame, reason
from rachel_server.store.schema import LATEST, accounts, actions, games, seats, types_of
from rachel_server.store.stored_rows import require_types, stored_game

_GAMES, _SEATS = types_of(games.c), types_of(seats.c)

_log = logging.getLogger(__name__)


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


async def load_running(
    engine: AsyncEngine, *, ended_since: float | None = None
) -> list[StoredGame]:
    """Return the games that are being played, the oldest first, each with all of its actions.

    With ``ended_since``, a Unix time, also those that have come to their end since. A game that
    cannot be read is logged and quarantined; the others are not affected.
    """
    which = games.c.status == GameStatus.PLAYING.value
    if ended_since is not None:
        ended = games.c.status == GameStatus.FINISHED.value
        which = or_(which, and_(ended, games.c.finished_at >= ended_since))
    try:
        readable, unreadable = await _load(engine, which)
    except (DatabaseError, UnicodeError) as error:
        if not _is_of_a_row(error):
            raise
        # A row that the database cannot hand out spoils every query that meets it.
        readable, unreadable = [], []
        async with engine.connect() as connection:
            ids = await connection.scalars(
                select(games.c.id).where(which).order_by(games.c.started_at, games.c.id)
            )
            names = ids.all()
        for name in names:
            try:
                readable += filter(None, [await load_game(engine, name)])
            except UnreadableGame as trouble:
                unreadable.append(trouble)
    for unread in unreadable:
        _log.error("game %s is set aside: %s", unread.game, unread)
        await quarantine(engine, unread.game, str(unread))
    return readable


async def load_game(engine: AsyncEngine, game: str) -> StoredGame | None:
    """Return a game that is being played or has come to its end; None if there is none such.

    Raises:
        UnreadableGame: it cannot be read.
        DatabaseError: the database fails.
    """
    alive = games.c.status.in_((GameStatus.PLAYING.value, GameStatus.FINISHED.value))
    try:
        readable, unreadable = await _load(engine, and_(games.c.id == game, alive))
    except (DatabaseError, UnicodeError) as error:
        if not _is_of_a_row(error):
            raise
        raise UnreadableGame(game, reason(error)) from None
    if unreadable:
        raise unreadable[0]
    return readable[0] if readable else None


async def _load(
    engine: AsyncEngine, which: ColumnElement[bool]
) -> tuple[list[StoredGame], list[UnreadableGame]]:
    """Return the games that fulfil a condition, and what is the matter with the others.

    Raises:
        DatabaseError: the database cannot hand out a row, or fails.
        UnicodeError: a text in a row is none.
    """
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
    readable, unreadable = [], []
    for start in starts:
        try:
            sitting = [seat._asdict() for seat in seats_of[start.id]]
            require_types(start.id, _GAMES, [start._asdict()])
            require_types(start.id, _SEATS, sitting)
            turns = (row[1:] for row in actions_of[start.id])
            readable.append(stored_game(start._asdict(), sitting, turns))
        except UnreadableGame as error:
            unreadable.append(error)
    return readable, unreadable


def _is_of_a_row(error: DatabaseError | UnicodeError) -> bool:
    """Tell whether a query failed for what a row holds, not because the database is away."""
    # SQLite's plain DatabaseError: the file is malformed there.
    return isinstance(error, UnicodeError | DataError | InternalError) or (
        type(error) is DatabaseError
    )


class HostGames:
    """The games in a host's store, as `Recovery` asks for them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def running(self, ended_since: float) -> list[StoredGame]:
        """Return them; see `load_running`."""
        return await load_running(self._engine, ended_since=ended_since)

    async def usernames(self) -> list[str]:
        """Return the usernames of all accounts, as far as each can be read."""
        # As bytes: a text that is no UTF-8 fails, and a server is to start all the same.
        wanted = select(cast(accounts.c.username, LargeBinary))
        async with self._engine.connect() as connection:
            return [name.decode(errors="ignore") for name in await connection.scalars(wanted)]

    async def game(self, game: str) -> StoredGame | None:
        """Return one; see `load_game`."""
        return await load_game(self._engine, game)

    async def quarantine(self, game: str, why: str) -> None:
        """Set one aside; see `quarantine`."""
        await quarantine(self._engine, game, why)


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
    which.append(games.c.finished_at.between(0.0, LATEST))  # or the next page begins nowhere
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


def status_of(text: str) -> GameStatus:
    """Return the status that a row names; a game with any other is not to be played on."""
    try:
        return GameStatus(text)
    except ValueError:
        return GameStatus.QUARANTINED


def _summary(game: Row[Any], sitting: Sequence[Row[Any]]) -> GameSummary:
    """Return what is in a game's rows, with something neutral for what cannot be read."""
    placed = [(seat.place, n) for n, seat in enumerate(sitting) if isinstance(seat.place, int)]
    return GameSummary(
        game=_text(game.id),
        game_id=game.game_id if isinstance(game.game_id, int) else 0,
        room=_text(game.room),
        status=status_of(game.status),
        commitment=_text(game.commitment),
        seats=tuple(
            SeatSummary(_text(seat.name), seat.bot_level and _text(seat.bot_level))
            for seat in sitting
        ),
        places=tuple(number for _, number in sorted(placed)),
        turns=game.turns,
        started_at=_time(game.started_at),
        finished_at=None if game.finished_at is None else _time(game.finished_at),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else "?"


def _time(value: object) -> float:
    return value if isinstance(value, float) and 0.0 <= value <= LATEST else 0.0
