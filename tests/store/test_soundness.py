"""A damaged SQLite file, or a log that was cut short, is noticed before a server uses it."""

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from databases import SqliteDatabase
from rachel_server_process import start_serve
from store_harness import opened, played_game, store_games

from rachel_server.store.games import load_running
from rachel_server.store.migrate import upgrade
from rachel_server.store.ready import make_ready
from rachel_server.store.sqlite_file import DATABASE_FILE

GAMES = [played_game(number, turns=9) for number in range(1, 40)]
PAGE = 4096


def empty(folder: Path) -> SqliteDatabase:
    folder.mkdir()
    database = SqliteDatabase(folder)
    upgrade(database.url)
    return database


async def full_database(folder: Path) -> SqliteDatabase:
    database = empty(folder)
    await store_games(database.url, *GAMES)
    return database


@pytest.fixture
async def crashed(tmp_path: Path) -> SqliteDatabase:
    """Make a database as a killed server leaves it: the latest games are in its log alone."""
    running = await full_database(tmp_path / "running")
    with closing(sqlite3.connect(running.data_dir / DATABASE_FILE)) as server:
        server.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await store_games(running.url, *(played_game(number, turns=9) for number in (50, 51)))
        shutil.copytree(running.data_dir, tmp_path / "crashed")
    return SqliteDatabase(tmp_path / "crashed")


@pytest.mark.parametrize("damage", ["in the middle", "all of it"])
async def test_no_server_starts_on_a_damaged_file(tmp_path: Path, damage: str) -> None:
    database = await full_database(tmp_path / "data")
    file = database.data_dir / DATABASE_FILE
    content = bytearray(file.read_bytes())
    begin, end = (0, len(content)) if damage == "all of it" else (10 * PAGE, 20 * PAGE)
    content[begin:end] = b"x" * (end - begin)
    file.write_bytes(content)
    process = await start_serve(database.data_dir)
    _, said = await process.communicate()
    (line,) = said.decode().splitlines()
    assert line.startswith(f"Error: {file} is damaged (")
    assert f"rachel restore BACKUP --replace --data {database.data_dir} puts" in line
    assert process.returncode == 1
    assert file.read_bytes() == content


async def test_a_log_that_a_crash_leaves_is_used(
    crashed: SqliteDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    make_ready(crashed.url)
    async with opened(crashed.url) as engine:
        assert len(await load_running(engine)) == len(GAMES) + 2
    assert caplog.messages == []


def cuts(size: int) -> Iterator[int]:
    """Yield sizes to cut a log to: in a page, in the header of one, after one of a commit."""
    yield from (size - 1, size - PAGE - 1, size - PAGE - 24 - 7, size // 2, 32 + 24 + PAGE)


async def test_a_log_that_was_cut_short_is_said(
    crashed: SqliteDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = f"{DATABASE_FILE}-wal"
    size = (crashed.data_dir / log).stat().st_size
    for number, cut in enumerate(cuts(size)):
        database = SqliteDatabase(tmp_path / str(number))
        shutil.copytree(crashed.data_dir, database.data_dir)
        with (database.data_dir / log).open("r+b") as file:
            file.truncate(cut)
        caplog.clear()
        make_ready(database.url)
        (line,) = caplog.messages
        assert line.startswith(f"{database.data_dir / log} ends in the middle of a commit: ")
        assert "rachel restore" in line
        async with opened(database.url) as engine:
            assert set(GAMES) <= set(await load_running(engine))


async def test_what_is_left_of_an_older_log_is_not_missed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite writes a new log over an older and longer one."""
    database = await full_database(tmp_path / "data")
    file = database.data_dir / DATABASE_FILE
    with closing(sqlite3.connect(file)) as server:
        server.execute("UPDATE games SET room = room || 'X'")
        server.commit()
        server.execute("PRAGMA wal_checkpoint(RESTART)")
        server.execute("UPDATE games SET room = 'ABCD' WHERE id = 'GAME00000001'")
        server.commit()
        shutil.copytree(database.data_dir, tmp_path / "crashed")
    make_ready(SqliteDatabase(tmp_path / "crashed").url)
    assert caplog.messages == []
