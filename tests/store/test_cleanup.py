"""What has had its time is deleted, in small steps; everything else stays."""

import asyncio
from dataclasses import replace

from accounts_harness import BROWSER, PASSWORD, Site
from databases import Database
from store_harness import PATIENCE_S, journal_on, opened, played_game, started

from rachel_server.core.entries import ABANDONED_KEPT_S, GameEnded, GameStatus
from rachel_server.store import cleanup
from rachel_server.store.cleanup import cleaning, delete_abandoned, sweeping

NOW = 1_800_000_000.0


async def abandon(database: Database, *numbers: int, at: float) -> None:
    """Store games that were given up at some time."""
    async with journal_on(database.url) as journal:
        for number in numbers:
            game = played_game(number, turns=3)
            end = GameEnded(game.start.game, GameStatus.ABANDONED, (), at)
            journal.keep([game.start, *game.actions, end])


async def test_games_given_up_long_ago_go_with_their_actions(database: Database) -> None:
    await abandon(database, 1, at=NOW - ABANDONED_KEPT_S)
    await abandon(database, 2, at=NOW - ABANDONED_KEPT_S + 1)
    over = played_game(3)
    assert over.end is not None
    async with journal_on(database.url) as journal:
        journal.keep([over.start, *over.actions, replace(over.end, at=1.0)])
        journal.keep([started(4)])
    async with opened(database.url) as engine:
        assert await delete_abandoned(sweeping(engine), NOW) == 1
        assert await delete_abandoned(sweeping(engine), NOW) == 0
    kept = database.rows("SELECT status FROM games ORDER BY status")
    assert kept == [("abandoned",), ("finished",), ("playing",)]
    gone = played_game(1).start.game
    for table in ("seats", "actions"):
        assert database.rows(f"SELECT * FROM {table} WHERE game = '{gone}'") == []


async def test_many_games_go_in_small_steps(database: Database) -> None:
    await abandon(database, *range(1, cleanup._GAMES_AT_ONCE + 8), at=1.0)
    async with opened(database.url) as engine:
        assert await delete_abandoned(sweeping(engine), NOW) == cleanup._GAMES_AT_ONCE + 7
    assert database.rows("SELECT * FROM games") == []


async def test_a_server_cleans_up_when_it_starts(site: Site) -> None:
    """The site's clock is ahead of the real one, which counts here."""
    ann = await site.account("Ann")
    await site.log_in("Ann")
    site.database.change("UPDATE sessions SET expires_at = 1.0")
    session = await site.accounts.sessions.log_in("Ann", PASSWORD, BROWSER)
    await abandon(site.database, 1, at=site.clock.now - ABANDONED_KEPT_S)
    async with cleaning(sweeping(site.engine), site.clock), asyncio.timeout(PATIENCE_S):
        while site.count("sessions") > 1 or site.count("games"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await site.accounts.sessions.find(session.token) == ann
