"""The migrations build what the schema says, up and down, with games inside."""

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from databases import Database, SqliteDatabase
from postgres_server import PostgresServer
from sqlalchemy import String, text
from store_harness import PATIENCE_S, journal_on, opened, played_game, store_games

from rachel_server.store.database_url import sqlite_url
from rachel_server.store.engine import create_blocking_engine
from rachel_server.store.games import load_running
from rachel_server.store.migrate import (
    TooManySteps,
    UnknownSchema,
    current,
    downgrade,
    migrating,
    upgrade,
)
from rachel_server.store.ready import OlderSchema, make_ready
from rachel_server.store.revisions import head, migrations, migrations_folder
from rachel_server.store.schema import actions, games, metadata, seats, types_of
from rachel_server.store.server_lock import DatabaseInUse
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.sqlite_games import ACTIONS, GAMES, SEATS
from rachel_server.store.sqlite_ready import prepare

CHECKOUT = Path(__file__).parents[2]

SCHEMA: Final = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%'",
    "postgresql": (
        "SELECT table_name || '.' || column_name, concat_ws(' ', data_type,"
        "  character_maximum_length, is_nullable, column_default)"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        "  WHERE connamespace = 'public'::regnamespace"
        " UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    ),
}
"""Asks for everything in a database: what it is called, and what it is."""


def differences(url: str) -> list[object]:
    with create_blocking_engine(url).connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def schema(database: Database) -> dict[str, str]:
    """Return everything in a database but the mark of its revision, without white space."""
    made = database.rows(SCHEMA[database.kind])
    return {
        name: re.sub(r'[\s"]', "", what) for name, what in made if "alembic_version" not in name
    }


def test_the_migrated_schema_is_the_schema(empty_database: Database) -> None:
    with create_blocking_engine(empty_database.url).begin() as connection:
        metadata.create_all(connection)
    straight = schema(empty_database)
    with create_blocking_engine(empty_database.url).begin() as connection:
        metadata.drop_all(connection)
    assert schema(empty_database) == {}
    assert upgrade(empty_database.url) == migrations()
    assert differences(empty_database.url) == []
    assert schema(empty_database) == straight


def test_a_new_solo_game_has_the_same_schema(tmp_path: Path) -> None:
    database, solo = SqliteDatabase(tmp_path), SqliteDatabase(tmp_path / "solo")
    upgrade(database.url)
    solo.data_dir.mkdir()
    prepare(solo.data_dir / DATABASE_FILE)
    assert schema(solo) == schema(database)
    assert current(solo.url) == head()


async def test_a_solo_game_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    solo = SqliteDatabase(tmp_path)
    prepare(solo.data_dir / DATABASE_FILE)
    await store_games(solo.url, played_game(1, turns=5))
    before = schema(solo)
    downgrade(solo.url, len(migrations()) - 1)
    prepare(solo.data_dir / DATABASE_FILE)
    assert schema(solo) == before
    async with opened(solo.url) as engine:
        assert await load_running(engine) == [played_game(1, turns=5)]


def test_solo_games_read_columns_as_they_are_meant() -> None:
    assert types_of(games.c) == GAMES
    assert types_of(seats.c) == SEATS
    assert types_of(actions.c) == ACTIONS


def test_a_missing_column_would_be_noticed(database: Database) -> None:
    database.change("ALTER TABLE games DROP COLUMN commitment")
    assert len(differences(database.url)) == 1


async def test_down_and_up_again_with_games_inside(database: Database) -> None:
    before = schema(database)
    await store_games(database.url, played_game(1), played_game(2, turns=5))
    assert downgrade(database.url, len(migrations())) == migrations()[::-1]
    assert current(database.url) is None
    assert schema(database) == {}
    assert current(database.url) != head()
    assert upgrade(database.url) == migrations()
    assert schema(database) == before
    await store_games(database.url, played_game(2, turns=5))
    async with opened(database.url) as engine:
        assert await load_running(engine) == [played_game(2, turns=5)]


async def test_games_are_the_same_after_every_step_down_and_up(database: Database) -> None:
    """All but the first: that one takes the games themselves away."""
    await store_games(database.url, played_game(1, turns=5))
    steps = migrations()
    for taken, step in enumerate(steps[:0:-1], start=1):
        assert downgrade(database.url) == [step]
        assert current(database.url) == steps[-taken - 1].revision
        assert database.rows("SELECT count(*) FROM actions") == [(5,)]
    assert upgrade(database.url) == steps[1:]
    assert differences(database.url) == []
    async with opened(database.url) as engine:
        assert await load_running(engine) == [played_game(1, turns=5)]


async def test_a_table_built_anew_takes_nothing_with_it(tmp_path: Path) -> None:
    """SQLite alters a column by dropping the table, which seats and actions refer to."""
    database = SqliteDatabase(tmp_path)
    upgrade(database.url)
    await store_games(database.url, played_game(1, turns=5))
    with migrating(database.url) as config:
        operations = Operations(MigrationContext.configure(config.attributes["connection"]))
        with operations.batch_alter_table("games", recreate="always") as games:
            games.alter_column("room", type_=String(9))
    assert "roomVARCHAR(9)" in schema(database)["games"]
    async with opened(database.url) as engine:
        assert await load_running(engine) == [played_game(1, turns=5)]


async def test_upgrading_what_is_current_changes_nothing(database: Database) -> None:
    await store_games(database.url, played_game(1, turns=5))
    assert upgrade(database.url) == []
    assert current(database.url) == head()
    async with opened(database.url) as engine:
        assert await load_running(engine) == [played_game(1, turns=5)]


def test_the_head_is_alembics_head() -> None:
    assert head() == ScriptDirectory(str(migrations_folder())).get_current_head()
    assert migrations_folder() == CHECKOUT / "migrations"


def test_migrations_have_a_number_and_a_name() -> None:
    numbers = [step.revision for step in migrations()]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert migrations()[0] == ("0001", "games")


def test_asking_creates_no_database(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    assert current(url) is None
    assert current(url) != head()
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_a_new_database(tmp_path: Path) -> None:
    upgrade(sqlite_url(tmp_path))
    assert (tmp_path / "rachel.db").stat().st_mode & 0o777 == 0o600


def test_a_failed_upgrade_leaves_nothing(empty_database: Database) -> None:
    empty_database.change("CREATE TABLE actions (stranger INTEGER)")
    before = schema(empty_database)
    with pytest.raises(Exception, match=r"actions.* already exists"):
        upgrade(empty_database.url)
    assert schema(empty_database) == before
    assert current(empty_database.url) is None


def test_a_newer_database_is_left_alone(database: Database) -> None:
    database.change("UPDATE alembic_version SET version_num = '9999'")
    before = schema(database)
    for step in (upgrade, downgrade, make_ready):
        with pytest.raises(UnknownSchema, match=r"newer version of Rachel.*9999"):
            step(database.url)
    assert schema(database) == before


def test_a_current_database_needs_no_alembic(database: Database) -> None:
    code = (
        "import sys\n"
        "from rachel_server.store.ready import make_ready\n"
        "make_ready(sys.argv[1])\n"
        "assert 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, database.url], check=True)


def test_more_steps_than_there_are_cannot_be_taken_back(database: Database) -> None:
    steps = len(migrations())
    with pytest.raises(TooManySteps, match=f"has taken {steps} steps, not {steps + 1}"):
        downgrade(database.url, steps + 1)
    assert current(database.url) == head()


def test_sqlite_migrates_itself_for_a_server(tmp_path: Path) -> None:
    make_ready(sqlite_url(tmp_path))
    assert current(sqlite_url(tmp_path)) == head()


def test_postgresql_does_not(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        url = postgres.url(name)
        with pytest.raises(OlderSchema, match=f"has no tables yet.* needs {head()}: run rachel mi"):
            make_ready(url)
        upgrade(url)
        make_ready(url)


async def test_nothing_is_taken_back_under_a_running_journal(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        url = postgres.url(name)
        upgrade(url)
        async with journal_on(url) as journal:
            await journal.open()
            with pytest.raises(DatabaseInUse, match=f"another server is running on .*{name}"):
                await asyncio.to_thread(downgrade, url)
        assert current(url) == head()
        downgrade(url)


async def test_two_migrations_at_once_wait_for_each_other(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        url = postgres.url(name)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
        with migrating(url) as config:
            other = asyncio.ensure_future(asyncio.to_thread(upgrade, url))
            deadline = time.monotonic() + PATIENCE_S
            while postgres.execute(name, waiting) == [(0,)]:
                assert not other.done()
                assert time.monotonic() < deadline
                await asyncio.sleep(0)
            config.attributes["connection"].execute(text("SELECT 1"))
        assert await other == migrations()
        assert upgrade(url) == []
