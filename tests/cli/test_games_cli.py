"""``rachel games`` and ``rachel export`` on a store that a server left or still writes."""

import asyncio
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from databases import Database, PostgresDatabase, SqliteDatabase
from postgres_server import PostgresServer
from store_harness import journal_on, opened

from rachel.cli import main
from rachel.formats.record import GameRecord, VerifyError, verify
from rachel.rules.game import Game
from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    SeatEntry,
)
from rachel_server.store.games import quarantine
from rachel_server.store.migrate import downgrade
from rachel_server.store.revisions import migrations

STARTED = 1_700_000_000.0
FINISHED, RUNNING, ABANDONED, BAD = "FINISHED0001", "RUNNING00002", "ABANDONED003", "BAD000000004"


def game(name: str, number: int, *, room: str = "ABCD", turns: int | None = None) -> list[Entry]:
    """Return a game of three seats, one a bot, whose seats take the first action they may."""
    seed = random.Random(number).getrandbits(64)
    people = ("Zoë", "Mallory\x1b[31m\u202e")
    seats = [SeatEntry(person, None, b"h" * 32, 0x60, b"abc") for person in people]
    seats.append(SeatEntry("Bot Eve", "advanced", None, 0xFFFF, bytes(3)))
    nonce = bytes([number]) * 16
    at = STARTED + 60 * number
    entries: list[Entry] = [
        GameStarted(name, number, room, True, seed, nonce, 60.0, "beginner", tuple(seats), at)
    ]
    state = Game.deal(3, seed)
    while not state.is_over and state.turn != turns:
        turn, seat, action = state.turn, state.current, state.legal_actions()[0]
        state.apply(action)
        entries.append(ActionTaken(name, turn, seat, action, state.state_hash()))
    if state.is_over:
        places = (*state.finish_order, state.survivor or 0)
        entries.append(GameEnded(name, GameStatus.FINISHED, places, at + 30.5))
    return entries


async def store(database: Database, *games: list[Entry]) -> None:
    async with journal_on(database.url) as journal:
        for entries in games:
            journal.keep(entries)


async def set_aside(database: Database, name: str) -> None:
    async with opened(database.url) as engine:
        await quarantine(engine, name, "the state hash differs")


@pytest.fixture
def data(database: Database) -> Database:
    """Store a finished, a running, an abandoned and a quarantined game."""
    given_up = [
        *game(ABANDONED, 3, room="LOST", turns=4),
        GameEnded(ABANDONED, GameStatus.ABANDONED, (), STARTED + 200),
    ]
    asyncio.run(
        store(
            database,
            game(FINISHED, 1),
            game(RUNNING, 2, room="LIVE", turns=7),
            given_up,
            game(BAD, 4, turns=5, room="BAD"),
        )
    )
    asyncio.run(set_aside(database, BAD))
    return database


def rachel(database: Database, *arguments: str) -> Result:
    return CliRunner().invoke(
        main,
        [*arguments, *database.options],
        env={"DATABASE_URL": None, **database.environment},
    )


def refused(database: Database, *arguments: str) -> str:
    """Return the one line with which a command fails."""
    result = rachel(database, *arguments)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def listed(database: Database) -> list[dict[str, Any]]:
    result = rachel(database, "games", "--json")
    assert result.exit_code == 0
    games: list[dict[str, Any]] = json.loads(result.stdout)["games"]
    return games


def test_games_lists_every_game_the_latest_first(data: Database) -> None:
    result = rachel(data, "games")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["ID", "ROOM", "PHASE", "STARTED", "(UTC)", "TURNS", "PLAYERS"]
    assert [line.split()[:3] for line in lines[1:]] == [
        [BAD, "BAD", "quarantined"],
        [ABANDONED, "LOST", "abandoned"],
        [RUNNING, "LIVE", "playing"],
        [FINISHED, "ABCD", "finished"],
    ]
    assert lines[3].endswith("2023-11-14 22:15      7  Zoë, Mallory[31m, Bot Eve")
    places = next(one["places"] for one in listed(data) if one["id"] == FINISHED)
    names = ("Zoë", "Mallory[31m", "Bot Eve")
    assert lines[4].endswith(
        "  " + ", ".join(f"{place} {names[seat]}" for place, seat in enumerate(places, start=1))
    )
    assert not {"\x1b", "\u202e"} & set(result.stdout)


def test_games_as_json(data: Database) -> None:
    games = listed(data)
    assert [one["phase"] for one in games] == ["quarantined", "abandoned", "playing", "finished"]
    finished = games[3]
    assert finished["seats"][2] == {"name": "Bot Eve", "bot": "advanced"}
    assert sorted(finished["places"]) == [0, 1, 2]
    assert finished["gameId"] == 1
    assert finished["startedAt"] == "2023-11-14T22:14:20Z"
    assert finished["finishedAt"] == "2023-11-14T22:14:50.500000Z"
    assert games[2]["finishedAt"] is None
    assert games[2]["turns"] == 7
    assert games[2]["places"] == []


def test_no_list_tells_a_seed_or_a_token(data: Database) -> None:
    text = rachel(data, "games", "--json").output + rachel(data, "games").output
    for number in range(1, 5):
        assert str(random.Random(number).getrandbits(64)) not in text
        assert (bytes([number]) * 16).hex() not in text
    assert (b"h" * 32).hex() not in text


async def test_games_can_be_listed_while_a_journal_writes(database: Database) -> None:
    async with journal_on(database.url) as journal:
        await journal.keep(game(RUNNING, 2, turns=3)).durable()
        games = await asyncio.to_thread(listed, database)
        assert [(one["id"], one["turns"]) for one in games] == [(RUNNING, 3)]


def test_a_new_store_has_no_games_yet(database: Database) -> None:
    assert rachel(database, "games").stdout == "no games yet\n"
    assert listed(database) == []


@pytest.mark.parametrize("command", [["games"], ["export", FINISHED]])
def test_a_folder_without_a_store_is_said_and_left_empty(
    tmp_path: Path, command: list[str]
) -> None:
    assert "--data" in refused(SqliteDatabase(tmp_path), *command)
    refused(SqliteDatabase(tmp_path / "missing"), *command)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["games"], ["export", FINISHED]])
def test_a_damaged_store_is_said_in_one_line(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "rachel.db").write_bytes(b"this is not a database" * 1000)
    assert "not a database" in refused(SqliteDatabase(tmp_path), *command)


@pytest.mark.parametrize("command", [["games"], ["export", FINISHED]])
def test_a_server_that_is_not_there_is_said_in_one_line(
    postgres: PostgresServer, tmp_path: Path, command: list[str]
) -> None:
    line = refused(PostgresDatabase(postgres, "nowhere", tmp_path), *command)
    assert 'database "nowhere" does not exist' in line
    assert postgres.password not in line


def test_a_store_of_an_older_version_is_said(data: Database) -> None:
    downgrade(data.url, len(migrations()))
    assert "older version" in refused(data, "games")


def test_a_store_of_a_newer_version_is_said(data: Database) -> None:
    data.change("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in refused(data, "games")


@pytest.mark.parametrize("name", [FINISHED, "ABCD", "abcd", "1"])
def test_an_exported_record_is_true(data: Database, name: str) -> None:
    result = rachel(data, "export", name)
    assert result.exit_code == 0, result.stderr
    record = GameRecord.from_json(json.loads(result.stdout))
    verify(record)
    assert record.id == FINISHED
    assert record.room == "ABCD"
    assert record.seed == random.Random(1).getrandbits(64)
    assert record.nonce == bytes([1]) * 16
    assert [seat.bot for seat in record.seats] == [None, None, "advanced"]
    assert record.started_at == datetime.fromtimestamp(STARTED + 60, UTC)
    assert result.stdout.isascii()


def test_what_the_store_says_is_what_is_verified(data: Database) -> None:
    """A row changed behind the server's back does not pass for a fair game."""
    data.change("UPDATE actions SET state_hash = 1 WHERE turn = 3")
    exported = rachel(data, "export", FINISHED)
    with pytest.raises(VerifyError, match="step 4"):
        verify(GameRecord.from_json(json.loads(exported.stdout)))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (RUNNING, "still being played: its seed is secret"),
        ("LIVE", "still being played: its seed is secret"),
        (ABANDONED, "given up before it ended"),
        (BAD, "set aside before it ended"),
        ("NOSUCHGAME00", "no game goes by 'NOSUCHGAME00'"),
        ("\x1b[31m", "no game goes by '[31m'"),
        ("\udcff", "no game goes by ''"),
        ("9" * 40, "no game goes by"),
    ],
)
def test_other_games_are_not_exported(data: Database, name: str, why: str) -> None:
    assert why in refused(data, "export", name)


def test_an_unreadable_game_is_said(data: Database) -> None:
    data.change("UPDATE actions SET action = 'X9' WHERE turn = 3")
    assert "cannot be read: turn 3: 'X9' is not a card" in refused(data, "export", "1")


def test_a_room_with_several_finished_games_lists_them(database: Database) -> None:
    games = [game(f"REMATCH{number:05}", number) for number in range(1, 8)]
    asyncio.run(store(database, *games, game(RUNNING, 9, turns=3)))
    line = refused(database, "export", "ABCD")
    assert "7 finished games go by 'ABCD'" in line
    assert "REMATCH00007 (2023-11-14 22:20), REMATCH00006" in line
    assert "REMATCH00002" not in line
    assert RUNNING not in line
    assert rachel(database, "export", "REMATCH00002").exit_code == 0
    assert rachel(database, "export", "5").exit_code == 0
