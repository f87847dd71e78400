"""What the store answers about games."""

import math
import os
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from databases import Database, PostgresDatabase, SqliteDatabase
from postgres_server import PostgresServer
from store_harness import journal_on, opened, played_game, store_games, stored_game

from rachel_server.core.entries import GameStatus
from rachel_server.core.house import House
from rachel_server.core.table_settings import TableSettings
from rachel_server.store.games import (
    find_games,
    list_games,
    load_game,
    load_running,
    public_results,
    quarantine,
)
from rachel_server.store.migrate import upgrade
from rachel_server.store.ready import make_ready
from rachel_server.store.records import load_record_text
from rachel_server.store.refusal import UnreadableGame
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.sqlite_games import SqliteGames


async def test_running_games_come_back_whole_and_the_oldest_first(database: Database) -> None:
    url = database.url
    running = [played_game(2, turns=30), played_game(5, turns=0), played_game(7, turns=11)]
    over = [played_game(1), played_game(3, turns=4, ended=GameStatus.ABANDONED)]
    await store_games(url, running[2], over[0], running[1], over[1], running[0])
    async with opened(url) as engine:
        assert await load_running(engine) == running
        assert over[0].end is not None
        ended_at = over[0].end.at
        with_ended = [*running, replace(over[0], end=None)]
        lately = await load_running(engine, ended_since=ended_at)
        assert sorted(lately, key=repr) == sorted(with_ended, key=repr)
        assert await load_running(engine, ended_since=ended_at + 1) == running


async def test_nothing_runs_in_a_new_store(database: Database) -> None:
    async with opened(database.url) as engine:
        assert await load_running(engine) == []
        assert await list_games(engine) == []
        assert await find_games(engine, "ABCD") == []
        assert await load_game(engine, "GAME00000001") is None


async def test_a_quarantined_game_runs_no_more_and_says_why(database: Database) -> None:
    url = database.url
    bad, good, over = played_game(1, turns=9), played_game(2, turns=9), played_game(3)
    await store_games(url, bad, good, over)
    async with opened(url) as engine:
        await quarantine(engine, bad.start.game, "turn 3: the state hash differs")
        await quarantine(engine, over.start.game, "never: it is over")
        await quarantine(engine, "NOSUCHGAME00", "never: it does not exist")
        assert await load_running(engine) == [good]
        set_aside = replace(bad, status=GameStatus.QUARANTINED)
        assert await stored_game(engine, bad.start.game) == set_aside
        assert await stored_game(engine, over.start.game) == over
    assert database.rows("SELECT id, quarantine_reason FROM games WHERE status='quarantined'") == [
        (bad.start.game, "turn 3: the state hash differs")
    ]


async def test_an_unreadable_game_costs_the_others_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    url = database.url
    bad, good = played_game(1, turns=9), played_game(2, turns=9)
    await store_games(url, bad, good)
    database.change(f"UPDATE actions SET action='?' WHERE game='{bad.start.game}' AND turn=4")
    async with opened(url) as engine:
        assert await load_game(engine, good.start.game) == good
        with pytest.raises(UnreadableGame, match="turn 4"):
            await load_game(engine, bad.start.game)
        assert caplog.messages == []
        assert await load_running(engine) == [good]
        assert await load_game(engine, bad.start.game) is None
        statuses = {game.game: game.status for game in await list_games(engine)}
    assert statuses == {
        bad.start.game: GameStatus.QUARANTINED,
        good.start.game: GameStatus.PLAYING,
    }
    (said,) = caplog.messages
    assert said.startswith("game GAME00000001 is set aside: turn 4: '?' is not a card")


async def test_the_list_tells_all_but_the_secrets(database: Database) -> None:
    url = database.url
    games = [
        played_game(1),
        played_game(2, turns=12, seats=2),
        played_game(3, turns=0),
        played_game(4, turns=6, ended=GameStatus.ABANDONED),
    ]
    await store_games(url, *games)
    async with opened(url) as engine:
        listed = await list_games(engine)
    assert [summary.game for summary in listed] == [game.start.game for game in reversed(games)]
    for summary, game in zip(reversed(listed), games, strict=True):
        start, end = game.start, game.end
        assert (summary.game_id, summary.room) == (start.game_id, start.room)
        assert summary.status is game.status
        assert summary.turns == len(game.actions)
        assert [(seat.name, seat.bot_level) for seat in summary.seats] == [
            (seat.name, seat.bot_level) for seat in start.seats
        ]
        assert summary.places == (end.places if end else ())
        assert (summary.started_at, summary.finished_at) == (start.at, end.at if end else None)
        told = repr(summary)
        assert str(start.seed) not in told
        assert start.nonce.hex() not in told
        assert repr(start.nonce) not in told


async def test_a_game_goes_by_its_id_its_room_and_its_id_on_the_wire(database: Database) -> None:
    url = database.url
    await store_games(
        url,
        played_game(1, turns=1),
        played_game(2, turns=1, room="65532"),
        played_game(3, turns=1, room="XYZ"),
        played_game(4, turns=1),
    )
    async with opened(url) as engine:

        async def found(name: str) -> list[int]:
            return [int(game.game.removeprefix("GAME")) for game in await find_games(engine, name)]

        assert await found("GAME00000003") == [3]
        assert await found("game00000003") == []
        assert await found("xyz") == [3]
        assert await found("ABCD") == [4, 1]
        assert await found("65531") == [4]
        assert await found("65532") == [3, 2]
        assert await found("9" * 30) == []
        assert await found("²") == []


async def test_readers_see_games_while_the_journal_writes(database: Database) -> None:
    url = database.url
    game = played_game(1, turns=8)
    await store_games(url, game)
    async with journal_on(url) as journal, opened(url) as engine:
        journal.keep([played_game(2).start])
        assert await load_game(engine, game.start.game) == game


BAD_ROWS = [
    *("UPDATE games SET seed = seed + 1 WHERE id = ?", "DELETE FROM seats WHERE seat=1 AND game=?"),
    "UPDATE actions SET action = '' WHERE turn = 4 AND game = ?",
]
BAD_COLUMNS = {
    "games": "game_id room seed nonce commitment turn_time_s bot_level started_at",
    "seats": "seat name bot_level token_hash platform look account place",
    "actions": "turn seat action state_hash",
}
# Only SQLite stores these, in any column.
BAD_VALUES = ["'abc'", "x'ff'", "CAST(x'ff' AS TEXT)", "1e400"]


@pytest.mark.parametrize("statement", BAD_ROWS)
async def test_a_row_that_makes_no_sense_costs_one_game(database: Database, statement: str) -> None:
    bad, good = played_game(1, turns=9), played_game(2, turns=9)
    await store_games(database.url, bad, good)
    database.change(statement.replace("?", f"'{bad.start.game}'"))
    async with opened(database.url) as engine:
        assert await load_running(engine) == [good]
        listed = {game.game: game.status.value for game in await list_games(engine)}
    assert listed == {bad.start.game: "quarantined", good.start.game: "playing"}


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("value", BAD_VALUES)
async def test_whatever_sqlite_holds_costs_one_game_at_most(
    migrated_file: Path, tmp_path: Path, value: str, ended: bool
) -> None:
    """One game for each column, and a good one: every reader gets past the others."""
    shutil.copy2(migrated_file, tmp_path / DATABASE_FILE)
    database = SqliteDatabase(tmp_path)
    spoilt = [(table, name) for table, names in BAD_COLUMNS.items() for name in names.split()]
    some = [played_game(2 * n, turns=None if ended else 9) for n in range(len(spoilt) + 1)]
    await store_games(database.url, *some)
    good = some[-1]
    for (table, name), game in zip(spoilt, some, strict=False):
        row = {"games": "id = ?", "seats": "game = ? AND seat = 1"}
        where = row.get(table, "game = ? AND turn = 4").replace("?", f"'{game.start.game}'")
        database.change(f"UPDATE {table} SET {name} = {value} WHERE {where}")
    make_ready(database.url)
    async with opened(database.url) as engine:
        house = House(TableSettings(), entropy=os.urandom, unix_time=time.time)
        copy = database.data_dir / "copy.db"
        shutil.copy2(database.data_dir / DATABASE_FILE, copy)
        running = await load_running(engine)
        assert await SqliteGames(copy).running(math.inf) == running
        for game in running:
            house.restored(game, 0.0)
        assert (good in running) is not ended
        assert (good.start.game_id in house.lobby.tables) is not ended
        listed = await list_games(engine)
        assert {game.game for game in listed} == {game.start.game for game in some}
        results = await public_results(engine, limit=99)
        assert (good.start.game in {game.game for game in results}) is ended
        if ended:
            assert await load_record_text(engine, good.start.game)
            for one in listed:
                with suppress(UnreadableGame):
                    assert await load_record_text(engine, one.game)


async def test_a_row_that_postgresql_cannot_hand_out_costs_one_game(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """In a database without an encoding any byte may stand, but clients get UTF-8."""
    with postgres.database("template0 ENCODING SQL_ASCII") as name:
        database = PostgresDatabase(postgres, name, tmp_path)
        upgrade(database.url)
        bad, good = played_game(1, turns=9), played_game(2, turns=9)
        await store_games(database.url, bad, good)
        database.change("UPDATE actions SET action = E'\\xff' WHERE game = 'GAME00000001'")
        async with opened(database.url) as engine:
            assert await load_running(engine) == [good]
            assert await load_running(engine) == [good]
