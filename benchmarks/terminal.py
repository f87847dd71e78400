"""How `rachel play` feels on a terminal, beside a bare Textual application in the same run.

On a pty of its own, in rounds that take turns: how long the first frame and the first card of a
solo game take, and what memory that costs. Then, for each size of the terminal: what one key and
one turn send, and how soon each key is answered at a table of eight. Then what ten seconds cost in
which nothing happens: at home, alone, in a waiting room, and at a host whose clock runs. Exits with
1 when a bar is missed.

A key is answered when the last byte of its picture has come: everything that it changes counts, the
settings that it opens as well as the advice below the hand. None of these keys makes a card fly.
Where the machine has other work to do, only the CPU times can be trusted.

    python benchmarks/terminal.py
    python benchmarks/terminal.py --rounds 21 --keys 200
"""

import argparse
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
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Final, NamedTuple

from measured_process import MeasuredProcess, rachel_server

FIRST_FRAME_RATIO_MAX: Final = 1.2
SOLO_MB_MAX: Final = 50.0
CARET_BYTES_MAX: Final = 600
REACTION_P95_MS_MAX: Final = 30.0
IDLE_CPU_MAX: Final = 0.003
CLOCK_BYTES_MAX: Final = 40
"""A place, a colour, and two digits."""

SIZES: Final = ((80, 24), (200, 50))
_RACHEL: Final = (sys.executable, "-c", "from rachel.cli import main; main()", "play")
_NAME: Final = ("--name", "Ann")
_SOLO: Final = (*_NAME, "--bot-delay", "0")
_BARE: Final = (sys.executable, str(Path(__file__).with_name("bare_textual.py")))
_BARE_SHOWN: Final = rb"BARE TEXTUAL"
_CARDS_SHOWN: Final = rb"YOUR TURN"
_WAITING_SHOWN: Final = rb"free"
_PLAY: Final = b"p"
"""The key at home that deals."""
_PAINTED: Final = rb"\x1b\[[0-9;]*m[^\x1b]*[A-Za-z]{3}"
"""A word in a colour: before its first frame a program only asks the terminal what it can do."""
_RIGHT, _LEFT = b"\x1b[C", b"\x1b[D"
_DRAW, _PLAY_CARD = b"d", b"\r"
_ESCAPE: Final = b"\x1b"
_KEYS: Final = (
    *(("caret", _RIGHT), ("caret", _LEFT), ("pick", b" "), ("pick", b" "), ("caret", b"\t")),
    *(("keys", b"?"), ("back", _ESCAPE), ("rules", b"r"), ("back", _ESCAPE)),
    *(("settings", b","), ("back", _ESCAPE), ("commands", b":"), ("back", _ESCAPE)),
    *(("leave?", b"q"), ("back", _ESCAPE)),
)
"""What is typed in turns, and what the answers are counted as."""
_QUIET_S: Final = 0.12
"""When so long nothing comes, all that a key led to has been drawn."""
_SETTLE_S: Final = 1.0
_IDLE_S: Final = 10.0
_LIMIT_S: Final = 60.0


class Terminal:
    """A program on a terminal of its own.

    Attributes:
        process: the program.
        started: when it was started, in seconds of `time.perf_counter`.
    """

    def __init__(self, command: tuple[str, ...], size: tuple[int, int], home: str) -> None:
        self._far, near = pty.openpty()
        termios.tcsetwinsize(near, size[::-1])
        files = {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TEXTUAL")}
        environment = kept | files | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        for name in ("NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
            environment.pop(name, None)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=near, stdout=near, stderr=near, env=environment, start_new_session=True
        )
        os.close(near)

    def type(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._far, keys)

    def until(self, pattern: bytes) -> float:
        """Read until a pattern was written; return when, in seconds since the program's start."""
        written = b""
        while not re.search(pattern, written):
            chunk = self._read(_LIMIT_S)
            assert chunk, f"{pattern!r} never came: {written[-2000:]!r}"
            written += chunk
        return time.perf_counter() - self.started

    def until_quiet(self) -> tuple[int, float]:
        """Read until nothing comes; return how many bytes, and when the last of them came."""
        size, last = 0, 0.0
        while chunk := self._read(_QUIET_S):
            size, last = size + len(chunk), time.perf_counter()
        return size, last

    def drawn_in(self, seconds: float) -> int:
        """Return how many bytes are written in a while."""
        size, end = 0, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            size += len(self._read(left))
        return size

    def _read(self, limit_s: float) -> bytes:
        """Return what comes next, b"" when nothing does."""
        if not select.select([self._far], [], [], limit_s)[0]:
            return b""
        try:
            return os.read(self._far, 65536)
        except OSError:  # the program has ended
            return b""

    def cpu_ms(self) -> float:
        """Return the CPU time that the program has needed so far."""
        return MeasuredProcess(self.process.pid, 0).cpu_ms()

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        os.close(self._far)


class Start(NamedTuple):
    """How long a start takes in milliseconds, and the memory in MiB once all is shown."""

    frame_ms: float
    frame_cpu_ms: float
    card_ms: float
    mb: float


class Answer(NamedTuple):
    """What a key led to: bytes, the milliseconds until the last of them came, CPU time."""

    bytes: int
    ms: float
    cpu_ms: float


@contextmanager
def _on_terminal(command: tuple[str, ...], size: tuple[int, int]) -> Iterator[Terminal]:
    """Run a program for a player who has just come to this machine."""
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(command, size, home)
        try:
            yield terminal
        finally:
            terminal.close()


@contextmanager
def _at_cards(size: tuple[int, int], *options: str) -> Iterator[Terminal]:
    """Play, and wait until it is the player's turn and all is drawn."""
    with _on_terminal((*_RACHEL, *options), size) as terminal:
        terminal.until(_CARDS_SHOWN)
        time.sleep(_SETTLE_S)
        terminal.until_quiet()
        yield terminal


def main() -> None:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="starts of each  [default: 9]")
    parser.add_argument("--keys", type=int, default=300, help="keys typed  [default: 300]")
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    bars = _starts(options.rounds)
    for size in SIZES:
        bars |= _table(size, options.keys)
    bars |= _idle()
    for bar, is_met in bars.items():
        print(f"{'met' if is_met else 'MISSED':7} {bar}")
    sys.exit(not all(bars.values()))


def _starts(rounds: int) -> dict[str, bool]:
    bare, ours = [], []
    for _ in range(rounds + 1):  # the first one compiles
        with _on_terminal(_BARE, SIZES[0]) as terminal:
            frame_s = terminal.until(_BARE_SHOWN)
            bare.append(_start(terminal, frame_s, terminal.cpu_ms(), frame_s))
        with _on_terminal((*_RACHEL, *_NAME), SIZES[0]) as terminal:
            frame_s, frame_cpu_ms = terminal.until(_PAINTED), terminal.cpu_ms()
            terminal.type(_PLAY)
            ours.append(_start(terminal, frame_s, frame_cpu_ms, terminal.until(_CARDS_SHOWN)))
    print("start     first frame ms  CPU ms  first card ms     MiB")
    medians = [Start(*map(median, zip(*starts[1:], strict=True))) for starts in (bare, ours)]
    for name, it in zip(("bare", "rachel"), medians, strict=True):
        print(
            f"{name:8} {it.frame_ms:15.0f} {it.frame_cpu_ms:7.0f} {it.card_ms:14.0f} {it.mb:7.1f}"
        )
    ratio, cpu_ratio, _, mb_ratio = (b / a for a, b in zip(*medians, strict=True))
    print(f"{'ratio':8} {ratio:15.2f} {cpu_ratio:7.2f} {'':14} {mb_ratio:7.2f}", flush=True)
    return {
        f"first frame at most {FIRST_FRAME_RATIO_MAX} times the bare one's": (
            ratio <= FIRST_FRAME_RATIO_MAX
        ),
        f"a solo game in at most {SOLO_MB_MAX:.0f} MiB": medians[1].mb <= SOLO_MB_MAX,
    }


def _start(terminal: Terminal, frame_s: float, frame_cpu_ms: float, card_s: float) -> Start:
    time.sleep(_SETTLE_S)
    terminal.until_quiet()
    mb = MeasuredProcess(terminal.process.pid, 0).rss_mb() or 0.0
    return Start(frame_s * 1000, frame_cpu_ms, card_s * 1000, mb)


def _table(size: tuple[int, int], number: int) -> dict[str, bool]:
    columns, rows = size
    with (
        _on_terminal(_BARE, size) as bare,
        _at_cards(size, *_SOLO, "--seats", "8") as ours,
    ):
        bare.until(_BARE_SHOWN)
        bare.until_quiet()
        while not _answers(ours, _RIGHT):  # fewer than two cards fit
            for key in (_DRAW, _PLAY_CARD):
                ours.type(key)
                ours.drawn_in(_SETTLE_S)
        answers: dict[str, list[Answer]] = {name: [] for name in ("bare", *dict(_KEYS))}
        for letter, (name, key) in islice(zip(cycle((b"a", b"b")), cycle(_KEYS)), number):
            answers["bare"] += _answers(bare, letter)
            answers[name] += _answers(ours, key)
        print(f"{columns}x{rows}     p50 ms  p95 ms  CPU ms   bytes")
        for name, given in answers.items():
            size_bytes, p50, cpu_ms = map(median, zip(*given, strict=True))
            print(f"{name:8} {p50:7.1f} {_p95_ms(given):7.1f} {cpu_ms:7.1f} {size_bytes:7,.0f}")
        ours.type(_DRAW)
        print(f"a draw and the bots' turns: {ours.drawn_in(3.0):,} bytes", flush=True)
    if size != SIZES[0]:
        return {}
    return {
        f"a move of the caret at most {CARET_BYTES_MAX} bytes": (
            max(it.bytes for it in answers["caret"]) <= CARET_BYTES_MAX
        ),
        f"any key answered within {REACTION_P95_MS_MAX:.0f} ms (p95)": (
            max(map(_p95_ms, answers.values())) < REACTION_P95_MS_MAX
        ),
    }


def _answers(terminal: Terminal, key: bytes) -> list[Answer]:
    """Type a key; return its answer, or nothing if there is none to be seen."""
    terminal.until_quiet()
    cpu_ms, typed = terminal.cpu_ms(), time.perf_counter()
    terminal.type(key)
    size, last = terminal.until_quiet()
    return [Answer(size, (last - typed) * 1000, terminal.cpu_ms() - cpu_ms)] if size else []


def _p95_ms(answers: list[Answer]) -> float:
    return quantiles((it.ms for it in answers), n=20)[-1]


def _idle() -> dict[str, bool]:
    """Measure ten seconds in which nothing happens."""
    guest = (*_NAME, "--guest")
    with (
        rachel_server("--turn-time", "120", "--start-delay", "0") as quick,
        rachel_server("--start-delay", "600") as slow,
        _on_terminal(_BARE, SIZES[0]) as bare,
        _on_terminal((*_RACHEL, *_NAME), SIZES[0]) as home,
        _at_cards(SIZES[0], *_SOLO) as solo,
        _on_terminal((*_RACHEL, f"127.0.0.1:{slow.port}", *guest), SIZES[0]) as waiting,
        _at_cards(SIZES[0], f"127.0.0.1:{quick.port}", *guest) as timed,
    ):
        waiting.until(_WAITING_SHOWN)
        print(f"idle for {_IDLE_S:.0f} s    bytes     CPU")
        terminals = {"bare": bare, "home": home, "solo": solo, "waiting room": waiting}
        costs = {
            name: _idle_cost(terminal)
            for name, terminal in (*terminals.items(), ("with a clock", timed))
        }
        for name, (size, cpu) in costs.items():
            print(f"{name:16} {size:6} {cpu:7.2%}")
    return {
        "home, a solo game and a waiting room send nothing": not any(
            costs[name][0] for name in terminals
        ),
        f"a running clock sends at most {CLOCK_BYTES_MAX} bytes a second": (
            costs["with a clock"][0] <= CLOCK_BYTES_MAX * _IDLE_S
        ),
        f"none of them uses more than {IDLE_CPU_MAX:.1%} of a core": (
            max(costs[name][1] for name in costs if name != "bare") <= IDLE_CPU_MAX
        ),
    }


def _idle_cost(terminal: Terminal) -> tuple[int, float]:
    """Return how many bytes, and which share of a core, a program needs while nothing happens."""
    terminal.until_quiet()
    before = terminal.cpu_ms()
    size = terminal.drawn_in(_IDLE_S)
    return size, (terminal.cpu_ms() - before) / _IDLE_S / 1000


if __name__ == "__main__":
    main()
