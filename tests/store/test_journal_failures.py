"""The journal when the database fails, when nobody knows, and when a row is refused."""

import asyncio
import errno
import logging
from dataclasses import replace

import pytest
from databases import Database
from store_harness import (
    PATIENCE_S,
    EntryJournal,
    entries_of,
    in_thread,
    journal_on,
    opened,
    played_game,
    started,
    store_games,
    stored_game,
    with_token,
    writer_on,
)

from rachel.rules.actions import DRAW
from rachel_server.core.entries import ActionTaken, Entry, GameEnded, GameStatus, TokenChanged
from rachel_server.store import journal
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.rows import Rows


async def test_a_locked_database_only_delays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    game = played_game(1, turns=5)
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with journal_on(database.hasty_url) as journal:
        await journal.keep([game.start]).durable()
        journal.on_stall = heard.put_nowait
        with database.locked():
            later = journal.keep(game.actions)
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert not later.saved
        await later.durable()
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
        journal = EntryJournal(engine, scribe=in_thread(database.hasty_url))
        journal.on_stall = heard.put_nowait
        journal.start()
        with database.full():
            for game in games:
                last = journal.keep(entries_of(game))
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
            assert database.rows("SELECT * FROM games") == []
        await last.durable()
        for game in games:
            assert await stored_game(engine, game.start.game) == game
        await journal.close()
    assert "disk" in caplog.records[0].getMessage()


class Lines(logging.Handler):
    """What the journal logs, to wait for."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.put_nowait(record.getMessage())

    async def until(self, word: str) -> int:
        """Wait for a line with a word; return how many lines came without it before."""
        others = 0
        async with asyncio.timeout(PATIENCE_S):
            while word not in await self._lines.get():
                others += 1
        return others


async def test_every_new_reason_is_said_and_each_again_after_a_while(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, then others hold the lock, then the disk is full still."""
    lines = Lines()
    logging.getLogger(journal.__name__).addHandler(lines)
    try:
        async with journal_on(database.hasty_url, in_thread(database.hasty_url)) as saving:
            with database.full():
                for number in range(1, 6):
                    saving.keep(entries_of(played_game(number)))
                assert await lines.until("full") == 0
                with database.locked():
                    assert await lines.until("lock") == 0
                    monkeypatch.setattr(journal, "_SAY_AGAIN_S", 0.1)
                    assert await lines.until("lock") == 0
                await lines.until("full")
    finally:
        logging.getLogger(journal.__name__).removeHandler(lines)


async def test_a_database_that_vanished_only_delays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    heard: asyncio.Queue[bool] = asyncio.Queue()
    async with journal_on(database.hasty_url) as journal:
        journal.on_stall = heard.put_nowait
        with database.gone():
            later = journal.keep([started(1)])
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() is True
        await later.durable()
        assert heard.get_nowait() is False
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]


def test_writing_again_what_got_through_doubles_nothing(database: Database) -> None:
    games = [played_game(1), played_game(2, turns=7), played_game(3, turns=0)]
    batch = Rows()
    for game in games:
        for entry in entries_of(game):
            add_entry(batch, entry)
    writer = writer_on(database.hasty_url)
    writer.write(batch)
    assert writer.write_by_game(batch) == {}
    later = Rows()
    add_entry(later, GameEnded("GAME00000002", GameStatus.ABANDONED, (), 5.0))
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
    token = TokenChanged(game.start.game, 2, b"t" * 32)
    got_through: list[list[Entry]] = [
        [game.start, *game.actions[:8], token],
        [game.actions[8], replace(token, token_hash=b"u" * 32)],
    ]
    async with journal_on(url) as journal:
        for entries in got_through:
            await journal.keep(entries).durable()
    async with journal_on(url) as journal, opened(url) as engine:
        for entries in got_through:
            await journal.keep(entries).durable()
        await journal.keep(entries_of(game)[10:]).durable()
        assert journal.refused == []
        assert await stored_game(engine, game.start.game) == with_token(game, 2, b"u" * 32)
    assert not caplog.records


async def test_a_taken_turn_puts_out_its_game_alone(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    url = database.hasty_url
    bad, good = played_game(1), played_game(2)
    other = played_game(1, turns=3)
    await store_games(url, other)
    told: list[object] = []
    taken = ActionTaken(bad.start.game, 2, 0, DRAW, 1)
    tokens = [TokenChanged(it.start.game, 0, b"t" * 32) for it in (bad, good)]
    async with journal_on(url) as journal, opened(url) as engine:
        journal.on_refused = journal.on_saved = told.append
        await journal.keep(
            [good.start, taken, bad.actions[3], *tokens, *good.actions[:3]]
        ).durable()
        assert told == [bad.start.game, 8]
        await journal.keep([bad.actions[3], *entries_of(good)[4:]]).durable()
        await journal.keep([bad.actions[3], tokens[0]]).durable()
        assert await stored_game(engine, good.start.game) == with_token(good, 0, b"t" * 32)
        assert await stored_game(engine, bad.start.game) == other
        turns = len(good.actions)
        assert journal.commits == [1 + 4 + 1 + 3, turns - 3 + 1 + 4, 0]
        assert told == [bad.start.game, 8, 8 + turns - 1, 8 + turns + 1]
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
            journal.keep([ActionTaken(bad.start.game, 2, 0, DRAW, 1), good.actions[3]])
            async with asyncio.timeout(PATIENCE_S):
                await stalled.wait()
            behind = journal.keep([bad.actions[3], *good.actions[4:]])
        await behind.durable()
        assert len(journal.commits) == 2
        assert journal.refused == [bad.start.game]
        assert await stored_game(engine, good.start.game) == good
        assert await stored_game(engine, bad.start.game) == played_game(1, turns=3)


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
        await journal.keep([started(1)]).durable()
        await journal.keep([entry]).durable()
        assert journal.refused == [entry.game]
        await journal.keep([started(3)]).durable()
        await journal.keep([good.start, entry, *good.actions]).durable()
        assert journal.refused == [entry.game]
        assert await stored_game(engine, good.start.game) == good
    assert database.rows("SELECT count(*) FROM games") == [(3,)]


async def test_what_listeners_raise_stops_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    stalled = asyncio.Event()

    def fail(*told: object) -> None:
        if told == (True,):
            stalled.set()
        raise OSError(errno.EIO, "the listener's own trouble")

    async with journal_on(database.hasty_url) as journal:
        journal.on_stall = journal.on_refused = fail
        journal.on_saved = journal.on_commit = fail
        with database.locked():
            refused = journal.keep([ActionTaken("NOSUCHGAME00", 0, 0, DRAW, 1)])
            async with asyncio.timeout(PATIENCE_S):
                await stalled.wait()
        await refused.durable()
        await journal.keep([started(1)]).durable()
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]
    of_listeners = [record for record in caplog.records if record.exc_info is not None]
    # It fails and works again, refuses a game, and commits and saves twice.
    assert [record.getMessage() for record in of_listeners] == 7 * [
        "what the journal told could not be handled"
    ]
