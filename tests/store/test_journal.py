"""The journal on a database that works: order, groups, durability, leases, closing."""

import asyncio
import logging

import pytest
from databases import Database
from store_harness import (
    PATIENCE_S,
    EntryJournal,
    entries_of,
    journal_on,
    opened,
    played_game,
    started,
    stored_game,
    with_token,
)

from rachel.rules.actions import DRAW, Play
from rachel_server.core.entries import ActionTaken, GameStatus, TokenChanged
from rachel_server.store.games import load_running


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
                last = journal.keep([entry])
        await last.durable()
        for game in games:
            assert await stored_game(engine, game.start.game) == game


async def test_a_new_token_takes_the_place_of_the_one_before(database: Database) -> None:
    url = database.hasty_url
    game, other = played_game(1, turns=3), played_game(2, turns=3)
    first, second, third = (
        TokenChanged(game.start.game, 1, bytes([number]) * 32) for number in (7, 8, 9)
    )
    async with journal_on(url) as journal, opened(url) as engine:
        journal.keep([*entries_of(game), *entries_of(other)])
        for _ in "twice":
            await journal.keep([first]).durable()
            assert await load_running(engine) == [with_token(game, 1, first.token_hash), other]
        await journal.keep([second, third]).durable()
        assert await load_running(engine) == [with_token(game, 1, third.token_hash), other]
        assert journal.refused == []


async def test_entries_of_one_moment_share_a_commit(database: Database) -> None:
    game = played_game(1, turns=20)
    commits: list[tuple[int, float]] = []
    async with journal_on(database.hasty_url) as journal:
        journal.on_commit = lambda *commit: commits.append(commit)
        for entry in entries_of(game):
            last = journal.keep([entry])
        await last.durable()
    ((rows, seconds),) = commits
    assert rows == 1 + len(game.start.seats) + 20
    assert seconds > 0


async def test_the_next_batch_collects_while_one_is_committed(database: Database) -> None:
    game = played_game(1, turns=6)
    async with journal_on(database.hasty_url) as journal:
        stalled = asyncio.Event()
        journal.on_stall = lambda _: stalled.set()
        with database.locked():
            first = journal.keep([game.start])
            async with asyncio.timeout(PATIENCE_S):
                await stalled.wait()
            for action in game.actions:
                last = journal.keep([action])
            assert not first.saved
        await last.durable()
        assert first.saved
        assert journal.commits == [1 + len(game.start.seats), 6]
    assert database.rows("SELECT turn FROM actions") == [(turn,) for turn in range(6)]


async def test_what_is_called_saved_is_durable(database: Database) -> None:
    game = played_game(1, turns=2)
    count = "SELECT (SELECT count(*) FROM games), (SELECT count(*) FROM actions)"
    told: list[tuple[object, ...]] = []
    async with journal_on(database.hasty_url) as journal:
        journal.on_saved = lambda last: told.append((last, journal.saved, *database.rows(count)))
        assert not journal.keep([game.start]).saved
        await journal.until_saved(1)
        await journal.keep(game.actions).durable()
    assert told == [(1, 1, (1, 0)), (3, 3, (1, 2))]


async def test_everybody_who_waits_hears_when_their_records_are_durable(database: Database) -> None:
    game = played_game(1, turns=3)

    async def saved_after(sequence: int) -> int:
        await journal.until_saved(sequence)
        return journal.saved

    async with journal_on(database.hasty_url) as journal, asyncio.timeout(PATIENCE_S):
        stalled = asyncio.Event()
        journal.on_stall = lambda _: stalled.set()
        await journal.until_saved(0)
        with database.locked():
            journal.keep([game.start])
            await stalled.wait()
            journal.keep(game.actions)
            waits = [asyncio.create_task(saved_after(sequence)) for sequence in (1, 1, 2, 4, 4)]
            done, _ = await asyncio.wait(waits, timeout=0)
            assert not done
            waits[1].cancel()
            waits[3].cancel()
        heard = await asyncio.gather(*waits, return_exceptions=True)
        assert [heard[0], heard[2], heard[4]] == [1, 4, 4]
        assert waits[1].cancelled()
        assert waits[3].cancelled()
        assert await saved_after(3) == 4


async def test_records_of_an_older_lease_are_left_out(database: Database) -> None:
    url = database.hasty_url
    game, other = played_game(1, turns=6), played_game(2, turns=6)
    stale = ActionTaken(game.start.game, 2, 0, DRAW, 1)
    async with journal_on(url) as journal, opened(url) as engine:
        journal.keep([game.start, *game.actions[:2]], epoch=1)
        journal.fence(game.start.game, 2)
        journal.keep([stale, *entries_of(other)], epoch=1)
        journal.keep(game.actions[2:4], epoch=2)
        journal.keep(game.actions[4:], epoch=3)
        await journal.keep([stale], epoch=1).durable()
        assert await load_running(engine) == [game, other]
        await journal.keep([stale], epoch=1).durable()
        assert journal.refused == []


async def test_an_impossible_action_is_refused_with_all_that_came_with_it(
    database: Database,
) -> None:
    game = played_game(1, turns=1)
    async with journal_on(database.hasty_url) as journal:
        with pytest.raises(ValueError, match="0x01 is not a card"):
            journal.keep([game.start, ActionTaken(game.start.game, 0, 0, Play((1,)), 0)])
        await journal.keep([started(2)]).durable()
    assert database.rows("SELECT id FROM games") == [("GAME00000002",)]


async def test_closing_commits_what_is_pending(database: Database) -> None:
    game = played_game(1, turns=30)
    told: list[int] = []
    async with opened(database.hasty_url) as engine:
        journal = EntryJournal(engine)
        journal.on_saved = told.append
        journal.start()
        await journal.keep([game.start]).durable()
        journal.keep(game.actions)
        await journal.close()
        assert told == [1, 31]
        with pytest.raises(RuntimeError, match="closed"):
            journal.keep([started(2)])
    assert database.rows("SELECT count(*) FROM actions") == [(30,)]


async def test_what_came_before_the_start_is_committed(database: Database) -> None:
    async with opened(database.hasty_url) as engine:
        journal = EntryJournal(engine)
        early = journal.keep([started(1)])
        await journal.close()
        assert early.saved
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]


async def test_closing_can_give_up_on_a_database_that_fails(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    told: list[int] = []
    async with opened(database.hasty_url) as engine:
        journal = EntryJournal(engine)
        journal.on_saved = told.append
        journal.start()
        with database.locked():
            lost = journal.keep([started(1)])
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(journal.close(), 0.3)
    assert not lost.saved
    assert told == []
    assert database.rows("SELECT id FROM games") == []
