"""`rachel serve` as people and scripts run it: ports, one-line errors, an orderly end."""

import asyncio
import json
import os
import resource
import signal
import socket
import sys
import textwrap
from pathlib import Path

import pytest
from databases import Database
from journal_rows import journal_of
from rachel_server_process import serving, start_serve
from tcp_player import DEADLINE_S, TcpPlayer, sit_down, together

from rachel_server.commands.event_loop import FILES_MAX
from rachel_server.store.data_dir import PORTS_FILE

PYTHON = (sys.executable, "-c")
STOP_LIMIT_S = 5.0
"""A server that is told to stop has saved everything and is gone by then."""


async def test_ports_are_printed_and_published_once_it_listens(tmp_path: Path) -> None:
    async with serving(tmp_path, "--rubp-port", "0", "--rubp-port", "0") as served:
        published = json.loads((tmp_path / PORTS_FILE).read_text())
        assert len(set(served.ports)) == 2
        assert published["rubp"] == served.ports
        assert served.first_line.count("\n") == 1
        assert str(tmp_path) in served.first_line
        players = [TcpPlayer("one", room="SAME"), TcpPlayer("two", room="SAME")]
        for player, port in zip(players, served.ports, strict=True):
            await player.connect(port)
        await together(
            player.until(lambda player: len(player.session.present) == 2, "each other")
            for player in players
        )


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    """Return exit code, output and log of a process that ends by itself."""
    async with asyncio.timeout(DEADLINE_S):
        output, log = await process.communicate()
    return process.returncode, output.decode(), log.decode()


async def test_second_server_on_the_same_data_says_so_in_one_line(tmp_path: Path) -> None:
    async with serving(tmp_path) as served:
        code, output, log = await ended(await start_serve(tmp_path))
        assert (code, output) == (1, "")
        assert log == f"Error: another server is running on {tmp_path}\n"
        assert json.loads((tmp_path / PORTS_FILE).read_text())["rubp"] == served.ports


async def test_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await start_serve(tmp_path, "--rubp-port", "0", "--rubp-port", str(port))
        code, output, log = await ended(process)
    assert (code, output) == (1, "")
    assert log == (
        f"Error: cannot listen on 127.0.0.1:{port}: Address already in use;"
        " choose another address or port\n"
    )
    assert not (tmp_path / PORTS_FILE).exists()


async def test_data_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, output, log = await ended(await start_serve(tmp_path / "file" / "data"))
    assert (code, output) == (1, "")
    assert log.startswith("Error: ")
    assert log.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stopping_tells_the_players_and_saves_every_move(
    database: Database, number: signal.Signals
) -> None:
    tables = [
        [TcpPlayer(f"a{table}", room=f"T{table}"), TcpPlayer(f"b{table}", room=f"T{table}")]
        for table in range(4)
    ]
    players = [player for pair in tables for player in pair]
    for player in players:
        player.plays = False
    async with serving(database, "--seats", "2") as served:
        await sit_down(players, served.ports[0])
        for player in players:
            player.play_on()
        await together(player.until_turn(4) for player in players)
        served.process.send_signal(number)
        async with asyncio.timeout(STOP_LIMIT_S):
            code, output, log = await ended(served.process)
        assert (code, output, log) == (0, "Stopping.\n", "")
        await together(player.until_lost() for player in players)
    assert not (database.data_dir / PORTS_FILE).exists()
    for player in players:
        assert "The server restarts: your game is saved" in player.announcements
        tags = {row.turn + 1: row.tag for row in journal_of(database, player.session.room)}
        assert {end.turn: end.state_hash for end in player.turn_ends}.items() <= tags.items()


async def test_as_many_files_may_be_open_as_the_system_lets_it(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))  # as many shells have it
    try:
        async with serving(tmp_path) as served:
            limits = resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert limits == (FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard), hard)


async def test_hangup_without_a_certificate_changes_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as served:
        assert served.process.stderr is not None
        served.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(DEADLINE_S):
            assert b"no TLS_CERT" in await served.process.stderr.readline()
        await sit_down([TcpPlayer("ann")], served.ports[0])
        served.process.terminate()
        assert (await served.ended())[0] == 0


async def test_server_ends_in_good_order_when_its_terminal_is_closed(tmp_path: Path) -> None:
    terminal, end = os.openpty()
    program = "import os; os.login_tty(0); from rachel.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        *(*PYTHON, program, "serve", "--data", str(tmp_path)),
        *("--host", "127.0.0.1", "--no-mdns", "--rubp-port", "0", "--port", "0"),
        stdin=end,
        stdout=end,
        stderr=end,
    )
    os.close(end)
    async with asyncio.timeout(DEADLINE_S):
        port = await _game_port(process, tmp_path)
        player = TcpPlayer("ann")
        await player.connect(port)
        await player.until_seated()
        os.close(terminal)
        await player.until_lost()
        assert await process.wait() == 0
    assert "The server restarts: your game is saved" in player.announcements
    assert not (tmp_path / PORTS_FILE).exists()


async def _game_port(process: asyncio.subprocess.Process, data: Path) -> int:
    """Wait until a server whose output is not to be read listens; return its port for games."""
    while not (data / PORTS_FILE).exists():
        assert process.returncode is None
        await asyncio.sleep(0.01)
    port: int = json.loads((data / PORTS_FILE).read_text())["rubp"][0]
    return port


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
async def test_closed_standard_streams_change_nothing(tmp_path: Path, closed: str) -> None:
    """The files that the server opens must not get their numbers: the log would go into them."""
    command = f'exec "$@" --data "{tmp_path}" --host 127.0.0.1 --no-mdns {closed}'
    program = (*PYTHON, "from rachel.cli import main; main()", "serve")
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", command, "sh", *program, "--rubp-port", "0", "--port", "0")
    )
    async with asyncio.timeout(DEADLINE_S):
        await sit_down([TcpPlayer("ann")], await _game_port(process, tmp_path))
        process.send_signal(signal.SIGHUP)  # is logged
        process.terminate()
        assert await process.wait() == 0


async def test_event_loops_without_signals_serve_and_stop(tmp_path: Path) -> None:
    """Such as that of Windows."""
    script = """
        import asyncio, sys
        sys.modules["uvloop"] = None
        loop = asyncio.SelectorEventLoop
        loop.add_signal_handler = asyncio.AbstractEventLoop.add_signal_handler
        from rachel.cli import main
        main()
    """
    process = await asyncio.create_subprocess_exec(
        *(*PYTHON, textwrap.dedent(script), "serve", "--data", str(tmp_path)),
        *("--host", "127.0.0.1", "--no-mdns", "--rubp-port", "0", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        assert await process.stdout.readline()
        process.terminate()
    assert await ended(process) == (0, "Stopping.\n", "")


async def test_unreadable_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "rachel.db").write_bytes(os.urandom(4096))
    code, output, log = await ended(await start_serve(tmp_path))
    assert (code, output) == (1, "")
    assert log.startswith("Error: ")
    assert log.count("\n") == 1
