"""Batches that are sent behind one that is being written: in order, and never without it."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from databases import Database, SqliteDatabase
from store_harness import (
    PATIENCE_S,
    EntryJournal,
    Kept,
    entries_of,
    in_thread,
    journal_on,
    opened,
    played_game,
    scribe_on,
    store_games,
    stored_game,
)

from rachel.rules.actions import DRAW
from rachel_server.core.entries import ActionTaken, Entry
from rachel_server.store import journal
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.process_scribe import ProcessScribe
from rachel_server.store.refusal import BadRow, NotWritten
from rachel_server.store.rows import Rows
from rachel_server.store.scribe import Scribe
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.sqlite_ready import prepare


@pytest.fixture
def sqlite_database(tmp_path: Path) -> SqliteDatabase:
    prepare(tmp_path / DATABASE_FILE)
    return SqliteDatabase(tmp_path)


async def sent_one_behind_the_other(
    saving: EntryJournal, *batches: Sequence[Entry]
) -> tuple[Kept, ...]:
    """Keep batches, each as soon as the one before is in the scribe's hands."""
    kept = []
    for batch in batches:
        kept.append(saving.keep(batch))
        await asyncio.sleep(0)  # an idle journal writes with the next turn of the loop
    return tuple(kept)


def rows_of(*entries: Entry) -> Rows:
    rows = Rows()
    for entry in entries:
        add_entry(rows, entry)
    return rows


async def written(scribe: Scribe, *batches: Rows) -> list[BaseException | None]:
    """Write batches, each sent behind the one before; return what came of each, in order."""
    heard: asyncio.Queue[tuple[int, BaseException | None]] = asyncio.Queue()

    def done(number: int) -> Callable[[BaseException | None], None]:
        return lambda failure: heard.put_nowait((number, failure))

    for number, rows in enumerate(batches):
        scribe.write(rows, done(number), behind=number > 0)
    async with asyncio.timeout(PATIENCE_S):
        came = [await heard.get() for _ in batches]
    assert [number for number, _ in came] == list(range(len(batches)))
    return [failure for _, failure in came]


async def test_as_many_rows_as_are_being_written_go_behind_them(database: Database) -> None:
    game = played_game(1, turns=20)
    async with journal_on(database.hasty_url) as saving, opened(database.url) as engine:
        await saving.keep([game.start]).durable()
        first, second, third = game.actions[:6], game.actions[6:12], game.actions[12:]
        kept = await sent_one_behind_the_other(saving, first, second, third)
        await kept[-1].durable()
        assert saving.commits[1:] == [6, 6, 8]
        assert await stored_game(engine, game.start.game) == game


@pytest.mark.parametrize(("being_written", "behind"), [(6, 5), (1, 3)])
async def test_fewer_rows_than_are_worth_it_wait_for_more(
    database: Database, being_written: int, behind: int
) -> None:
    game = played_game(1, turns=20)
    async with journal_on(database.hasty_url) as saving:
        await saving.keep([game.start]).durable()
        ends = (being_written, being_written + behind)
        parts = game.actions[: ends[0]], game.actions[ends[0] : ends[1]], game.actions[ends[1] :]
        kept = await sent_one_behind_the_other(saving, *parts)
        await kept[-1].durable()
        assert saving.commits[1:] == [being_written, 20 - being_written]


async def test_what_is_behind_a_failure_is_written_after_it(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    game = played_game(1, turns=18)
    stalls: list[bool] = []
    stalled = asyncio.Event()

    def hear(stall: bool) -> None:
        stalls.append(stall)
        stalled.set()

    async with journal_on(database.hasty_url) as saving, opened(database.url) as engine:
        await saving.keep([game.start]).durable()
        saving.on_stall = hear
        with database.locked():
            kept = await sent_one_behind_the_other(saving, game.actions[:6], game.actions[6:12])
            async with asyncio.timeout(PATIENCE_S):
                await stalled.wait()
            last = saving.keep(game.actions[12:])
            assert not any(it.saved for it in kept)
        await last.durable()
        assert saving.commits[1:] == [6, 6, 6]
        assert await stored_game(engine, game.start.game) == game
    assert stalls == [True, False]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


@pytest.mark.parametrize("make", [scribe_on, in_thread])
async def test_behind_a_refused_row_nothing_is_written(
    database: Database, make: Callable[[str], Scribe]
) -> None:
    game, other = played_game(1, turns=8), played_game(2, turns=8)
    await store_games(database.hasty_url, played_game(1, turns=4), played_game(2, turns=0))
    scribe = make(database.hasty_url)
    bad, good = rows_of(game.actions[3]), rows_of(*other.actions[:4])
    refused, left, left_too = await written(scribe, bad, good, rows_of(*other.actions[4:]))
    assert isinstance(refused, BadRow)
    assert isinstance(left, NotWritten)
    assert isinstance(left_too, NotWritten)
    assert await written(scribe, good, rows_of(*other.actions[4:])) == [None, None]
    await scribe.close()
    of_other = f"SELECT turn FROM actions WHERE game = '{other.start.game}'"
    assert database.rows(of_other) == [(turn,) for turn in range(8)]


async def test_a_refused_game_is_taken_out_of_what_is_behind(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    bad, good = played_game(1, turns=9), played_game(2, turns=9)
    await store_games(database.hasty_url, played_game(1, turns=3), played_game(2, turns=3))
    taken = ActionTaken(bad.start.game, 2, 0, DRAW, 1)
    async with journal_on(database.hasty_url) as saving, opened(database.url) as engine:
        parts: list[list[Entry]] = [
            [taken, *good.actions[3:5]],
            [bad.actions[3], *good.actions[5:8]],
            [bad.actions[4], *good.actions[8:]],
        ]
        kept = await sent_one_behind_the_other(saving, *parts)
        await kept[-1].durable()
        assert saving.refused == [bad.start.game]
        assert await stored_game(engine, good.start.game) == good
        assert await stored_game(engine, bad.start.game) == played_game(1, turns=3)


async def test_two_commits_that_got_through_unheard_count(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Both batches are in the database already when the journal writes them."""
    game = played_game(1)
    entries = entries_of(game)
    first, second, rest = entries[:4], entries[4:13], entries[13:]
    url = database.hasty_url
    async with journal_on(url) as saving:
        await saving.keep(first).durable()
        await saving.keep(second).durable()
    async with journal_on(url) as saving, opened(url) as engine:
        kept = await sent_one_behind_the_other(saving, first, second, rest)
        await kept[-1].durable()
        assert saving.refused == []
        assert await stored_game(engine, game.start.game) == game
    assert not caplog.records


@pytest.mark.parametrize("kill_s", [0.0, 0.0005, 0.001, 0.003])
async def test_a_process_that_is_killed_loses_neither(
    sqlite_database: SqliteDatabase, kill_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    games = [played_game(number) for number in range(1, 9)]
    scribe = ProcessScribe(sqlite_database.data_dir / DATABASE_FILE)
    url = sqlite_database.url
    async with journal_on(url, scribe) as saving, opened(url) as engine:
        for game in games:
            await saving.keep([game.start]).durable()
            said = game.actions
            kept = await sent_one_behind_the_other(saving, said[:8], said[8:16], said[16:24])
            await asyncio.sleep(kill_s)  # some moment of the commits, a different one each time
            assert scribe.pid is not None
            os.kill(scribe.pid, signal.SIGKILL)
            later = saving.keep(entries_of(game)[25:])
            await later.durable()
            assert all(it.saved for it in kept)
        assert saving.refused == []
        assert [await stored_game(engine, game.start.game) for game in games] == games


async def test_a_process_that_hangs_over_the_second_is_killed(
    sqlite_database: SqliteDatabase,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(journal, "_HANG_S_PER_ROW", 0.0)
    first, *others = (played_game(number) for number in range(1, 30))
    scribe = ProcessScribe(sqlite_database.data_dir / DATABASE_FILE)
    async with opened(sqlite_database.url) as engine:
        saving = EntryJournal(engine, scribe=scribe, hang_s=0.3)
        await saving.open()
        hung = scribe.pid
        assert hung is not None
        saving.start()
        saving.on_saved = lambda last: os.kill(hung, signal.SIGSTOP) if last == 1 else None
        many = [entry for game in others for entry in entries_of(game)]
        kept = await sent_one_behind_the_other(saving, [first.start], many)
        await kept[-1].durable()
        assert scribe.pid != hung
        assert [await stored_game(engine, game.start.game) for game in others] == others
        await saving.close()
    assert "the database does not answer" in caplog.records[0].getMessage()


async def test_nothing_is_written_behind_what_waits_for_a_process(
    sqlite_database: SqliteDatabase,
) -> None:
    """Nor is it told before the one that it is behind."""
    game = played_game(1, turns=8)
    scribe = ProcessScribe(sqlite_database.data_dir / DATABASE_FILE)
    first, behind = rows_of(game.start, *game.actions[:4]), rows_of(*game.actions[4:])
    came = await written(scribe, first, behind)
    assert came[0] is None
    assert isinstance(came[1], NotWritten)
    assert await written(scribe, behind) == [None]
    await scribe.close()
    assert sqlite_database.rows("SELECT count(*) FROM actions") == [(8,)]
