"""`rachel bot` as a process, at a real `rachel serve`."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from rachel_server_process import ServeProcess, serving
from tcp_player import DEADLINE_S

from rachel_tui.commands.bot import command

PLACE = re.compile(r"game (\d+): place [1-4] of 4")


@asynccontextmanager
async def bot(*options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `rachel bot`; it is killed in the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from rachel.cli import main; main()", "bot"),
        *options,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    """Wait until a process has ended; return exit code, further output and log."""
    async with asyncio.timeout(DEADLINE_S):
        output, log = await process.communicate()
    return process.returncode, output.decode(), log.decode()


async def line_of(stream: asyncio.StreamReader | None) -> str:
    assert stream is not None
    async with asyncio.timeout(DEADLINE_S):
        return (await stream.readline()).decode()


@pytest.mark.parametrize("options", [(), ("--room", "abc", "--level", "advanced", "--name", "É")])
async def test_it_plays_its_games_and_prints_its_places(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    async with (
        serving(tmp_path, "--start-delay", "0") as served,
        bot(f"127.0.0.1:{served.ports[0]}", "--games", "2", "--delay", "0", *options) as process,
    ):
        code, output, log = await ended(process)
    assert code == 0, log
    assert [PLACE.fullmatch(line) is not None for line in output.splitlines()] == [True, True]
    assert "Traceback" not in log
    assert "refused" not in log


async def test_four_bots_share_a_table(tmp_path: Path) -> None:
    async with serving(tmp_path, "--start-delay", "60") as served:
        address = f"127.0.0.1:{served.ports[0]}"
        options = (address, "--delay", "0", "--name", "Robot")
        async with bot(*options) as a, bot(*options) as b, bot(*options) as c, bot(*options) as d:
            results = [await ended(process) for process in (a, b, c, d)]
    assert [code for code, _, _ in results] == [0, 0, 0, 0]
    assert sorted(output for _, output, _ in results) == [
        f"game 1: place {place} of 4\n" for place in (1, 2, 3, 4)
    ]


async def test_it_comes_back_to_a_server_that_was_killed(tmp_path: Path) -> None:
    async with serving(tmp_path, "--start-delay", "0", "--bot-delay", "0.02") as served:
        port = str(served.ports[0])
        async with bot(f"127.0.0.1:{port}", "--delay", "0.02") as process:
            assert "seat 1" in await line_of(process.stderr)
            served.process.kill()
            await served.process.wait()
            assert "lost the connection" in await line_of(process.stderr)
            again = await ServeProcess.start(tmp_path, "--rubp-port", port)
            try:
                code, output, log = await ended(process)
            finally:
                again.process.kill()
                await again.ended()
    assert code == 0, log
    assert PLACE.fullmatch(output.strip())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it_at_once(tmp_path: Path, number: signal.Signals) -> None:
    async with (
        serving(tmp_path, "--start-delay", "0") as served,
        bot(f"127.0.0.1:{served.ports[0]}", "--games", "100000", "--delay", "0") as process,
    ):
        assert PLACE.fullmatch((await line_of(process.stdout)).strip())
        process.send_signal(number)
        code, _, log = await ended(process)
    assert code == 128 + number
    assert re.search(r"stopped after \d+ of 100000 games", log)
    assert "Traceback" not in log


async def test_a_host_that_is_not_there_is_said_in_one_line() -> None:
    with socket.socket() as taken:  # bound but not listening, so that nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        async with bot(address) as process:
            code, output, log = await ended(process)
    assert (code, output) == (1, "")
    assert log.splitlines()[-1] == f"Error: cannot reach {address}: Connection refused"
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "options", [["[::1"], ["host:0"], ["host", "--room", "A B"], ["host", "--level", "x"], []]
)
def test_wrong_usage_is_exit_code_2(options: list[str]) -> None:
    result = CliRunner().invoke(command, options)
    assert result.exit_code == 2
    assert "Error: " in result.output
