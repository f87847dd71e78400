"""The journal when the database fails, when nobody knows, and when a row is refused."""

import asyncio
import errno
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
    store_games,
)

from rachel.rules.actions import DRAW
from rachel_server.core.entries import ActionTaken, GameEnded, GameStatus
from rachel_server.store.engine import create_blocking_engine
from rachel_server.store.journal import Journal
from rachel_server.store.rows import Rows
from rachel_server.store.writer import Writer


async def test_a_locked_database_only_delays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    game = played_game(1, turns=5)
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with journal_on(database.hasty_url) as journal:
        await durable(journal.append([game.start]))
        journal.on_stall = heard.put_nowait
        with database.locked():
            batch = journal.append(game.actions)
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert not batch.committed
        await durable(batch)
        assert heard.get_nowait() is False
        assert heard.empty()
    assert database.rows("SELECT turn FROM actions") == [(turn,) for turn in range(5)]
    said = caplog.records[0].getMessage()
    assert said.startswith("games cannot be saved; play waits: ")
    assert "lock" in said
    assert "\n" not in said
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


async def test_a_full_disk_only_delays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    games = [played_game(number) for number in range(1, 6)]
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with opened(database.hasty_url) as engine:
        journal = Journal(engine, on_stall=heard.put_nowait)
        journal.start()
        with database.full():
            for game in games:
                batch = journal.append(entries_of(game))
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert database.rows("SELECT * FROM games") == []
        await durable(batch)
        for game in games:
            assert await load_game(engine, game.start.game) == game
        await journal.close()
    assert "disk" in caplog.records[0].getMessage()


async def test_a_database_that_vanished_only_delays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with journal_on(database.hasty_url) as journal:
        journal.on_stall = heard.put_nowait
        with database.gone():
            batch = journal.append([started(1)])
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert journal.stalled
        await durable(batch)
        assert not journal.stalled
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]


def test_writing_again_what_got_through_doubles_nothing(database: Database) -> None:
    games = [played_game(1), played_game(2, turns=7), played_game(3, turns=0)]
    batch = Rows()
    for game in games:
        for entry in entries_of(game):
            batch.add(entry)
    writer = Writer(create_blocking_engine(database.hasty_url))
    writer.write(batch)
    assert writer.write_by_game(batch) == {}
    later = Rows()
    later.add(GameEnded("GAME00000002", GameStatus.ABANDONED, (), 5.0))
    writer.write(later)
    assert writer.write_by_game(later) == {}
    writer.close()
    count = "SELECT (SELECT count(*) FROM games), (SELECT count(*) FROM actions)"
    assert database.rows(count) == [(3, sum(len(game.actions) for game in games))]


async def test_a_commit_that_got_through_unheard_counts(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The rows are there when the journal tries; it must find them, and go on."""
    url = database.hasty_url
    game = played_game(1)
    await store_games(url, played_game(1, turns=8))
    async with journal_on(url) as journal, opened(url) as engine:
        batch = journal.append([game.start, *game.actions[:8]])
        await durable(batch)
        assert not batch.poisoned
        await durable(journal.append(entries_of(game)[9:]))
        assert await load_game(engine, game.start.game) == game
    assert not caplog.records


async def test_a_taken_turn_puts_out_its_game_alone(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    url = database.hasty_url
    bad, good = played_game(1), played_game(2)
    other = played_game(1, turns=3)
    await store_games(url, other)
    told: list[str] = []
    taken = ActionTaken(bad.start.game, 2, 0, DRAW, 1)
    async with journal_on(url) as journal, opened(url) as engine:
        journal.on_poisoned = told.append
        batch = journal.append([good.start, taken, bad.actions[3], *good.actions[:3]])
        batch.then(lambda: told.append("committed"))
        await durable(batch)
        assert told == [bad.start.game, "committed"]
        assert batch.poisoned == {bad.start.game}
        later = journal.append([bad.actions[4], *entries_of(good)[4:]])
        await durable(later)
        assert later.poisoned == {bad.start.game}
        only = journal.append([bad.actions[5]])
        await durable(only)
        assert only.poisoned == {bad.start.game}
        assert await load_game(engine, good.start.game) == good
        assert await load_game(engine, bad.start.game) == other
        assert journal.rows == 1 + len(good.start.seats) + len(good.actions) + 1 + 4
    assert told == [bad.start.game, "committed"]
    assert len(caplog.records) == 1
    assert "game GAME00000001 cannot be saved any further" in caplog.text


async def test_what_collects_behind_a_refused_row_is_left_out_too(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    url = database.hasty_url
    bad, good = played_game(1, turns=9), played_game(2, turns=9)
    await store_games(url, played_game(1, turns=3), played_game(2, turns=3))
    stalled = asyncio.Event()
    async with journal_on(url) as journal, opened(url) as engine:
        journal.on_stall = lambda _: stalled.set()
        with database.locked():
            first = journal.append([ActionTaken(bad.start.game, 2, 0, DRAW, 1), good.actions[3]])
            async with asyncio.timeout(PATIENCE_S):
                await stalled.wait()
            behind = journal.append([bad.actions[3], *good.actions[4:]])
            assert behind is not first
        await durable(behind)
        assert behind.poisoned == {bad.start.game}
        assert await load_game(engine, good.start.game) == good
        assert await load_game(engine, bad.start.game) == played_game(1, turns=3)


@pytest.mark.parametrize(
    "entry",
    [
        ActionTaken("NOSUCHGAME00", 0, 0, DRAW, 1),
        ActionTaken("GAME00000001", 0, 0, DRAW, 1 << 64),
        ActionTaken("GAME00000001", 1 << 70, 0, DRAW, 1),
        GameEnded("NOSUCHGAME00", GameStatus.FINISHED, (), 1.0),
        GameEnded("NOSUCHGAME00", GameStatus.FINISHED, (1, 0), 1.0),
    ],
)
async def test_refused_rows_do_not_block_the_others(
    database: Database, entry: ActionTaken | GameEnded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    good = played_game(2, turns=4)
    url = database.hasty_url
    async with journal_on(url) as journal, opened(url) as engine:
        await durable(journal.append([started(1)]))
        alone = journal.append([entry])
        await durable(alone)
        assert alone.poisoned == {entry.game}
        others = journal.append([started(3)])
        await durable(others)
        assert not others.poisoned
        together = journal.append([good.start, entry, *good.actions])
        await durable(together)
        assert together.poisoned == {entry.game}
        assert await load_game(engine, good.start.game) == good
    assert database.rows("SELECT count(*) FROM games") == [(3,)]


async def test_what_listeners_raise_stops_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    def fail(_: object) -> None:
        raise OSError(errno.EIO, "the listener's own trouble")

    async with journal_on(database.hasty_url) as journal:
        journal.on_stall = fail
        journal.on_poisoned = fail
        with database.locked():
            refused = journal.append([ActionTaken("NOSUCHGAME00", 0, 0, DRAW, 1)])
        await durable(refused)
        await durable(journal.append([started(1)]))
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]
