"""How databases are opened."""

from pathlib import Path

import pytest
from sqlalchemy import text
from store_harness import new_store, opened, played_game, store_games

from rachel_server.store.engine import create_blocking_engine, sqlite_file, sqlite_url

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 50}


async def test_every_connection_is_durable(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    async with opened(url) as engine, engine.connect() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in PRAGMAS
        }
    assert found == PRAGMAS
    blocking = create_blocking_engine(url)
    with blocking.connect() as held:
        found = {name: held.execute(text(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS}
    blocking.dispose()
    assert found == PRAGMAS


async def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    url = new_store(tmp_path)
    count = text("SELECT count(*) FROM games")
    await store_games(url, played_game(1, turns=1))
    async with opened(url) as engine, engine.connect() as connection:
        assert (await connection.execute(count)).scalar_one() == 1
        await store_games(url, played_game(2, turns=1))
        assert (await connection.execute(count)).scalar_one() == 1
        await connection.rollback()
        assert (await connection.execute(count)).scalar_one() == 2


@pytest.mark.parametrize("name", ["plain", "a b", "100%", "what?", "a#b", "q?timeout=1&x=y", "ü"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    url = sqlite_url(folder)
    assert sqlite_file(url) == folder / "rachel.db"
    new_store(folder)
    assert (folder / "rachel.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_only_sqlite_has_a_file() -> None:
    assert sqlite_file("postgresql+psycopg://host/rachel") is None
