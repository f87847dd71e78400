"""`rachel backup` under a running server, and games that go on after `rachel restore`."""

import asyncio
import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import Database, PostgresDatabase, SqliteDatabase
from journal_rows import journal_of, rows_announced
from postgres_server import PostgresServer
from rachel_server_process import serving
from sqlalchemy import insert
from store_harness import opened, played_game, store_games, stored_game
from tcp_player import TcpPlayer, sit_down, together

from rachel.cli import main
from rachel_server.store.data_dir import DataDir, last_backup
from rachel_server.store.engine import create_blocking_engine
from rachel_server.store.migrate import current, upgrade
from rachel_server.store.revisions import head
from rachel_server.store.schema import accounts

DAY_S = 86_400


@pytest.fixture
def elsewhere(database: Database, tmp_path: Path) -> Iterator[Database]:
    """Make an empty database of the same kind, as after a disaster."""
    folder = tmp_path / "elsewhere"
    if isinstance(database, PostgresDatabase):
        with database.server.database() as name:
            yield PostgresDatabase(database.server, name, folder)
    else:
        yield SqliteDatabase(folder)


def rachel(database: Database, command: str, *arguments: str | Path) -> tuple[int, str]:
    """Run a command on a database; return its exit code and all it says."""
    result = CliRunner().invoke(
        main,
        [command, *map(str, arguments), *database.options],
        env={"DATABASE_URL": None, "RACHEL_DATA": str(database.data_dir), **database.environment},
    )
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def refused(database: Database, command: str, *arguments: str | Path) -> str:
    """Return the one line with which a command fails."""
    code, text = rachel(database, command, *arguments)
    assert code == 1
    assert text.startswith("Error: ")
    assert text.count("\n") == 1
    return text


def done(database: Database, command: str, *arguments: str | Path) -> str:
    code, text = rachel(database, command, *arguments)
    assert code == 0, text
    return text


async def test_restored_games_go_on(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    """Some tables are in full swing during the backup, two have been left by their players."""
    file = tmp_path / "rachel.dump"
    tables = [
        [TcpPlayer(f"{name}{table}", room=f"T{table}", plays=False) for name in ("a", "b")]
        for table in range(6)
    ]
    players = [player for pair in tables for player in pair]
    paused = tables[:2]
    async with serving(database, "--seats", "2") as served:
        await sit_down(players, served.ports[0])
        for player in players:
            player.play_on()
        await together(player.until_turn(2) for pair in paused for player in pair)
        for pair in paused:
            for player in pair:
                player.cut()
        said = await asyncio.to_thread(done, database, "backup", file)
        assert f"to {file} (schema {head()}, " in said
        assert "another server is running" in await asyncio.to_thread(
            refused, database, "restore", file, "--replace"
        )
        served.process.kill()
        await together(player.until_lost() for player in players)
    said = await asyncio.to_thread(done, elsewhere, "restore", file)
    assert re.match(rf"Restored 6 games, [2-6] of them running, to .* \(schema {head()}\)\n$", said)
    saved = [journal_of(elsewhere, f"T{table}") for table in range(6)]
    async with serving(elsewhere, "--seats", "2") as served:
        for pair in paused:
            for player in pair:
                await player.connect(served.ports[0])
        await together(player.until_over() for pair in paused for player in pair)
    for table, before in enumerate(saved):
        assert len(before) >= 2 or table >= 2
        assert journal_of(elsewhere, f"T{table}")[: len(before)] == before
    for table, pair in enumerate(paused):
        whole = journal_of(elsewhere, f"T{table}")
        assert len(whole) > len(saved[table])
        assert set(rows_announced(pair[0])) <= set(whole)


async def test_games_are_not_replaced_unasked(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "rachel.dump"
    await store_games(database.url, played_game(1), played_game(2, turns=5))
    await asyncio.to_thread(done, database, "backup", file)
    await store_games(database.url, played_game(3, turns=7))
    text = await asyncio.to_thread(refused, database, "restore", file)
    assert "holds 3 games and 0 accounts: --replace puts the backup in its place" in text
    assert database.rows("SELECT count(*) FROM games") == [(3,)]
    await asyncio.to_thread(done, database, "restore", file, "--replace")
    assert sorted(database.rows("SELECT id FROM games")) == [("GAME00000001",), ("GAME00000002",)]
    await store_games(database.url, played_game(3, turns=7))


def test_accounts_are_not_replaced_unasked(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "empty.dump"
    done(database, "backup", file)
    engine = create_blocking_engine(database.url)
    with engine.begin() as connection:
        connection.execute(
            insert(accounts).values(
                username="Ann",
                username_key="ann",
                email="ann@example.org",
                email_key="ann@example.org",
                password_hash="",
                created_at=0.0,
                rating=1000,
                rated_games=0,
            )
        )
    engine.dispose()
    text = refused(database, "restore", file)
    assert "holds 0 games and 1 accounts: --replace puts the backup in its place" in text
    done(database, "restore", file, "--replace")
    done(database, "restore", file)


async def test_a_damaged_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    file, damaged = tmp_path / "rachel.dump", tmp_path / "damaged.dump"
    await store_games(database.url, *(played_game(number) for number in range(1, 40)))
    await asyncio.to_thread(done, database, "backup", file)
    content = file.read_bytes()
    await store_games(database.url, played_game(40))
    for size in (len(content) // 2, len(content) - 100, 20, 3, 0):
        damaged.write_bytes(content[:size])
        await asyncio.to_thread(refused, database, "restore", damaged, "--replace")
        assert database.rows("SELECT count(*) FROM games") == [(40,)]
    assert [path.name for path in database.data_dir.glob("*.partial*")] == []


def test_only_backups_of_rachels_own_are_restored(database: Database, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.dump"
    if isinstance(database, PostgresDatabase):
        with database.server.database() as name:
            database.server.execute(name, "CREATE TABLE alembic (version_num text)")
            database.server.dump(name, stranger)
    else:
        with closing(sqlite3.connect(tmp_path / "stranger.db")) as other:
            other.execute("CREATE TABLE alembic (version_num TEXT)")
        stranger.write_bytes(gzip.compress((tmp_path / "stranger.db").read_bytes()))
    assert "is no backup of Rachel's" in refused(database, "restore", stranger)
    stranger.write_text("not a backup")
    assert f"{stranger} is no backup\n" in refused(database, "restore", stranger)


def test_a_backup_goes_back_to_a_database_of_its_kind(
    postgres: PostgresServer, migrated_postgres: str, tmp_path: Path
) -> None:
    file, small = tmp_path / "file", tmp_path / "small"
    with postgres.database(migrated_postgres) as name:
        server, folder = PostgresDatabase(postgres, name, tmp_path), SqliteDatabase(tmp_path)
        upgrade(folder.url)
        done(folder, "backup", small)
        assert "no backup of a PostgreSQL database" in refused(server, "restore", small)
        done(server, "backup", file)
        assert "no backup of a SQLite database" in refused(folder, "restore", file)


async def test_a_backup_of_an_older_schema_is_restored_and_migrated(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "old.dump"
    await store_games(database.url, played_game(1, turns=5))
    await asyncio.to_thread(done, database, "rollback", "--steps", str(int(head()) - 1))
    await asyncio.to_thread(done, database, "backup", file)
    upgrade(database.url)
    said = await asyncio.to_thread(done, database, "restore", file, "--replace")
    assert "(schema 0001)" in said
    assert ("run rachel migrate" in said) is (database.kind == "postgresql")
    assert current(database.url) == "0001"
    await asyncio.to_thread(done, database, "migrate")
    assert database.rows("SELECT count(*) FROM actions") == [(5,)]
    await store_games(database.url, played_game(2))


def test_a_backup_of_a_newer_schema_is_refused(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    database.change("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in refused(database, "backup", tmp_path / "new.dump")
    database.change("UPDATE alembic_version SET version_num = '0001'")
    done(database, "backup", tmp_path / "new.dump")
    database.change("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in refused(elsewhere, "restore", forged(database, tmp_path))
    assert current(elsewhere.url) is None


def forged(database: Database, folder: Path) -> Path:
    """Back a database up, past Rachel, as it is."""
    file = folder / "forged.dump"
    if isinstance(database, PostgresDatabase):
        database.server.dump(database.name, file)
    else:
        file.write_bytes(gzip.compress((database.data_dir / "rachel.db").read_bytes()))
    return file


def test_only_the_owner_can_read_a_backup(database: Database, tmp_path: Path) -> None:
    done(database, "backup", tmp_path / "rachel.dump")
    assert (tmp_path / "rachel.dump").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} <= {"rachel.dump", "rachel.db", "last-backup"}


def test_what_killed_processes_left_goes_and_nothing_else(
    database: Database, tmp_path: Path
) -> None:
    """A backup that is being written has a lock on its file, which ends with its process."""
    folder = tmp_path / "backups"
    folder.mkdir()
    program = (
        "import sys, pathlib, rachel_server.store.backup_files as files\n"
        "with files.scratch(pathlib.Path(sys.argv[1])): print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, folder / "yesterday.dump"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writing:
        assert writing.stdout is not None
        writing.stdout.readline()
        (left,) = folder.iterdir()
        done(database, "backup", folder / "today.dump")
        assert left.exists()
        writing.kill()
    (folder / "film.partial").touch()
    done(database, "backup", folder / "today.dump")
    assert {path.name for path in folder.iterdir()} == {"today.dump", "film.partial"}


def test_a_restore_that_was_killed_leaves_nothing_for_long(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path)
    upgrade(database.url)
    done(database, "backup", tmp_path / "rachel.dump")
    (tmp_path / "rachel.db.abc.rachel.partial").touch()
    with DataDir(tmp_path):
        assert list(tmp_path.glob("*.partial*")) == []


def test_a_data_folder_is_for_its_user_alone(tmp_path: Path) -> None:
    """Whoever can read the lock can take it, and no server starts."""
    with DataDir(tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "new" / "lock").stat().st_mode & 0o777 == 0o600


def test_no_schema_in_the_database_is_one_line(database: Database, tmp_path: Path) -> None:
    done(database, "backup", tmp_path / "rachel.dump")
    database.change("DELETE FROM alembic_version")
    for command in (["migrate"], ["migrate", "--status"], ["rollback"], ["games"], ["backup", "x"]):
        assert "does not say which schema it has" in refused(database, *command)
    done(database, "restore", tmp_path / "rachel.dump", "--replace")
    assert current(database.url) == head()


def test_what_is_no_backup_is_not_overwritten(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ann")
    assert "is no backup; choose another name" in refused(database, "backup", file)
    assert file.read_text() == "Dear Ann"
    done(database, "backup", tmp_path / "rachel.dump")
    done(database, "backup", tmp_path / "rachel.dump")


def test_a_backup_makes_no_folders(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    said = f"there is no folder {folder}; make it first"
    assert said in refused(database, "backup", folder / "x.dump")
    assert not folder.exists()


def test_nothing_to_back_up_is_said(empty_database: Database, tmp_path: Path) -> None:
    line = refused(empty_database, "backup", tmp_path / "rachel.dump")
    assert "no games in" in line or "there is nothing to back up" in line
    assert list(tmp_path.iterdir()) == []


def aged(file: Path, days: float) -> None:
    os.utime(file, times=(time.time() - days * DAY_S,) * 2)


def test_old_backups_go_by_the_pattern_of_their_names(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    pattern = folder / "rachel-%Y%m%d-%H%M.dump"
    days = {
        "rachel-20260101-0300.dump": 31.0,
        "rachel-20260102-0300.dump": 29.9,
        "rachel-20260103.dump": 99.0,
        "other-20260101-0300.dump": 99.0,
        "rachel-20269901-0300.dump": 99.0,
        "rachel-20260101-0300.dump.old": 99.0,
    } | {f"rachel-20260201-030{number}.dump": 29.0 for number in range(6)}
    for name, age in days.items():
        (folder / name).write_bytes(b"PGDMP")
        aged(folder / name, age)
    said = done(database, "backup", pattern, "--keep-days", "30")
    assert "rachel-20260101-0300.dump (31 days old)" in said
    assert said.count("Deleted") == 1
    left = {path.name for path in folder.iterdir()}
    assert left - set(days) == {time.strftime("rachel-%Y%m%d-%H%M.dump", time.gmtime())} or (
        len(left - set(days)) == 1  # the minute has just changed
    )
    assert set(days) - left == {"rachel-20260101-0300.dump"}


async def test_good_backups_outlive_pauses_wrong_clocks_and_lost_games(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    """Nine backups are long past their days; the oldest one holds most, the youngest least."""
    elsewhere.data_dir.mkdir()
    upgrade(elsewhere.url)
    folder = tmp_path / "backups"
    folder.mkdir()
    pattern = folder / "rachel-%Y%m%d-%H%M%S.dump"
    for number in range(1, 10):
        file = folder / f"rachel-20260{number}01-030000.dump"
        await asyncio.to_thread(done, elsewhere, "backup", file)
        if number == 1:
            await store_games(database.url, played_game(1), played_game(2), played_game(3, turns=3))
            await asyncio.to_thread(done, database, "backup", file)
        aged(file, 100 - number)
    await store_games(elsewhere.url, played_game(1))
    said = await asyncio.to_thread(done, elsewhere, "backup", pattern, "--keep-days", "30")
    kept = folder / "rachel-20260101-030000.dump"
    assert f"Kept {kept}: it has 2 finished games, the new one 1\n" in said
    assert f"Deleted {folder / 'rachel-20260201-030000.dump'} (98 days old)\n" in said
    assert len(said.splitlines()) == 3
    assert len(list(folder.iterdir())) == 9
    said = await asyncio.to_thread(done, database, "backup", pattern, "--keep-days", "30")
    assert f"Deleted {kept} (99 days old)\n" in said


def test_days_to_keep_need_a_date_in_the_name(database: Database, tmp_path: Path) -> None:
    line = refused(database, "backup", tmp_path / "rachel.dump", "--keep-days", "30")
    assert "rachel-%Y%m%d-%H%M.dump" in line
    assert not (tmp_path / "rachel.dump").exists()


def test_a_backup_can_go_to_standard_output(database: Database, tmp_path: Path) -> None:
    file, command = tmp_path / "rachel.dump", "from rachel.cli import main; main()"
    with file.open("wb") as out:
        piped = subprocess.run(
            [sys.executable, "-c", command, "backup", "-", *database.options],
            env=os.environ | {"RACHEL_DATA": str(database.data_dir)} | database.environment,
            stdout=out,
            stderr=subprocess.PIPE,
            check=True,
        )
    assert piped.stderr.startswith(b"Backed up ")
    assert piped.stderr.count(b"\n") == 1
    assert "Restored 0 games" in done(database, "restore", file)
    code, said = rachel(database, "backup", "-", "--keep-days", "3")
    assert code == 2
    assert "--keep-days is for files" in said


def test_a_server_knows_when_the_last_backup_was_written(
    database: Database, tmp_path: Path
) -> None:
    assert last_backup(database.data_dir) == 0.0
    for name in ("one.dump", "two.dump"):
        before = time.time() - 1
        done(database, "backup", tmp_path / name)
        assert before <= last_backup(database.data_dir) <= time.time() + 1


# What only one kind of database can do


def shim(folder: Path, program: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a script before one of PostgreSQL's programs; ``$REAL`` is the program."""
    folder.mkdir()
    (folder / program).write_text(f"#!/bin/sh\nREAL={shutil.which(program)}\n{script}\n")
    (folder / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_what_a_newer_program_sets_and_the_server_does_not_know_is_left_out(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pg_restore 17 does, to a server of version 15."""
    file = tmp_path / "rachel.dump"
    await store_games(database.url, played_game(1))
    await asyncio.to_thread(done, database, "backup", file)
    future = "s/^SET statement_timeout = 0;/&\\nSET any_timeout = 0;\\nSET any_mode = 'on';/"
    shim(tmp_path / "bin", "pg_restore", f'"$REAL" "$@" | sed "{future}"', monkeypatch)
    await asyncio.to_thread(done, database, "restore", file, "--replace")
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_pg_dump_older_than_the_server_is_named(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = done(database, "backup", tmp_path / "rachel.dump")
    assert re.search(r"\(schema \d+, PostgreSQL (\d+) copied by pg_dump \1, ", said)
    shim(tmp_path / "bin", "pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'", monkeypatch)
    assert re.search(
        r"pg_dump 9 cannot copy PostgreSQL (\d+): install .* version \1 or newer",
        (refused(database, "backup", tmp_path / "rachel.dump")),
    )


def test_postgresqls_programs_are_needed_and_get_no_password_to_show(
    postgres: PostgresServer,
    migrated_postgres: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "programs"
    folder.mkdir()
    spoken = tmp_path / "spoken"
    with postgres.database(migrated_postgres) as name:
        database = PostgresDatabase(postgres, name, tmp_path)
        monkeypatch.setenv("PATH", str(folder))
        line = refused(database, "backup", tmp_path / "rachel.dump")
        assert "pg_dump is missing" in line
        assert "apt install postgresql-client" in line
        for program in ("pg_dump", "pg_restore", "psql"):
            shim = folder / program
            shim.write_text(
                f'#!/bin/sh\necho "$0 $*" >> {spoken}\nexec {postgres.programs / program} "$@"\n'
            )
            shim.chmod(0o755)
        done(database, "backup", tmp_path / "rachel.dump")
        done(database, "restore", tmp_path / "rachel.dump")
    lines = spoken.read_text().splitlines()
    assert {Path(line.split()[0]).name for line in lines} == {"pg_dump", "pg_restore", "psql"}
    assert not any(postgres.password in line or "PASSWORD" in line for line in lines)


def test_a_dump_that_fails_leaves_the_older_one(
    postgres: PostgresServer,
    migrated_postgres: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, folder = tmp_path / "rachel.dump", tmp_path / "programs"
    with postgres.database(migrated_postgres) as name:
        database = PostgresDatabase(postgres, name, tmp_path)
        done(database, "backup", file)
        before = file.read_bytes()
        folder.mkdir()
        failing = folder / "pg_dump"
        failing.write_text("#!/bin/sh\necho 'pg_dump: error: server version 99' >&2\nexit 1\n")
        failing.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        assert "server version 99" in refused(database, "backup", file)
        assert file.read_bytes() == before
        assert {path.name for path in tmp_path.glob("rachel*")} == {"rachel.dump"}


async def test_a_damaged_sqlite_file_is_replaced_when_asked(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path)
    upgrade(database.url)
    await store_games(database.url, played_game(1, turns=5))
    await asyncio.to_thread(done, database, "backup", tmp_path / "rachel.dump")
    (tmp_path / "rachel.db").write_bytes(b"this is not a database" * 1000)
    (tmp_path / "rachel.db-wal").write_bytes(b"nor a log of one")
    line = await asyncio.to_thread(refused, database, "restore", tmp_path / "rachel.dump")
    assert "cannot be read: --replace puts the backup in its place" in line
    await asyncio.to_thread(done, database, "restore", tmp_path / "rachel.dump", "--replace")
    assert database.rows("SELECT count(*) FROM actions") == [(5,)]
    await store_games(database.url, played_game(2))


def test_a_damaged_sqlite_file_is_not_backed_up(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path)
    upgrade(database.url)
    file = tmp_path / "rachel.db"
    content = bytearray(file.read_bytes())
    content[8192 : 8192 + 4096 * 6] = os.urandom(4096 * 6)
    file.write_bytes(content)
    refused(database, "backup", tmp_path / "rachel.dump")
    assert not (tmp_path / "rachel.dump").exists()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_made_under_another_language_works_or_is_refused(
    postgres: PostgresServer, tmp_path: Path, encoding: str
) -> None:
    """`LANG=C initdb` makes SQL_ASCII, and `createdb` copies that unless told otherwise."""
    file, named = tmp_path / "rachel.dump", "SELECT name FROM seats WHERE seat = 0"
    with (
        postgres.database(f"template0 ENCODING {encoding}") as name,
        postgres.database("template0 ENCODING UTF8") as other,
    ):
        database, utf8 = (PostgresDatabase(postgres, it, tmp_path) for it in (name, other))
        if encoding == "LATIN1":
            line = await asyncio.to_thread(refused, database, "migrate")
            assert "createdb --encoding=UTF8 --template=template0" in line
            return
        await asyncio.to_thread(done, database, "migrate")
        await store_games(database.url, played_game(1))
        async with serving(database), opened(database.url) as engine:
            assert await stored_game(engine, "GAME00000001") == played_game(1)
        await asyncio.to_thread(done, database, "backup", file)
        await asyncio.to_thread(done, utf8, "restore", file)
        assert utf8.rows(named) == [("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} 0",)]
