"""A program on a terminal of its own: what it sends, how soon, and what that costs."""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from measured_process import MeasuredProcess, end_well_at_sigterm

FIRST_S: Final = 0.25
"""A key to which so long nothing comes has no answer."""
QUIET_S: Final = 0.1
"""When so long nothing more comes, all that a key led to has been drawn."""
_NEVER_QUIET_S: Final = 5.0
_LIMIT_S: Final = 20.0
"""How long a program may take to show what it is to show."""
_SHOWN_MAX: Final = 600


class Answer(NamedTuple):
    """What a key led to: bytes, the milliseconds until the last of them came, CPU time."""

    bytes: int
    ms: float
    cpu_ms: float


class Terminal:
    """A program on a terminal of its own, which ends with us: its terminal hangs up.

    Attributes:
        process: the program.
    """

    def __init__(self, command: tuple[str, ...], size: tuple[int, int], home: str) -> None:
        self._far, near = pty.openpty()
        termios.tcsetwinsize(near, size[::-1])
        ours = ("TEXTUAL", "RACHEL", "XDG_", "NO_COLOR", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        files = {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        looks = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "RACHEL_BOT_DELAY": "0"}
        self._started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            env=kept | files | looks,
            preexec_fn=lambda: os.login_tty(near),  # there is one thread here
        )
        os.close(near)

    def type(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._far, keys)

    def until(self, pattern: bytes) -> float:
        """Read until a pattern was written; return when, in seconds since the program's start.

        Raises:
            SystemExit: it never came.
        """
        written, end = b"", time.perf_counter() + _LIMIT_S
        while not re.search(pattern, written):
            chunk = self._read(end - time.perf_counter())
            if not chunk:
                status = self.process.poll()
                why = f"in {_LIMIT_S:.0f} s" if status is None else f"until it ended with {status}"
                shown = written[-_SHOWN_MAX:].decode(errors="replace")
                raise SystemExit(f"{pattern!r} did not come {why}, but {shown!r}")
            written += chunk
        return time.perf_counter() - self._started

    def until_quiet(self, first_s: float = QUIET_S) -> tuple[bytes, float]:
        """Read until nothing more comes; return what came, and when the last of it did.

        Raises:
            SystemExit: it never is quiet.
        """
        written, last = b"", 0.0
        end = time.perf_counter() + _NEVER_QUIET_S
        while chunk := self._read(QUIET_S if written else first_s):
            written, last = written + chunk, time.perf_counter()
            if last > end:
                raise SystemExit(f"it was not quiet in {_NEVER_QUIET_S:.0f} s")
        return written, last

    def answer(self, key: bytes) -> Answer | None:
        """Type a key; return what it led to, None if there was nothing to be seen."""
        while self._read(0):
            pass
        cpu_ms, typed = self.cpu_ms(), time.perf_counter()
        self.type(key)
        written, last = self.until_quiet(FIRST_S)
        if not written:
            return None
        return Answer(len(written), (last - typed) * 1000, self.cpu_ms() - cpu_ms)

    def pending(self) -> int:
        """Return how many bytes were written that nobody has read yet."""
        size = 0
        while chunk := self._read(0):
            size += len(chunk)
        return size

    def cpu_ms(self) -> float:
        """Return the CPU time that the program has needed so far."""
        return MeasuredProcess(self.process.pid, 0).cpu_ms()

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        os.close(self._far)

    def _read(self, limit_s: float) -> bytes:
        """Return what comes next, b"" when nothing does."""
        if not select.select([self._far], [], [], max(0.0, limit_s))[0]:
            return b""
        try:
            return os.read(self._far, 65536)
        except OSError:  # the program has ended
            self.process.wait()
            return b""


@contextmanager
def on_terminal(command: tuple[str, ...], size: tuple[int, int]) -> Iterator[Terminal]:
    """Run a Python program for a player who has just come to this machine."""
    end_well_at_sigterm()
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal((sys.executable, *command), size, home)
        try:
            yield terminal
        finally:
            terminal.close()
