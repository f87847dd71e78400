"""`rachel play --plain` on a terminal: however it ends, the terminal is as it was before."""

import asyncio
import signal
import subprocess
from pathlib import Path

import pytest
from http_server import http_server
from play_process import COMMAND, DEADLINE_S, Terminal, environment, hearing, ignoring_hang_ups

FULL = Path("/dev/full")
FIRST = "Type a number or a word:"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_at_the_password_brings_the_echo_back(
    tmp_path: Path, ending: signal.Signals
) -> None:
    def play(url: str) -> None:
        with Terminal(tmp_path / "player", "--plain") as terminal:
            terminal.until(FIRST)
            terminal.type(f"friends\n{url}\nlogin\nann\n")
            terminal.until("It is not shown.")
            assert not terminal.is_restored
            terminal.process.send_signal(ending)
            assert terminal.ends() == 0
            assert terminal.is_restored
            assert terminal.output.endswith("You leave.\r\n")

    async with http_server(tmp_path) as served:
        with hearing(ending):
            await asyncio.to_thread(play, served.url)


def test_a_terminal_that_closes_ends_it_also_where_hang_ups_are_ignored(tmp_path: Path) -> None:
    with ignoring_hang_ups(), Terminal(tmp_path, "--plain") as terminal:
        terminal.until(FIRST)
        assert terminal.hang_up() == 0


def test_what_cannot_be_written_is_an_error_in_a_line(tmp_path: Path) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "--seats", "2"],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(tmp_path),
            timeout=DEADLINE_S,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"Error: cannot write what is said: No space left on device\n"
