"""The journal when PostgreSQL is killed, stands still, or loses a connection over a COMMIT."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from typing import Literal

import pytest
from postgres_proxy import PostgresProxy
from postgres_server import PostgresServer, postgres_server
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

from rachel_server.store.journal import Journal
from rachel_server.store.migrate import upgrade
from rachel_server.store.server_lock import DatabaseInUse, no_server


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    """Run a PostgreSQL that may be killed, as durable as a host's own."""
    with postgres_server(durable=True) as server:
        yield server


@pytest.fixture
def url(mortal: PostgresServer) -> Iterator[str]:
    with mortal.database() as name:
        upgrade(mortal.url(name))
        yield mortal.url(name)


@pytest.fixture(autouse=True)
def _expected_trouble(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def journal_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "journal" in thread.name]


async def test_what_was_durable_outlives_a_kill_and_the_rest_waits_for_the_restart(
    mortal: PostgresServer, url: str
) -> None:
    games = [played_game(number) for number in range(1, 6)]
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with journal_on(url) as journal:
        journal.on_stall = heard.put_nowait
        for game in games:
            first = journal.append([game.start, *game.actions[:5]])
        await durable(first)
        await asyncio.to_thread(mortal.kill)
        batches = []
        for turn in range(5, 10):
            batches.append(journal.append([game.actions[turn] for game in games]))
            async with asyncio.timeout(PATIENCE_S):
                if turn == 5:
                    assert await heard.get() is True
        for game in games:
            batches.append(journal.append(entries_of(game)[11:]))
        assert not any(batch.committed for batch in batches)
        await asyncio.to_thread(mortal.start)
        await durable(batches[-1])
        assert heard.get_nowait() is False
        assert heard.empty()
        assert not any(batch.poisoned for batch in batches)
    async with opened(url) as engine:
        for game in games:
            assert await load_game(engine, game.start.game) == game


async def test_a_database_that_stands_still_has_failed(
    mortal: PostgresServer, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    game = played_game(1)
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with opened(url) as engine:
        journal = Journal(engine, hang_s=0.3, on_stall=heard.put_nowait)
        journal.start()
        await durable(journal.append([game.start]))
        mortal.freeze()
        try:
            batch = journal.append(entries_of(game)[1:])
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert not batch.committed
        finally:
            mortal.thaw()
        await durable(batch)
        assert not batch.poisoned
        assert heard.get_nowait() is False
        assert await load_game(engine, game.start.game) == game
        await journal.close()
    assert caplog.messages == ["games cannot be saved; play waits: the database does not answer"]


async def test_giving_up_on_a_database_that_stands_still_leaves_no_thread_behind(
    mortal: PostgresServer, url: str
) -> None:
    async with opened(url) as engine:
        journal = Journal(engine)
        journal.start()
        await durable(journal.append([started(1)]))
        before = journal_threads()
        mortal.freeze()
        try:
            journal.append([started(2)])
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(journal.close(), 0.3)
            deadline = time.monotonic() + PATIENCE_S
            while len(journal_threads()) == len(before):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)
        finally:
            mortal.thaw()


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_connection_lost_over_a_commit_loses_and_doubles_nothing(
    mortal: PostgresServer, url: str, cut: Literal["before", "after"]
) -> None:
    games = [played_game(number) for number in range(1, 4)]
    stalls: list[bool] = []
    with PostgresProxy(mortal.port) as proxy:
        async with journal_on(url.replace(f":{mortal.port}/", f":{proxy.port}/")) as journal:
            journal.on_stall = stalls.append
            for game in games:
                journal.append([game.start])
            await durable(journal.append([]))
            for first, last in ((0, 5), (5, 6), (6, 400)):
                proxy.cut = cut
                for game in games:
                    batch = journal.append(entries_of(game)[1:][first:last])
                await durable(batch)
                assert proxy.cut is None
                assert not batch.poisoned
    assert stalls == [True, False] * 3
    async with opened(url) as engine:
        for game in games:
            assert await load_game(engine, game.start.game) == game


async def test_there_is_one_journal_to_a_database(url: str) -> None:
    async with opened(url) as engine:
        first, second = Journal(engine), Journal(engine)
        await first.open()
        with pytest.raises(DatabaseInUse, match="another server is running on postgresql://"):
            await second.open()
        await second.close()
        await first.close()
        third = Journal(engine)
        await third.open()
        await third.close()


async def test_a_journal_that_lost_its_place_to_another_writes_nothing(
    mortal: PostgresServer, url: str
) -> None:
    name = url.rpartition("/")[2]
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with journal_on(url) as journal:
        await durable(journal.append([started(1)]))
        journal.on_stall = heard.put_nowait
        mortal.execute(
            name, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )
        with no_server(url):
            batch = journal.append([started(2)])
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert mortal.execute(name, "SELECT count(*) FROM games") == [(1,)]
        await durable(batch)
    assert mortal.execute(name, "SELECT count(*) FROM games") == [(2,)]
