"""How databases are opened."""

import asyncio
import socket
import time
from pathlib import Path

import pytest
from databases import Database, SqliteDatabase
from postgres_server import PostgresServer
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
from store_harness import opened, played_game, store_games

from rachel_server.store.database_url import sqlite_file, sqlite_url
from rachel_server.store.engine import create_blocking_engine, create_engine, one_moment, writing
from rachel_server.store.migrate import upgrade

SESSION = ("synchronous_commit", "lock_timeout", "statement_timeout", "tcp_keepalives_idle")
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 50}


async def test_every_connection_to_sqlite_is_durable(tmp_path: Path) -> None:
    url = SqliteDatabase(tmp_path).hasty_url
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


async def test_of_many_writers_none_waits_in_vain(database: Database) -> None:
    """Although SQLite would give up after 50 ms: each has its turn."""
    url = database.hasty_url if isinstance(database, SqliteDatabase) else database.url
    async with opened(url) as engine:

        async def write() -> None:
            async with writing(engine) as connection:
                await connection.execute(text("DELETE FROM games"))
                await asyncio.to_thread(time.sleep, 0.005)  # somebody else's work

        await asyncio.gather(*(write() for _ in range(50)))


async def test_a_reader_sees_one_moment(database: Database) -> None:
    url = database.url
    count = text("SELECT count(*) FROM games")
    await store_games(url, played_game(1, turns=1))
    async with opened(url) as engine, one_moment(engine) as connection:
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
    upgrade(url)
    assert (folder / "rachel.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


async def test_every_connection_to_postgresql_is_durable_and_impatient(
    postgres: PostgresServer,
) -> None:
    query = text("SELECT " + ", ".join(f"current_setting('{name}')" for name in SESSION))
    with postgres.database() as name:
        postgres.execute(name, f"ALTER DATABASE {name} SET synchronous_commit = off")
        async with opened(postgres.url(name)) as engine, engine.connect() as connection:
            assert tuple((await connection.execute(query)).one()) == ("on", "1s", "30s", "10")
        with create_blocking_engine(postgres.url(name)).connect() as held:
            assert tuple(held.execute(query).one()) == ("on", "1s", "5s", "10")


async def test_connections_that_the_database_dropped_cost_nobody_an_error(
    postgres: PostgresServer,
) -> None:
    with postgres.database() as name:
        async with opened(postgres.url(name)) as engine:
            for _ in range(2):
                async with engine.connect() as one, engine.connect() as other:
                    for connection in (one, other):
                        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
                postgres.execute(
                    "postgres",
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    f" WHERE datname = '{name}'",
                )


async def test_there_are_no_more_connections_than_the_host_allows(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        engine = create_engine(postgres.url(name), pool_size=2)
        async with engine.connect() as one, engine.connect() as other:
            for connection in (one, other):
                await connection.execute(text("SELECT 1"))
            third = asyncio.ensure_future(_answer(engine))
            count = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
            assert postgres.execute("postgres", count) == [(2,)]
            assert not third.done()
        assert await third == 1
        await engine.dispose()


async def _answer(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT 1"))).scalar_one())


def test_an_absent_postgresql_is_noticed_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        engine = create_blocking_engine(f"postgres://127.0.0.1:{port}/rachel?connect_timeout=2")
        with pytest.raises(OperationalError, match=r"(?i)timeout"):
            engine.connect()
