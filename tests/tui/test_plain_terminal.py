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


UP, LEFT = "\x1b[A", "\x1b[D"


def test_lines_are_edited_and_recalled(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--plain") as terminal:
        terminal.until(FIRST)
        terminal.type(f"ules{LEFT * 4}r\n")
        terminal.until("The goal:")
        terminal.type(f"{UP} 7\n")
        terminal.until("7: The next player misses a turn")
        terminal.type("\x04")
        assert terminal.ends() == 0
        assert terminal.is_restored
        assert "\x1b" not in terminal.output


def test_what_is_being_typed_is_gone_from_the_terminal_at_the_end(tmp_path: Path) -> None:
    with hearing(), Terminal(tmp_path, "--plain") as terminal:
        terminal.until(FIRST)
        terminal.type("play")
        terminal.until("play")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.ends() == 0
        assert terminal.output.endswith("play\r    \rYou leave.\r\n")
        assert terminal.is_restored


def test_a_terminal_that_takes_nothing_back_gets_lines_as_they_come(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--plain", TERM="dumb") as terminal:
        terminal.until(FIRST)
        assert terminal.is_restored
        terminal.type("quit\n")
        assert terminal.ends() == 0


def test_a_process_that_is_stopped_gives_the_terminal_back_meanwhile(tmp_path: Path) -> None:
    with hearing(signal.SIGTSTP), Terminal(tmp_path, "--plain") as terminal:
        terminal.until(FIRST)
        terminal.type("qui")
        terminal.until("qui")
        terminal.process.send_signal(signal.SIGTSTP)
        assert terminal.is_suspended()
        assert terminal.is_restored
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until("qui")
        assert not terminal.is_restored
        terminal.type("t\n")
        assert terminal.ends() == 0


@pytest.mark.parametrize("term", ["xterm", "dumb"])
async def test_a_signal_at_the_password_gives_the_echo_back(tmp_path: Path, term: str) -> None:
    def play(url: str) -> None:
        with Terminal(tmp_path / "player", "--plain", TERM=term) as terminal:
            terminal.until(FIRST)
            terminal.type(f"friends\n{url}\nlogin\nann\n")
            terminal.until("It is not shown.")
            terminal.process.send_signal(signal.SIGTSTP)
            assert terminal.is_suspended()
            assert terminal.is_restored
            terminal.process.send_signal(signal.SIGCONT)
            terminal.until_changed()
            terminal.type("sesame sesame\n")
            terminal.until("Error: ")
            assert "sesame" not in terminal.output
            terminal.type("login\nann\n")
            terminal.until("It is not shown.")
            terminal.process.send_signal(signal.SIGQUIT)
            assert terminal.ends() == -signal.SIGQUIT
            assert terminal.is_restored

    async with http_server(tmp_path) as served:
        with hearing(signal.SIGTSTP), hearing(signal.SIGQUIT):
            await asyncio.to_thread(play, served.url)


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
