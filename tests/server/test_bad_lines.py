"""`rachel play` on a real terminal, on a line that is slow, or gone for a while."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from play_process import COMMAND, environment
from rachel_server_process import serving
from relay import Relay, relayed
from ssh_player import SshScreen

AT_ONCE = ("--start-delay", "0", "--seats", "2")
OVER = ("YOU WIN!", "You lose this time.")


@contextmanager
def playing(folder: Path, relay: Relay) -> Iterator[SshScreen]:
    """Play at a relay's host; in the end the terminal is as it was, and no process is left."""
    command = [*COMMAND, f"127.0.0.1:{relay.port}", "--name", "Ann", "--guest"]
    with SshScreen(command, environment(folder)) as screen:
        screen.until("YOUR TURN", "is playing")
        yield screen
        assert screen.output.count(b"\x1b[?1049l") == 1
        assert b"\x1b[?25h" in screen.output.partition(b"\x1b[?1049l")[2]
        with pytest.raises(ProcessLookupError):
            os.killpg(screen.process.pid, 0)


async def test_a_game_over_a_line_of_300_ms(tmp_path: Path) -> None:
    async with serving(tmp_path / "host", *AT_ONCE) as served:
        with relayed(served.ports[0], 0.15) as relay, playing(tmp_path, relay) as screen:
            screen.plays_until(*OVER)
            screen.type("q")
            assert screen.ends() == 0


async def test_a_line_that_is_gone_for_a_while_costs_no_seat(tmp_path: Path) -> None:
    async with serving(tmp_path / "host", *AT_ONCE) as served:
        with relayed(served.ports[0]) as relay, playing(tmp_path, relay) as screen:
            screen.until("Enter plays", "Nothing fits")
            hand = "\n".join(screen.text.splitlines()[17:20])
            relay.refuse()
            screen.until("Reconnecting… attempt 3")
            assert "127.0.0.1" in screen.text
            relay.accept()
            screen.until_gone("Reconnecting")
            screen.until(hand)
            screen.plays_until(*OVER)
            screen.type("q")
            assert screen.ends() == 0


async def test_a_terminal_that_closes_while_the_line_is_gone_ends_it(tmp_path: Path) -> None:
    async with serving(tmp_path / "host", *AT_ONCE) as served:
        with relayed(served.ports[0]) as relay, playing(tmp_path, relay) as screen:
            relay.refuse()
            screen.until("Reconnecting…")
            screen.process.send_signal(signal.SIGHUP)
            assert screen.ends() == 0
