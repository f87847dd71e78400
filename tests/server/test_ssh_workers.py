"""The processes that receive people over SSH: how they begin and end, and whom they cost what."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncssh
import pytest
from process_children import children
from rachel_server_process import serving
from ssh_hosting import AT_ONCE, StrictLimits, client, hosting
from ssh_player import SshPlayer, make_key, ssh_port
from tcp_player import DEADLINE_S

from rachel_server import app
from rachel_server.app import Server
from rachel_server.commands.ssh_worker import worker_plan
from rachel_server.core.limits import RateLimit
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge import ssh_hall, ssh_process
from rachel_server.edge.ssh_process import NoWorker, WorkerPlan
from rachel_server.ops.settings import ServerSettings


def workers_of(pid: int) -> list[int]:
    """Return those of them that receive visitors; another one writes the journal."""
    return [child for child in children(pid) if "ssh_worker" in command_of(child)]


def command_of(pid: int) -> str:
    """Return the command line of a process, empty if there is none any more."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def is_there(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def until_gone(*processes: int) -> None:
    """Wait until processes have ended."""
    async with asyncio.timeout(DEADLINE_S):
        while any(map(is_there, processes)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@asynccontextmanager
async def in_this_process(folder: Path, plan: WorkerPlan | None = None) -> AsyncIterator[Server]:
    """Run a server in this process, so that its workers are this process's children."""
    settings = ServerSettings(
        data_dir=folder,
        host="127.0.0.1",
        rubp_ports=(0,),
        ssh_port=0,
        table=TableSettings(seats=2, start_delay_s=0.0, bot_delay_s=0.0, turn_time_s=None),
        mdns=False,
    )
    server = Server(settings)
    server.ssh_plan = worker_plan if plan is None else lambda _: plan
    async with server:
        yield server


async def test_a_worker_that_dies_costs_its_visitors_their_line_only(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key")
    async with serving(tmp_path / "host", *AT_ONCE) as served:
        player = SshPlayer(tmp_path / "zoe", ssh_port(tmp_path / "host"), key=key)
        with player.screen("quick") as screen:
            screen.until("YOUR TURN")
            [worker] = workers_of(served.process.pid)
            os.kill(worker, signal.SIGKILL)
            assert screen.ends() == 255
        assert "This is the game you left." in player.lines("hand\nquit\n").stdout
        served.process.send_signal(signal.SIGTERM)
        code, _, log = await served.ended()
        assert code == 0
        assert "a worker for SSH has ended (signal 9); visitors who have lost their line: 1" in log
        assert "Traceback" not in log


async def test_while_a_worker_hangs_another_one_receives_visitors_and_then_it_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ssh_process, "BEAT_S", 0.2)
    monkeypatch.setattr(ssh_process, "SILENT_BEATS_MAX", 1_000_000)
    others = {*workers_of(os.getpid())}
    async with in_this_process(tmp_path) as server:
        [port] = server.ports["ssh"]
        [worker] = {*workers_of(os.getpid())} - others
        async with client(port) as visitor, asyncio.timeout(DEADLINE_S):
            assert (await visitor.run("help")).exit_status == 0
            os.kill(worker, signal.SIGSTOP)
            while True:
                with suppress(TimeoutError):  # who comes before it is noticed has to wait
                    async with asyncio.timeout(5), client(port) as other:
                        assert (await other.run("help")).exit_status == 0
                        break
            assert is_there(worker)
            monkeypatch.setattr(ssh_process, "SILENT_BEATS_MAX", 2)
            await visitor.wait_closed()
            await until_gone(worker)
            while "a worker for SSH has ended (it hung)" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_a_server_that_is_killed_leaves_no_process_and_gives_terminals_back(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path / "host", *AT_ONCE) as served:
        player = SshPlayer(tmp_path / "zoe", ssh_port(tmp_path / "host"))
        with player.screen("quick") as screen:
            screen.until("YOUR TURN")
            processes = children(served.process.pid)
            served.process.kill()
            screen.ends()
            assert "The server restarts" in screen.text
            await until_gone(*processes)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_to_all_processes_end_visits_in_good_order(
    tmp_path: Path, number: signal.Signals
) -> None:
    """As a terminal's Ctrl-C and a service manager send them."""
    async with hosting(tmp_path / "host") as (served, port):
        with SshPlayer(tmp_path / "zoe", port).screen("quick") as screen:
            screen.until("YOUR TURN")
            processes = children(served.process.pid)
            for pid in (*processes, served.process.pid):
                os.kill(pid, number)
            assert screen.ends() == 1
            assert "The server restarts." in screen.text
        assert (await served.ended())[0] == 0
        await until_gone(*processes)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), "exit status 3"),
        (("/nowhere/python",), "No such file or directory"),
    ],
)
async def test_a_server_whose_worker_cannot_start_says_so(
    tmp_path: Path, command: tuple[str, ...], why: str
) -> None:
    with pytest.raises(NoWorker, match=f"no worker for SSH can start: {why}"):
        async with in_this_process(tmp_path, WorkerPlan(command, {})):
            pass


async def test_workers_come_and_go_with_the_visitors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh_hall, "WORKER_PLACES", 2)
    monkeypatch.setattr(ssh_hall, "PLACES_AHEAD", 1)
    monkeypatch.setattr(ssh_process, "EMPTY_S", 0.5)
    others = {*workers_of(os.getpid())}
    async with in_this_process(tmp_path) as server:
        [port] = server.ports["ssh"]
        first = {*workers_of(os.getpid())} - others
        async with client(port):
            second = {*workers_of(os.getpid())} - others - first
            assert len(second) == 1
            async with client(port), client(port) as third:
                assert str((await third.run("top")).stdout).startswith("Nobody has a rating yet")
                assert len({*workers_of(os.getpid())} - others) == 3
        await until_gone(*second)
        assert first <= {*workers_of(os.getpid())}


async def test_of_thousands_of_tables_visitors_are_told_of_a_few(tmp_path: Path) -> None:
    """The names of all would be more than a worker reads at once."""
    async with in_this_process(tmp_path) as server:
        assert server._runtime is not None
        for _ in range(3000):
            server._runtime.open(TableSettings(seats=2), public=True, bots=1)
        [port] = server.ports["ssh"]
        async with client(port) as one, client(port) as two:
            told = await one.run("watch plain", input="quit\n")
            assert "9: " in str(told.stdout)
            assert "10: " not in str(told.stdout)
            assert (await two.run("help")).exit_status == 0


@pytest.mark.parametrize(("at_once", "in_a_minute"), [(2, 60), (60, 2)])
async def test_an_address_has_so_many_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, in_a_minute: int
) -> None:
    monkeypatch.setattr(app, "AddressLimits", lambda **_: StrictLimits(at_once))
    monkeypatch.setattr(ssh_hall, "HANDSHAKES", RateLimit("few", in_a_minute, per_minute=0.1))
    async with in_this_process(tmp_path) as server:
        [port] = server.ports["ssh"]
        async with client(port) as one, client(port) as two:
            for connection in (one, two):
                assert (await connection.run("help")).exit_status == 0
            with pytest.raises((asyncssh.ConnectionLost, ConnectionError)):
                async with client(port):
                    pass
