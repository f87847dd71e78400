"""Games come back from the journal: all at a start, one after its table broke off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from databases import Database
from sqlalchemy.ext.asyncio import AsyncEngine
from store_harness import (
    PATIENCE_S,
    EntryJournal,
    games_on,
    journal_on,
    opened,
    played_game,
    store_games,
    stored_game,
)

from rachel.rules.actions import DRAW
from rachel_server.core.entries import ActionTaken, Record
from rachel_server.store.games import load_game, load_running
from rachel_server.store.recovery import Recovery

GAME = played_game(1, turns=6)
ID = GAME.start.game
STATUS = f"SELECT status, quarantine_reason FROM games WHERE id = '{ID}'"

Heard = list[tuple[object, ...]]


class ToldRecovery(Recovery):
    """A recovery that keeps what it tells.

    Attributes:
        engine: for the database.
        journal: where its records go.
        told: games restored and their leases, games set aside and why, in order.
    """

    def __init__(self, engine: AsyncEngine, journal: EntryJournal) -> None:
        super().__init__(games_on(engine), journal)
        self.engine = engine
        self.journal = journal
        self.told: list[tuple[object, ...]] = []
        self.on_restored = lambda *restored: self.told.append(restored)
        self.on_set_aside = lambda *aside: self.told.append(aside)

    async def settle(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await super().settle()


@asynccontextmanager
async def recovery_on(url: str) -> AsyncIterator[ToldRecovery]:
    """Run a journal and its recovery."""
    async with opened(url) as engine, journal_on(url) as journal:
        yield ToldRecovery(engine, journal)


async def stalled(journal: EntryJournal) -> None:
    """Wait until saving fails."""
    failing = asyncio.Event()
    journal.on_stall = lambda _: failing.set()
    async with asyncio.timeout(PATIENCE_S):
        await failing.wait()


async def test_all_games_that_run_come_back_at_a_start(database: Database) -> None:
    another = played_game(3, turns=0)
    await store_games(database.url, another, played_game(2), GAME)
    async with recovery_on(database.url) as recovery:
        assert await recovery.bring_back_all(float("inf")) == 2
        assert recovery.told == [(GAME, None), (another, None)]


async def test_a_broken_game_comes_back_with_the_records_before(database: Database) -> None:
    before = played_game(1, turns=2)
    await store_games(database.url, before)
    async with recovery_on(database.hasty_url) as recovery:
        with database.locked():
            recovery.journal.keep(GAME.actions[2:4])
            await stalled(recovery.journal)
            recovery.journal.keep(GAME.actions[4:])
            recovery.bring_back(ID, epoch=3, after=4)
            assert await load_game(recovery.engine, ID) == before
            assert recovery.told == []
        await recovery.settle()
        assert recovery.told == [(GAME, 3)]


async def test_the_lease_that_broke_off_writes_no_more(database: Database) -> None:
    await store_games(database.url, played_game(1, turns=4))
    async with recovery_on(database.url) as recovery:
        recovery.bring_back(ID, epoch=2, after=0)
        recovery.append([Record(1, 1, ActionTaken(ID, 4, 0, DRAW, 1))])
        recovery.append([Record(2, 2, GAME.actions[4]), Record(3, 2, GAME.actions[5])])
        await recovery.journal.until_saved(3)
        assert await load_running(recovery.engine) == [GAME]
        await recovery.settle()


async def test_a_broken_game_that_cannot_be_read_is_set_aside(database: Database) -> None:
    good = played_game(2, turns=3)
    await store_games(database.url, GAME, good)
    database.change(f"UPDATE actions SET action = '?' WHERE game = '{ID}' AND turn = 4")
    async with recovery_on(database.url) as recovery:
        recovery.bring_back(ID, epoch=2, after=0)
        await recovery.settle()
        ((game, why),) = recovery.told
        assert (game, str(why)[:27]) == (ID, "it cannot be read: turn 4: ")
        recovery.put_aside(ID, str(why))
        await recovery.settle()
        assert await load_running(recovery.engine) == [good]
    ((status, why),) = database.rows(STATUS)
    assert status == "quarantined"
    assert "turn 4: '?' is not a card" in why


async def test_a_database_that_fails_costs_the_table_and_not_the_game(database: Database) -> None:
    await store_games(database.url, GAME)
    async with recovery_on(database.url) as recovery:
        with database.gone():
            recovery.bring_back(ID, epoch=2, after=0)
            await recovery.settle()
        ((game, why),) = recovery.told
        assert game == ID
        assert str(why).startswith("it cannot be read: ")
        assert await load_running(recovery.engine) == [GAME]


async def test_a_game_that_is_put_aside_runs_no_more(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    over = played_game(2)
    await store_games(database.url, GAME, over)
    async with recovery_on(database.url) as recovery:
        recovery.put_aside(ID, "turn 3: the state hash differs")
        recovery.put_aside(over.start.game, "it is over")
        await recovery.settle()
        assert await load_running(recovery.engine) == []
        assert await stored_game(recovery.engine, over.start.game) == over
    assert database.rows(STATUS) == [("quarantined", "turn 3: the state hash differs")]
    assert caplog.messages[0] == f"game {ID} is set aside: turn 3: the state hash differs"


async def test_a_game_that_cannot_be_put_aside_is_logged_and_stops_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await store_games(database.url, GAME)
    async with recovery_on(database.url) as recovery:
        with database.gone():
            recovery.put_aside(ID, "it is strange")
            await recovery.settle()
        assert caplog.messages[1:] == ["a game could be neither brought back nor set aside"]
        recovery.bring_back(ID, epoch=2, after=0)
        await recovery.settle()
        assert recovery.told == [(GAME, 2)]


async def test_waiting_for_a_database_that_fails_can_be_given_up(database: Database) -> None:
    await store_games(database.url, played_game(1, turns=2))
    async with recovery_on(database.hasty_url) as recovery:
        with database.locked():
            kept = recovery.journal.keep(GAME.actions[2:])
            recovery.bring_back(ID, epoch=2, after=4)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(recovery.settle(), 0.1)
        await kept.durable()
        await recovery.settle()
        assert recovery.told == []
