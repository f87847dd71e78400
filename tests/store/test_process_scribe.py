"""The journal's process: killed, hung, told to stop by others' signals, or left by its server."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import Popen
from typing import NoReturn

import pytest
from databases import SqliteDatabase
from store_harness import (
    PATIENCE_S,
    EntryJournal,
    entries_of,
    opened,
    played_game,
    started,
    stored_game,
)

from rachel_server.store import data_dir, writing_process
from rachel_server.store.data_dir import DataDir, DataDirInUse
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.folder_lock import JOURNAL_LOCK_FILE, LOCK_FILE
from rachel_server.store.process_scribe import ProcessScribe
from rachel_server.store.refusal import BadRow, NotWritten
from rachel_server.store.rows import Rows
from rachel_server.store.scribe_messages import (
    LENGTH,
    Answer,
    answer_bytes,
    answer_of,
    order_bytes,
)
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.sqlite_ready import prepare


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    folder = tmp_path / "data"
    folder.mkdir()
    prepare(folder / DATABASE_FILE)
    return SqliteDatabase(folder)


@asynccontextmanager
async def journal_by(scribe: ProcessScribe, url: str, hang_s: float) -> AsyncIterator[EntryJournal]:
    async with opened(url) as engine:
        journal = EntryJournal(engine, scribe=scribe, hang_s=hang_s)
        await journal.open()
        journal.start()
        yield journal
        async with asyncio.timeout(PATIENCE_S):
            await journal.close()


def process_of(scribe: ProcessScribe) -> int:
    pid = scribe.pid
    assert pid is not None
    return pid


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("kill_s", [0.0, 0.001, 0.01])
async def test_a_process_that_is_killed_is_started_again_and_nothing_is_lost(
    database: SqliteDatabase, kill_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    """It is killed again and again while batches are on their way."""
    games = [played_game(number) for number in range(1, 9)]
    scribe = ProcessScribe(database.data_dir / DATABASE_FILE)
    heard: list[bool] = []
    async with journal_by(scribe, database.url, 6.0) as journal, opened(database.url) as engine:
        journal.on_stall = heard.append
        pids = set()
        for game in games:
            pids.add(process_of(scribe))
            journal.keep(entries_of(game)[:20])
            await asyncio.sleep(kill_s)  # some moment of a commit, a different one each time
            os.kill(process_of(scribe), signal.SIGKILL)
            await journal.keep(entries_of(game)[20:]).durable()
        assert journal.refused == []
        assert [await stored_game(engine, game.start.game) for game in games] == games
    assert len(pids) == len(games)
    assert heard == len(heard) // 2 * [True, False]
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert said
    assert {line.partition("play waits: ")[2] for line in said} == {
        "the journal's process has ended; another one is started"
    }


async def test_a_process_that_hangs_is_killed_and_another_one_writes(
    database: SqliteDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    game = played_game(1)
    scribe = ProcessScribe(database.data_dir / DATABASE_FILE)
    async with journal_by(scribe, database.url, 0.2) as journal, opened(database.url) as engine:
        await journal.keep(entries_of(game)[:9]).durable()
        hung = process_of(scribe)
        os.kill(hung, signal.SIGSTOP)
        await journal.keep(entries_of(game)[9:]).durable()
        assert process_of(scribe) != hung
        assert not is_running(hung)
        assert await stored_game(engine, game.start.game) == game
    assert "the database does not answer" in caplog.records[0].getMessage()


async def test_signals_for_the_server_do_not_end_it(database: SqliteDatabase) -> None:
    scribe = ProcessScribe(database.data_dir / DATABASE_FILE)
    async with journal_by(scribe, database.url, 6.0) as journal:
        pid = process_of(scribe)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(pid, number)
        await journal.keep(entries_of(played_game(1))).durable()
        assert process_of(scribe) == pid
        assert os.getpgid(pid) == pid != os.getpgid(0)
    assert not is_running(pid)


def test_the_next_server_waits_for_what_a_killed_one_has_written_last(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is locked while the server dies: its journal's process has a batch still."""
    ours, theirs = socket.socketpair()
    arguments = str(theirs.fileno()), str(database.data_dir / DATABASE_FILE), str(PATIENCE_S)
    with (
        ours,
        Popen(
            [sys.executable, "-m", writing_process.__name__, *arguments],
            pass_fds=(theirs.fileno(),),
        ) as process,
        database.locked(),
    ):
        theirs.close()
        ours.sendall(order_bytes("open", Rows()))
        assert ours.recv(1)
        rows = Rows()
        add_entry(rows, started(1))
        ours.sendall(order_bytes("write", rows))
        ours.close()
        monkeypatch.setattr(data_dir, "_LAST_WRITES_S", 0.05)
        with pytest.raises(DataDirInUse, match=r"killed is still writing .* try again"):
            DataDir(database.data_dir).__enter__()
        monkeypatch.setattr(data_dir, "_LAST_WRITES_S", PATIENCE_S)
        entered = threading.Event()
        waiting = threading.Thread(target=_enter, args=(database.data_dir, entered))
        waiting.start()
        assert not entered.wait(0.05)
    waiting.join(PATIENCE_S)
    assert entered.is_set()
    assert process.returncode == 0
    assert database.rows("SELECT id FROM games") == [("GAME00000001",)]


def test_behind_a_lock_that_cannot_be_had_nothing_is_written(database: SqliteDatabase) -> None:
    """It could be had for the second of two orders, not for the first."""
    ours, theirs = socket.socketpair()
    arguments = str(theirs.fileno()), str(database.data_dir / DATABASE_FILE), str(PATIENCE_S)
    in_the_way = database.data_dir / JOURNAL_LOCK_FILE
    in_the_way.mkdir()
    first, behind = Rows(), Rows()
    add_entry(first, started(1))
    add_entry(behind, started(2))
    with (
        Popen(
            [sys.executable, "-m", writing_process.__name__, *arguments],
            pass_fds=(theirs.fileno(),),
        ),
        ours,  # its end is the process's
        ours.makefile("rb") as answers,
    ):
        theirs.close()

        def answer(what: str, rows: Rows) -> Answer:
            ours.sendall(order_bytes(what, rows))
            (size,) = LENGTH.unpack(answers.read(LENGTH.size))
            return answer_of(answers.read(size))

        assert isinstance(answer("write", first), IsADirectoryError)
        in_the_way.rmdir()
        assert isinstance(answer("write_behind", behind), NotWritten)
        assert database.rows("SELECT id FROM games") == []
        assert answer("write", first) is None
        assert answer("write_behind", behind) is None
    assert database.rows("SELECT id FROM games") == [("GAME00000001",), ("GAME00000002",)]


def _enter(folder: Path, entered: threading.Event) -> None:
    with DataDir(folder):
        entered.set()


async def test_its_locks_are_for_the_servers_user_only(database: SqliteDatabase) -> None:
    scribe = ProcessScribe(database.data_dir / DATABASE_FILE)
    await scribe.open()
    await scribe.close()
    with DataDir(database.data_dir):
        modes = {
            file.name: file.stat().st_mode & 0o777
            for file in database.data_dir.iterdir()
            if LOCK_FILE in file.name
        }
    assert modes == {"journal-lock": 0o600, "lock": 0o600}


class Unspeakable(Exception):  # noqa: N818 - says what is the matter
    """One that cannot be sent."""

    def __reduce__(self) -> NoReturn:
        raise TypeError("no")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (BadRow("UNIQUE constraint failed"), "UNIQUE constraint failed"),
        (sqlite3.OperationalError("database is locked"), "database is locked"),
        (OSError(28, "No space left on device", "rachel.db"), "No space left on device"),
        (Unspeakable("what it was"), "Unspeakable: what it was"),
    ],
)
def test_an_exception_arrives_with_what_it_says(answer: BaseException, text: str) -> None:
    arrived = received(answer)
    assert isinstance(arrived, Exception)
    assert text in str(arrived)
    assert type(arrived) is (RuntimeError if isinstance(answer, Unspeakable) else type(answer))


def received(answer: Answer) -> Answer:
    message = answer_bytes(answer)
    assert LENGTH.unpack(message[: LENGTH.size]) == (len(message) - LENGTH.size,)
    return answer_of(message[LENGTH.size :])
