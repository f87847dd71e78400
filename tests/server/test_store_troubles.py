"""Whatever is the matter with a database of SQLite, every command says so in one line."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from databases import SqliteDatabase
from sqlalchemy.exc import OperationalError
from store_harness import played_game, store_games

from rachel_server.store.backups import write_backup
from rachel_server.store.engine import create_blocking_engine
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.trouble import trouble

COMMANDS: Final = [
    *(["serve", "--host", "127.0.0.1", "--rubp-port", "0", "--port", "0"], ["migrate"]),
    *(["rollback"], ["games"], ["export", "ABCD"], ["play", "--plain"]),
    *(["backup", "{folder}/new.dump"], ["restore", "{folder}/good.dump"]),
    ["doctor", "--backups", "{data}"],
]
# Each command in turn, and one line of JSON for it: its exit code, and what it says.
RUN_ALL: Final = """
import json, resource, sys
from click.testing import CliRunner
from rachel.cli import main
commands, room = json.loads(sys.argv[1])
if room is not None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
for command in commands:
    result = CliRunner().invoke(main, command)
    fault = result.exception
    print(json.dumps([result.exit_code, result.output, None if fault is None else repr(fault)]))
"""


def run_all(data: Path, folder: Path, *, room: int | None = None) -> dict[str, tuple[int, str]]:
    """Run every command on a data folder, as somebody for whom permissions count.

    Args:
        data: the data folder.
        folder: for backups.
        room: how many bytes a file may have, at most; None for any number.
    """
    commands = [[word.format(folder=folder, data=data) for word in it] for it in COMMANDS]
    commands = [[*it, "--data", str(data)] for it in commands]
    # Permissions do not count for root, unless it has no capabilities.
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if not os.geteuid() else []
    done = subprocess.run(
        [*powerless, sys.executable, "-c", RUN_ALL, json.dumps([commands, room])],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=True,
        # Python would keep what it compiled, cut short, if files may not grow.
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    found = {}
    for command, line in zip(commands, done.stdout.splitlines(), strict=True):
        code, output, fault = json.loads(line)
        assert fault is None or fault.startswith("SystemExit"), (command, fault)
        found[command[0]] = (code, output)
    return found


def damaged(data: Path) -> None:
    (data / DATABASE_FILE).write_bytes(b"this is no database" * 1000)


def newer(data: Path) -> None:
    SqliteDatabase(data).change("UPDATE alembic_version SET version_num = '9999'")


def read_only(data: Path) -> None:
    SqliteDatabase(data).change("UPDATE alembic_version SET version_num = '0003'")
    for path in (*data.iterdir(), data):
        path.chmod(path.stat().st_mode & 0o555)


def closed(data: Path) -> None:
    data.parent.chmod(0)


@pytest.fixture
async def data(tmp_path: Path, migrated_file: Path) -> Path:
    folder = tmp_path / "host" / "data"
    folder.mkdir(parents=True)
    shutil.copy2(migrated_file, folder / DATABASE_FILE)
    await store_games(SqliteDatabase(folder).url, played_game(1), played_game(2, turns=5))
    return folder


def spoken(found: dict[str, tuple[int, str]]) -> dict[str, str]:
    """Return what each command that failed says, which is one line."""
    assert all(not code or output.count("\n") == 1 for code, output in found.values()), found
    assert all(not code or output.startswith("Error: ") for code, output in found.values()), found
    return {name: output for name, (code, output) in found.items() if code}


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (damaged, r"rachel\.db is damaged \(.*\): rachel restore BACKUP --replace --data \S+ puts"),
        (newer, r"newer version.*; update Rachel"),
        (read_only, r"data/\S+: .*; you may not: chmod u\+rwX \S+ lets you"),
        (closed, r"data\S*: permission denied; you may not: chmod u\+rwX \S+ lets you"),
    ],
)
def test_every_command_explains(
    data: Path, tmp_path: Path, harm: Callable[[Path], None], told: str
) -> None:
    write_backup(SqliteDatabase(data).url, tmp_path / "good.dump")
    harm(data)
    try:
        found = run_all(data, tmp_path)
    finally:
        data.parent.chmod(0o700)
    _, doctor = found.pop("doctor")
    said = spoken(found)
    assert len(said) == len(COMMANDS) - 1
    assert "\nwarn  database: cannot be used: " in doctor or harm is newer
    for name, line in said.items():
        assert re.search(told, line) or (name == "restore" and "--replace puts" in line), line


def test_every_command_explains_that_nothing_can_be_written(data: Path, tmp_path: Path) -> None:
    """Here no file may grow beyond some bytes, which is as good as a full disk."""
    write_backup(SqliteDatabase(data).url, tmp_path / "good.dump")
    found = run_all(data, tmp_path, room=2000)
    del found["doctor"]
    said = spoken(found)
    assert len(said) == len(COMMANDS) - 1
    assert all(str(data) in line for line in said.values())
    (data / DATABASE_FILE).unlink()
    _, restoring = run_all(data, tmp_path, room=40_000)["restore"]
    assert restoring == f"Error: {data / DATABASE_FILE}: file too large; make room on its disk\n"
    assert list(data.glob("*.partial*")) == []


def test_a_full_disk_is_no_riddle(data: Path, tmp_path: Path) -> None:
    file = data / DATABASE_FILE
    engine = create_blocking_engine(SqliteDatabase(data).url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(OperationalError) as full:
            connection.exec_driver_sql("CREATE TABLE more AS SELECT randomblob(10000000)")
    engine.dispose()
    cure = "; make room on its disk"
    assert trouble(full.value, engine.url) == f"{file}: database or disk is full{cure}"
    full_disk = OSError(errno.ENOSPC, "No space left on device")
    assert trouble(full_disk, file) == f"{file}: no space left on device{cure}"
    taken = OSError(errno.EADDRINUSE, "Address already in use")
    assert str(file) not in trouble(taken, file)


def test_a_solo_game_that_is_damaged_can_be_set_aside(data: Path, tmp_path: Path) -> None:
    damaged(data)
    command = [sys.executable, "-c", "from rachel.cli import main; main()", "play", "--plain"]
    done = subprocess.run(
        [*command, "--new", "--name", "Ann", "--data", str(data)],
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert "Traceback" not in done.stderr
    assert "damaged" not in done.stderr
    assert SqliteDatabase(data).rows("SELECT status FROM games") == [("playing",)]
    (aside,) = data.glob("set-aside-*")
    assert (aside / DATABASE_FILE).read_bytes().startswith(b"this is no database")
    assert aside.stat().st_mode & 0o777 == 0o700
