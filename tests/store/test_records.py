"""Records of finished games, read from the store in portions."""

import json
from dataclasses import replace
from itertools import cycle, islice

import pytest
from databases import Database
from store_harness import opened, played_game, store_games

from rachel.formats.record import GameRecord, verify
from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.store.records import NoRecord, load_record, load_record_text
from rachel_server.store.refusal import UnreadableGame


def drawn_out(game: StoredGame, turns: int) -> StoredGame:
    """Return a game of so many turns: the same ones again and again, which no rules allow."""
    repeated = islice(cycle(game.actions), turns)
    return replace(game, actions=tuple(replace(it, turn=turn) for turn, it in enumerate(repeated)))


async def record_of(database: Database, game: str) -> GameRecord:
    """Return a record, of which both forms must say the same."""
    async with opened(database.url) as engine:
        record = await load_record(engine, game)
        text = await load_record_text(engine, game)
    assert record is not None
    assert text is not None
    assert text.isascii()
    assert json.loads(text) == record.to_json()
    assert GameRecord.from_json(json.loads(text)) == record
    return record


@pytest.mark.parametrize("seats", range(2, 9))
async def test_a_record_tells_the_game_and_proves_it(database: Database, seats: int) -> None:
    game = played_game(seats, seats=seats)
    await store_games(database.url, game)
    record = await record_of(database, game.start.game)
    verify(record)
    assert record.replay.names == tuple(seat.name for seat in game.start.seats)
    assert record.replay.bots == (seats - 1,)
    assert [step.action for step in record.replay.steps] == [it.action for it in game.actions]
    assert game.end is not None
    assert record.places == game.end.places
    assert record.finished_at.timestamp() == game.end.at


@pytest.mark.parametrize("turns", [1, 499, 500, 501, 1000, 1234])
async def test_long_games_are_there_to_the_last_turn(database: Database, turns: int) -> None:
    game = drawn_out(played_game(1), turns)
    await store_games(database.url, game)
    steps = (await record_of(database, game.start.game)).replay.steps
    assert [(step.action, step.state_hash) for step in steps] == [
        (it.action, it.state_hash) for it in game.actions
    ]


async def test_only_finished_games_have_one(database: Database) -> None:
    given_up = played_game(2, turns=20, ended=GameStatus.ABANDONED)
    await store_games(database.url, played_game(1, turns=20), given_up)
    async with opened(database.url) as engine:
        for number, status in ((1, GameStatus.PLAYING), (2, GameStatus.ABANDONED)):
            for load in (load_record, load_record_text):
                with pytest.raises(NoRecord) as refused:
                    await load(engine, f"GAME{number:08}")
                assert refused.value.status is status
        assert await load_record(engine, "GAME00000003") is None
        assert await load_record_text(engine, "GAME00000003") is None


async def test_what_cannot_be_read_is_no_record(database: Database) -> None:
    await store_games(database.url, played_game(1))
    database.change("UPDATE actions SET action = 'dance' WHERE turn = 7")
    async with opened(database.url) as engine:
        for load in (load_record, load_record_text):
            with pytest.raises(UnreadableGame, match="turn 7"):
                await load(engine, "GAME00000001")
