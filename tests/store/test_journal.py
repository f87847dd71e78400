"""The journal on a real SQLite file: order, groups, durability, closing."""

import asyncio
import logging

import pytest
from databases import Database
from store_harness import (
    PATIENCE_S,
    durable,
    entries_of,
    journal_on,
    load_game,
    opened,
    played_game,
    started,
)

from rachel.rules.actions import Play
from rachel_server.core.entries import ActionTaken, GameStatus
from rachel_server.store.journal import Batch, Journal


async def test_what_is_appended_is_stored(database: Database) -> None:
    url = database.hasty_url
    games = [
        played_game(1),
        played_game(2, seats=2),
        played_game(3, turns=9),
        played_game(4, turns=9, ended=GameStatus.ABANDONED),
        played_game(5, seats=8, turns=0),
    ]
    async with journal_on(url) as journal, opened(url) as engine:
        for game in games:
            for entry in entries_of(game):
                batch = journal.append([entry])
        await durable(batch)
        for game in games:
            assert await load_game(engine, game.start.game) == game


async def test_entries_of_one_moment_share_a_commit(database: Database) -> None:
    game = played_game(1, turns=20)
    async with journal_on(database.hasty_url) as journal:
        batches = {journal.append([entry]) for entry in entries_of(game)}
        await durable(batches.pop())
        assert not batches
        assert journal.commits == 1
        assert journal.rows == 1 + len(game.start.seats) + 20
        assert 0 < journal.last_commit_s == journal.total_commit_s


async def test_the_next_batch_collects_while_one_is_committed(database: Database) -> None:
    game = played_game(1, turns=6)
    async with journal_on(database.hasty_url) as journal:
        stalled = asyncio.Event()
        journal.on_stall = lambda _: stalled.set()
        with database.locked():
            first = journal.append([game.start])
            async with asyncio.timeout(PATIENCE_S):
                await stalled.wait()
            later = {journal.append([action]) for action in game.actions}
            assert first not in later
            assert not first.committed
        second = later.pop()
        assert not later
        await durable(second)
        assert first.committed
        assert journal.commits == 2
    assert database.rows("SELECT turn FROM actions") == [(turn,) for turn in range(6)]


async def test_callbacks_come_in_order_once_the_batch_is_durable(database: Database) -> None:
    game = played_game(1, turns=2)
    calls: list[str] = []

    def note(name: str, batch: Batch, query: str) -> None:
        assert batch.committed
        calls.append(f"{name} {database.rows(query)[0][0]}")

    count = "SELECT count(*) FROM actions"
    async with journal_on(database.hasty_url) as journal:
        first = journal.append([game.start])
        assert not first.committed
        first.then(lambda: note("a", first, count))
        first.then(lambda: first.then(lambda: note("c", first, count)))
        first.then(lambda: note("b", first, count))
        await durable(first)
        second = journal.append(game.actions)
        second.then(lambda: note("d", second, count))
        await durable(second)
        second.then(lambda: note("e", second, count))
        assert calls == ["a 0", "b 0", "c 0", "d 2", "e 2"]


async def test_an_exception_in_a_callback_stops_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    game = played_game(1, turns=1)
    async with journal_on(database.hasty_url) as journal:
        batch = journal.append([game.start])
        batch.then(lambda: [].pop())
        await durable(batch)
        batch.then(lambda: [].pop())
        await durable(journal.append(game.actions))
    assert [record.getMessage() for record in caplog.records] == 2 * [
        "a callback of the journal failed"
    ]


async def test_an_append_without_entries_waits_for_all_before_it(database: Database) -> None:
    game = played_game(1, turns=1)
    async with journal_on(database.hasty_url) as journal:
        assert journal.append([]).committed
        batch = journal.append([game.start])
        assert journal.append([]) is batch
        await durable(batch)
        assert journal.append([]) is batch
        assert journal.commits == 1


async def test_an_impossible_action_is_refused_with_all_that_came_with_it(
    database: Database,
) -> None:
    game = played_game(1, turns=1)
    async with journal_on(database.hasty_url) as journal:
        with pytest.raises(ValueError, match="0x01 is not a card"):
            journal.append([game.start, ActionTaken(game.start.game, 0, 0, Play((1,)), 0)])
        await durable(journal.append([started(2)]))
    assert database.rows("SELECT id FROM games") == [("GAME00000002",)]


async def test_closing_commits_what_is_pending(database: Database) -> None:
    game = played_game(1, turns=30)
    async with opened(database.hasty_url) as engine:
        journal = Journal(engine)
        journal.start()
        await durable(journal.append([game.start]))
        batch = journal.append(game.actions)
        called = []
        batch.then(lambda: called.append(True))
        await journal.close()
        assert batch.committed
        assert called
        with pytest.raises(RuntimeError, match="closed"):
            journal.append([started(2)])
    assert database.rows("SELECT count(*) FROM actions") == [(30,)]


async def test_what_came_before_the_start_is_committed(database: Database) -> None:
    async with opened(database.hasty_url) as engine:
        journal = Journal(engine)
        batch = journal.append([started(1)])
        await journal.close()
        assert batch.committed


async def test_closing_can_give_up_on_a_database_that_fails(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    called: list[bool] = []
    async with opened(database.hasty_url) as engine:
        journal = Journal(engine)
        journal.start()
        with database.locked():
            batch = journal.append([started(1)])
            batch.then(lambda: called.append(True))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(journal.close(), 0.3)
    assert not batch.committed
    assert not called
    assert database.rows("SELECT id FROM games") == []
