"""The migrations build what the schema says, up and down, with games inside."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import String, text
from store_harness import new_store, opened, played_game, rows, store_games

from rachel_server.store.engine import create_blocking_engine, sqlite_url
from rachel_server.store.games import load_running
from rachel_server.store.migrate import (
    UnknownSchema,
    current,
    downgrade,
    head,
    is_current,
    migrating,
    migrations_folder,
    upgrade,
)
from rachel_server.store.schema import metadata

CHECKOUT = Path(__file__).parents[2]


def differences(url: str) -> list[object]:
    engine = create_blocking_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return list(found)


def tables(folder: Path) -> dict[str, str]:
    """Return the statements that made everything in the store, without white space."""
    made = rows(folder, "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
    return {name: re.sub(r"\s", "", sql) for name, sql in made if name != "alembic_version"}


def test_the_migrated_schema_is_the_schema(tmp_path: Path) -> None:
    assert differences(new_store(tmp_path)) == []
    straight = tmp_path / "straight"
    straight.mkdir()
    engine = create_blocking_engine(sqlite_url(straight))
    metadata.create_all(engine)
    engine.dispose()
    assert tables(straight) == tables(tmp_path)


def test_a_missing_column_would_be_noticed(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    engine = create_blocking_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE games DROP COLUMN commitment"))
    engine.dispose()
    assert len(differences(url)) == 1


async def test_down_and_up_again_with_games_inside(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    await store_games(url, played_game(1), played_game(2, turns=5))
    downgrade(url)
    assert current(url) is None
    assert tables(tmp_path) == {}
    assert not is_current(url)
    upgrade(url)
    assert differences(url) == []
    await store_games(url, played_game(2, turns=5))
    async with opened(url) as engine:
        assert await load_running(engine) == [played_game(2, turns=5)]


async def test_a_table_built_anew_takes_nothing_with_it(tmp_path: Path) -> None:
    """SQLite alters a column by dropping the table, which seats and actions refer to."""
    url = new_store(tmp_path)
    await store_games(url, played_game(1, turns=5))
    with migrating(url) as config:
        operations = Operations(MigrationContext.configure(config.attributes["connection"]))
        with operations.batch_alter_table("games", recreate="always") as games:
            games.alter_column("room", type_=String(9))
    assert "roomVARCHAR(9)" in tables(tmp_path)["games"]
    async with opened(url) as engine:
        assert await load_running(engine) == [played_game(1, turns=5)]


async def test_upgrading_what_is_current_changes_nothing(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    await store_games(url, played_game(1, turns=5))
    upgrade(url)
    assert current(url) == head()
    async with opened(url) as engine:
        assert await load_running(engine) == [played_game(1, turns=5)]


def test_the_head_is_alembics_head() -> None:
    assert head() == ScriptDirectory(str(migrations_folder())).get_current_head()
    assert migrations_folder() == CHECKOUT / "migrations"


def test_asking_creates_no_database(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    assert current(url) is None
    assert not is_current(url)
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_a_new_database(tmp_path: Path) -> None:
    new_store(tmp_path)
    assert (tmp_path / "rachel.db").stat().st_mode & 0o777 == 0o600


def test_a_failed_upgrade_leaves_nothing(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    engine = create_blocking_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE actions (stranger INTEGER)"))
    engine.dispose()
    with pytest.raises(Exception, match="table actions already exists"):
        upgrade(url)
    assert rows(tmp_path, "SELECT name FROM sqlite_master") == [("actions",)]


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    engine = create_blocking_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    before = tables(tmp_path)
    for step in (upgrade, downgrade):
        with pytest.raises(UnknownSchema, match=r"newer version of Rachel.*9999"):
            step(url)
    assert tables(tmp_path) == before


def test_a_current_database_needs_no_alembic(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    code = (
        "import sys\n"
        "from rachel_server.store.migrate import upgrade\n"
        "upgrade(sys.argv[1])\n"
        "assert 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)
