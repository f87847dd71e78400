"""Numbers about the server that everybody may see, counted at most once in a few seconds."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel.rubp import Phase
from rachel_server.core.entries import GameStatus
from rachel_server.core.lobby import Lobby
from rachel_server.runtime import Runtime
from rachel_server.store.engine import one_moment
from rachel_server.store.schema import accounts, games

_FRESH_S: Final = 5.0
"""How long the numbers count, however many ask meanwhile."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one moment.

    Attributes:
        games_finished: games with a result, ever.
        games_abandoned: games given up; they are forgotten after a month.
        players_registered: accounts.
        tables_waiting: tables where people wait for others, private ones included.
        tables_playing: likewise, where a game is played.
        people_seated: people who are there at these tables.
        bots_seated: bots at these tables, without those that cover for people.
        turns_played: since the server started.
    """

    games_finished: int
    games_abandoned: int
    players_registered: int
    tables_waiting: int
    tables_playing: int
    people_seated: int
    bots_seated: int
    turns_played: int


class ServerStatistics:
    """Counts; the same numbers for all who ask within some seconds. `close` it in the end."""

    def __init__(self, engine: AsyncEngine, lobby: Lobby, runtime: Runtime) -> None:
        self._engine = engine
        self._lobby = lobby
        self._runtime = runtime
        self._count: asyncio.Task[Numbers] | None = None
        self._counted_at = 0.0

    async def numbers(self) -> Numbers:
        """Return the numbers, a few seconds old at most.

        Raises:
            SQLAlchemyError: the database cannot be asked.
        """
        now = asyncio.get_running_loop().time()
        count = self._count
        if count is None or (count.done() and now - self._counted_at >= _FRESH_S):
            self._counted_at = now
            count = self._count = asyncio.create_task(self._numbers(), name="statistics")
            count.add_done_callback(_note)
        # `wait` does not cancel the count when one of the requests that share it is cancelled.
        await asyncio.wait({count})
        return count.result()

    def close(self) -> None:
        """Count no further."""
        if self._count is not None:
            self._count.cancel()

    async def _numbers(self) -> Numbers:
        by_status = select(games.c.status, func.count()).group_by(games.c.status)
        registered = select(func.count()).select_from(accounts)
        async with one_moment(self._engine) as connection:
            stored = {row[0]: row[1] for row in await connection.execute(by_status)}
            players = (await connection.execute(registered)).scalar_one()
        phases: Counter[Phase] = Counter()
        people = bots = 0
        for table in self._lobby.tables.values():
            phases[table.phase] += 1
            if table.phase in (Phase.WAITING, Phase.PLAYING):
                seats = [seat for _, seat in table.seats.taken()]
                people += sum(seat.link is not None for seat in seats)
                bots += sum(not seat.is_person for seat in seats)
        tally = self._runtime.tally
        return Numbers(
            games_finished=stored.get(GameStatus.FINISHED.value, 0),
            games_abandoned=stored.get(GameStatus.ABANDONED.value, 0),
            players_registered=players,
            tables_waiting=phases[Phase.WAITING],
            tables_playing=phases[Phase.PLAYING],
            people_seated=people,
            bots_seated=bots,
            turns_played=tally.player_actions.count + tally.host_actions.count,
        )


def _note(count: asyncio.Task[Numbers]) -> None:
    """Fetch a count's exception, or asyncio would complain if all who asked have hung up."""
    if not count.cancelled():
        count.exception()
