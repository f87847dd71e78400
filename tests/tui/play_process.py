"""`rachel play`, and what goes with it, as a process of its own, on pipes or on a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import Final, Self

RACHEL: Final = (sys.executable, "-c", "from rachel.cli import main; main()")
COMMAND: Final = (*RACHEL, "play")
DEADLINE_S: Final = 60.0


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a player whose files are all in ``folder``."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("TEXTUAL")},
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "error",
        **more,
    }


def run_plainly(
    folder: Path, typed: str, *options: str, **more: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run `rachel play` with ``typed`` piped into it and return what came of it."""
    return run_rachel(folder, typed, "play", *options, **more)


def run_rachel(
    folder: Path, typed: str, *arguments: str, **more: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run any command with ``typed`` piped into it and return what came of it."""
    return subprocess.run(
        [*RACHEL, *arguments],
        input=typed.encode(),
        capture_output=True,
        env=environment(folder, **more),
        timeout=DEADLINE_S,
        check=False,
    )


def play_plainly(folder: Path, *options: str, games: int = 1) -> None:
    """Play whole games over pipes as somebody who reads what is said, and leave the table.

    Raises:
        AssertionError: something typed was refused, or the process did not end well.
    """
    with subprocess.Popen(
        [*COMMAND, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(folder),
        text=True,
    ) as player:
        assert player.stdin is not None
        assert player.stdout is not None
        assert player.stderr is not None
        said, finished = "", 0
        too_long = Timer(3 * DEADLINE_S, player.kill)
        too_long.start()
        for said in player.stdout:
            assert not said.startswith(("Not possible", "The host refused", "Error")), said
            if said.startswith("Your hand: "):
                fitting = re.search(r"(\d+) \S+ fits", said)
                player.stdin.write(f"{fitting[1]}\n" if fitting else "draw\n")
            elif said.startswith("Which suit must follow?"):
                player.stdin.write("hearts\n")
            elif said.startswith("Type again"):
                finished += 1
                player.stdin.write("again\n" if finished < games else "quit\n")
            player.stdin.flush()
        too_long.cancel()
        assert (player.wait(DEADLINE_S), player.stderr.read()) == (0, ""), said
        assert finished == games


class Terminal:
    """`rachel play`, or another command, on a terminal of its own.

    Attributes:
        process: the process.
        output: everything it has written so far.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        command: str = "play",
        program: str = RACHEL[-1],
        columns: int = 80,
        rows: int = 24,
        **more: str,
    ) -> None:
        self._far, self._near = pty.openpty()
        fcntl.ioctl(self._near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._attributes = termios.tcgetattr(self._near)
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, command, *options],
            stdin=self._near,
            stdout=self._near,
            stderr=self._near,
            env=environment(folder, **more),
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self._far, self._near):
            if descriptor >= 0:
                os.close(descriptor)

    @property
    def is_restored(self) -> bool:
        """Whether the terminal's modes are what they were before."""
        return termios.tcgetattr(self._near) == self._attributes

    def until_changed(self) -> None:
        """Read until the terminal's modes are no longer what they were before."""
        deadline = monotonic() + DEADLINE_S
        while self.is_restored:
            assert monotonic() < deadline, self.output[-4000:]
            self.read_for(0.01)

    def type(self, keys: str | bytes) -> None:
        """Type keys."""
        os.write(self._far, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, and tell the process as a terminal does."""
        fcntl.ioctl(self._near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def press_until(self, key: str, text: str) -> None:
        """Press a key again and again until ``text`` is written because of it."""
        start, deadline = len(self.output), monotonic() + DEADLINE_S
        while text not in self.output[start:]:
            assert monotonic() < deadline, self.output[-4000:]
            self.type(key)
            if select.select([self._far], [], [], 0.2)[0]:
                self.output += os.read(self._far, 65536).decode(errors="replace")

    def read_for(self, seconds: float) -> None:
        """Read what comes in a while."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            if select.select([self._far], [], [], left)[0]:
                self.output += os.read(self._far, 65536).decode(errors="replace")

    def is_suspended(self, by: signal.Signals | None = None) -> bool:
        """Read until the process has stopped or ended; tell whether it has stopped.

        A signal that is to bring it about is sent again and again: Python does not hear one that
        comes in the instant before it waits for a line.
        """
        ways = os.WSTOPPED | os.WEXITED | os.WNOWAIT | os.WNOHANG
        deadline = monotonic() + DEADLINE_S
        while (done := os.waitid(os.P_PID, self.process.pid, ways)) is None:
            assert monotonic() < deadline, self.output[-4000:]
            if by is not None:
                self.process.send_signal(by)
            if select.select([self._far], [], [], 0.05)[0]:
                self.output += os.read(self._far, 65536).decode(errors="replace")
        return done.si_code == os.CLD_STOPPED

    def until(self, *texts: str) -> str:
        """Read until something new with one of ``texts`` in it was written; return which."""
        start, deadline = len(self.output), monotonic() + DEADLINE_S
        while not (found := [text for text in texts if text in self.output[start:]]):
            left = deadline - monotonic()
            if left <= 0 or not select.select([self._far], [], [], left)[0]:
                raise AssertionError(f"{texts} never came:\n{self.output[-4000:]!r}")
            self.output += os.read(self._far, 65536).decode(errors="replace")
        return found[0]

    def ends(self) -> int:
        """Read until the process has ended; return its exit status."""
        deadline = monotonic() + DEADLINE_S
        while self.process.poll() is None:
            assert monotonic() < deadline, self.output[-4000:]
            if select.select([self._far], [], [], 0.05)[0]:
                self.output += os.read(self._far, 65536).decode(errors="replace")
        while select.select([self._far], [], [], 0)[0]:
            self.output += os.read(self._far, 65536).decode(errors="replace")
        return self.process.returncode

    def hang_up(self) -> int:
        """Close the terminal from outside; return the exit status of the process."""
        os.close(self._near)
        os.close(self._far)
        self._near = self._far = -1
        return self.process.wait(DEADLINE_S)


@contextmanager
def hearing(number: signal.Signals = signal.SIGINT) -> Iterator[None]:
    """Start processes that hear a signal, also where the tests run in the background and do not."""
    usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def ignoring_hang_ups() -> Iterator[None]:
    """Start processes that ignore SIGHUP, like nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
