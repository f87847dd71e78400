"""Games to put into a store, and ways to put them there."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from typing import Any, Final

from sqlalchemy import URL, select
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
    Record,
    SeatEntry,
    StoredGame,
)
from rachel_server.store import schema
from rachel_server.store.action_text import decode_action
from rachel_server.store.database_url import database_url, lock_wait_s, sqlite_file
from rachel_server.store.engine import create_blocking_engine, create_engine
from rachel_server.store.games import HostGames
from rachel_server.store.group_writer import GroupWriter
from rachel_server.store.journal import Journal
from rachel_server.store.postgres_writer import PostgresWriter
from rachel_server.store.process_scribe import ProcessScribe
from rachel_server.store.scribe import Scribe
from rachel_server.store.sqlite_games import SqliteGames
from rachel_server.store.sqlite_writer import SqliteWriter
from rachel_server.store.thread_scribe import ThreadScribe

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


def writer_on(url: str | URL) -> GroupWriter[Any]:
    """Return what writes to a database."""
    url = database_url(url)
    file = sqlite_file(url)
    if file is not None:
        return SqliteWriter(file, lock_wait_s(url))
    return PostgresWriter(create_blocking_engine(url))


def scribe_on(url: str | URL) -> Scribe:
    """Return what a host has its journal written by."""
    url = database_url(url)
    file = sqlite_file(url)
    return in_thread(url) if file is None else ProcessScribe(file, lock_wait_s(url))


def in_thread(url: str | URL) -> Scribe:
    """Return what a solo game has its journal written by: it sees what a test changes in here."""
    return ThreadScribe(writer_on(url))


def games_on(engine: AsyncEngine) -> HostGames | SqliteGames:
    """Return the games in a database."""
    file = sqlite_file(engine.url)
    return HostGames(engine) if file is None else SqliteGames(file)


class Kept:
    """Entries that a journal was given together."""

    def __init__(self, journal: "EntryJournal", sequence: int) -> None:
        self._journal = journal
        self._sequence = sequence

    @property
    def saved(self) -> bool:
        """Whether they are durable, those of refused games left out."""
        return self._journal.saved >= self._sequence

    async def durable(self) -> None:
        """Wait until they are."""
        async with asyncio.timeout(PATIENCE_S):
            await self._journal.until_saved(self._sequence)


class EntryJournal(Journal):
    """A journal that numbers entries itself, as a house does for it.

    Attributes:
        refused: the games that it has refused, unless a test sets `on_refused`.
        commits: how many rows each of its commits had, unless a test sets `on_commit`.
    """

    def __init__(
        self, engine: AsyncEngine, *, hang_s: float = 6.0, scribe: Scribe | None = None
    ) -> None:
        super().__init__(scribe or scribe_on(engine.url), hang_s=hang_s)
        self.refused: list[str] = []
        self.commits: list[int] = []
        self.on_refused = self.refused.append
        self.on_commit = lambda rows, _: self.commits.append(rows)
        self._sequence = 0

    def keep(self, entries: Sequence[Entry], *, epoch: int = 1) -> Kept:
        """Append entries."""
        numbers = range(self._sequence + 1, self._sequence + 1 + len(entries))
        self._sequence += len(entries)
        self.append([Record(n, epoch, entry) for n, entry in zip(numbers, entries, strict=True)])
        return Kept(self, self._sequence)


@asynccontextmanager
async def journal_on(url: str, scribe: Scribe | None = None) -> AsyncIterator[EntryJournal]:
    """Run a journal, and commit all that is pending at the end."""
    async with opened(url) as engine:
        journal = EntryJournal(engine, scribe=scribe)
        journal.start()
        try:
            yield journal
        finally:
            async with asyncio.timeout(PATIENCE_S):
                await journal.close()


async def store_games(url: str, *games: StoredGame) -> None:
    """Put whole games into a store."""
    async with journal_on(url) as journal:
        for game in games:
            journal.keep(entries_of(game))


async def stored_game(engine: AsyncEngine, game: str) -> StoredGame:
    """Read a game that is stored, running or over; a server reads only those that run."""
    async with engine.connect() as connection:
        of_game = select(schema.games).where(schema.games.c.id == game)
        start = (await connection.execute(of_game)).one()
        of_seats = select(schema.seats).where(schema.seats.c.game == game)
        sitting = (await connection.execute(of_seats.order_by("seat"))).mappings().all()
        of_turns = select(schema.actions).where(schema.actions.c.game == game)
        taken = (await connection.execute(of_turns.order_by("turn"))).all()
    status = GameStatus(start.status)
    end = None
    if start.finished_at is not None:
        places = {seat["place"]: seat["seat"] for seat in sitting if seat["place"] is not None}
        results = [
            tuple(seat[name] for seat in sitting if seat[name] is not None)
            for name in ("cards_left", "attack_dealt", "attack_taken")
        ]
        in_order = tuple(places[place] for place in sorted(places))
        end = GameEnded(game, status, in_order, start.finished_at, *results)
    return StoredGame(
        GameStarted(
            game=start.id,
            game_id=start.game_id,
            room=start.room,
            public=start.public,
            seed=start.seed,
            nonce=start.nonce,
            turn_time_s=start.turn_time_s,
            bot_level=start.bot_level,
            seats=tuple(
                SeatEntry(**{field.name: seat[field.name] for field in fields(SeatEntry)})
                for seat in sitting
            ),
            at=start.started_at,
            watch=start.watch is not False,
        ),
        tuple(
            ActionTaken(game, row.turn, row.seat, decode_action(row.action), row.state_hash)
            for row in taken
        ),
        status,
        end,
    )


def with_token(game: StoredGame, seat: int, token_hash: bytes) -> StoredGame:
    """Return a game one of whose seats has another reconnect token."""
    changed = list(game.start.seats)
    changed[seat] = replace(changed[seat], token_hash=token_hash)
    return replace(game, start=replace(game.start, seats=tuple(changed)))


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
        watch=number % 3 != 0,
    )
