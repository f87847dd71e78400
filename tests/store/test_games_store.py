"""What the store answers about games."""

from dataclasses import replace

import pytest
from databases import Database
from store_harness import (
    journal_on,
    load_game,
    opened,
    played_game,
    store_games,
)

from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.store.games import (
    find_games,
    list_games,
    load_running,
    quarantine,
)


async def test_running_games_come_back_whole_and_the_oldest_first(database: Database) -> None:
    url = database.url
    running = [played_game(2, turns=30), played_game(5, turns=0), played_game(7, turns=11)]
    over = [played_game(1), played_game(3, turns=4, ended=GameStatus.ABANDONED)]
    await store_games(url, running[2], over[0], running[1], over[1], running[0])
    async with opened(url) as engine:
        assert await load_running(engine) == running


async def test_nothing_runs_in_a_new_store(database: Database) -> None:
    async with opened(database.url) as engine:
        assert await load_running(engine) == []
        assert await list_games(engine) == []
        assert await find_games(engine, "ABCD") == []


async def test_a_quarantined_game_runs_no_more_and_says_why(database: Database) -> None:
    url = database.url
    bad, good, over = played_game(1, turns=9), played_game(2, turns=9), played_game(3)
    await store_games(url, bad, good, over)
    async with opened(url) as engine:
        await quarantine(engine, bad.start.game, "turn 3: the state hash differs")
        await quarantine(engine, over.start.game, "never: it is over")
        await quarantine(engine, "NOSUCHGAME00", "never: it does not exist")
        assert await load_running(engine) == [good]
        assert await load_game(engine, bad.start.game) == replace(
            bad, status=GameStatus.QUARANTINED
        )
        assert await load_game(engine, over.start.game) == over
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
        assert await load_running(engine) == [good]
        statuses = {game.game: game.status for game in await list_games(engine)}
    assert statuses == {
        bad.start.game: GameStatus.QUARANTINED,
        good.start.game: GameStatus.PLAYING,
    }
    assert "game GAME00000001 is set aside: turn 4: '?' is not a card" in caplog.text


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
        journal.append([played_game(2).start])
        whole = StoredGame(game.start, game.actions, GameStatus.PLAYING, None)
        assert await load_game(engine, game.start.game) == whole
