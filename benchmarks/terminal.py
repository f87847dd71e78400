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
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Final, NamedTuple

from measured_process import MeasuredProcess, rachel_server
from measured_terminal import Answer, Terminal, on_terminal

FIRST_FRAME_RATIO_MAX: Final = 1.2
SOLO_MB_MAX: Final = 50.0
CARET_BYTES_MAX: Final = 600
REACTION_P95_MS_MAX: Final = 30.0
IDLE_CPU_MAX: Final = 0.003
CLOCK_BYTES_MAX: Final = 40
"""A place, a colour, and two digits."""

SIZES: Final = ((80, 24), (200, 50))
_RACHEL: Final = ("-c", "from rachel.cli import main; main()", "play", "--name", "Ann")
_BARE: Final = (str(Path(__file__).with_name("bare_textual.py")),)
_BARE_SHOWN: Final = rb"BARE TEXTUAL"
_DEALT: Final = rb"cards are dealt|YOUR TURN"
_OWN_TURN: Final = rb"YOUR TURN"
_WAITING_SHOWN: Final = rb"free"
_DEAL: Final = b"p"
"""The key at home that deals."""
_PAINTED: Final = rb"\x1b\[[0-9;]*m[^\x1b]*[A-Za-z]{3}"
"""A word in a colour: before its first frame a program only asks the terminal what it can do."""
_RIGHT, _LEFT = b"\x1b[C", b"\x1b[D"
_PLAY_CARD: Final = b"\r"
_ASKS_FOR_SUIT: Final = b"Choose the suit"
_ESCAPE: Final = b"\x1b"
_KEYS: Final = (
    *(("caret", _RIGHT), ("caret", _LEFT), ("pick", b" "), ("pick", b" "), ("caret", b"\t")),
    *(("keys", b"?"), ("back", _ESCAPE), ("rules", b"r"), ("back", _ESCAPE)),
    *(("settings", b","), ("back", _ESCAPE), ("commands", b":"), ("back", _ESCAPE)),
    *(("leave?", b"q"), ("back", _ESCAPE)),
)
"""What is typed in turns, and what the answers are counted as."""
_DEALS_MAX: Final = 20
_SETTLE_S: Final = 1.0
_TURN_S: Final = 3.0
_IDLE_S: Final = 10.0


class Start(NamedTuple):
    """How long a start takes in milliseconds, and the memory in MiB once all is shown."""

    frame_ms: float
    frame_cpu_ms: float
    card_ms: float
    mb: float


@contextmanager
def _at_cards(size: tuple[int, int], *options: str) -> Iterator[Terminal]:
    """Play, and wait until it is the player's turn and all is drawn."""
    with on_terminal((*_RACHEL, *options), size) as terminal:
        terminal.until(_OWN_TURN)
        terminal.until_quiet(_SETTLE_S)
        yield terminal


@contextmanager
def _with_choice(size: tuple[int, int], *options: str) -> Iterator[Terminal]:
    """Play where the caret can move: two cards at least can be played. It may take some deals."""
    for _ in range(_DEALS_MAX):
        with _at_cards(size, *options) as terminal:
            if terminal.answer(_RIGHT):
                yield terminal
                return
    raise SystemExit(f"in {_DEALS_MAX} deals there never were two cards to choose from")


def main() -> None:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="starts of each  [default: 9]")
    parser.add_argument("--keys", type=int, default=120, help="keys typed  [default: 120]")
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
        with on_terminal(_BARE, SIZES[0]) as terminal:
            frame_s, cpu_ms = terminal.until(_BARE_SHOWN), terminal.cpu_ms()
            bare.append(_start(terminal, frame_s, cpu_ms, frame_s))
        with on_terminal(_RACHEL, SIZES[0]) as terminal:
            frame_s, cpu_ms = terminal.until(_PAINTED), terminal.cpu_ms()
            terminal.type(_DEAL)
            ours.append(_start(terminal, frame_s, cpu_ms, terminal.until(_DEALT)))
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
    terminal.until_quiet(_SETTLE_S)
    mb = MeasuredProcess(terminal.process.pid, 0).rss_mb() or 0.0
    return Start(frame_s * 1000, frame_cpu_ms, card_s * 1000, mb)


def _table(size: tuple[int, int], number: int) -> dict[str, bool]:
    columns, rows = size
    with on_terminal(_BARE, size) as bare, _with_choice(size, "--seats", "8") as ours:
        bare.until(_BARE_SHOWN)
        bare.until_quiet()
        answers: dict[str, list[Answer]] = {name: [] for name in ("bare", *dict(_KEYS))}
        for letter, (name, key) in islice(zip(cycle((b"a", b"b")), cycle(_KEYS)), number):
            for terminal, what, typed in ((bare, "bare", letter), (ours, name, key)):
                if answer := terminal.answer(typed):
                    answers[what].append(answer)
        print(f"{columns}x{rows}     p50 ms  p95 ms  CPU ms   bytes")
        for name, given in answers.items():
            size_bytes, p50, cpu_ms = map(median, zip(*given, strict=True))
            print(f"{name:8} {p50:7.1f} {_p95_ms(given):7.1f} {cpu_ms:7.1f} {size_bytes:7,.0f}")
        print(f"a card and the bots' turns: {_turn_bytes(ours):,} bytes", flush=True)
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


def _turn_bytes(terminal: Terminal) -> int:
    """Play the card at the caret; return how many bytes that and the answers of all bots took."""
    terminal.type(_PLAY_CARD)
    written, _ = terminal.until_quiet(_TURN_S)
    if _ASKS_FOR_SUIT in written:
        terminal.type(_PLAY_CARD)
        written += terminal.until_quiet(_TURN_S)[0]
    return len(written)


def _p95_ms(answers: list[Answer]) -> float:
    return quantiles((it.ms for it in answers), n=20)[-1]


def _idle() -> dict[str, bool]:
    """Measure ten seconds in which nothing happens, at all places at once."""
    with (
        rachel_server("--turn-time", "120", "--start-delay", "0") as quick,
        rachel_server("--start-delay", "600") as slow,
        on_terminal(_BARE, SIZES[0]) as bare,
        on_terminal(_RACHEL, SIZES[0]) as home,
        _at_cards(SIZES[0], "--seats", "4") as solo,
        on_terminal((*_RACHEL, f"127.0.0.1:{slow.port}", "--guest"), SIZES[0]) as waiting,
        _at_cards(SIZES[0], f"127.0.0.1:{quick.port}", "--guest") as timed,
    ):
        waiting.until(_WAITING_SHOWN)
        print(f"idle for {_IDLE_S:.0f} s    bytes     CPU")
        clocks = {"waiting room": waiting, "with a clock": timed}
        costs = _idle_costs({"bare": bare, "home": home, "solo": solo, **clocks})
        for name, (size, cpu) in costs.items():
            print(f"{name:16} {size:6} {cpu:7.2%}")
    return {
        "home and a solo game send nothing": not (costs["home"][0] or costs["solo"][0]),
        f"a clock, in a waiting room, too, sends at most {CLOCK_BYTES_MAX} bytes a second": (
            max(costs[name][0] for name in clocks) <= CLOCK_BYTES_MAX * _IDLE_S
        ),
        f"none of them uses more than {IDLE_CPU_MAX:.1%} of a core": (
            max(costs[name][1] for name in costs if name != "bare") <= IDLE_CPU_MAX
        ),
    }


def _idle_costs(terminals: dict[str, Terminal]) -> dict[str, tuple[int, float]]:
    """Return how many bytes, and which share of a core, each needs while nothing happens."""
    time.sleep(_SETTLE_S)
    for terminal in terminals.values():
        terminal.pending()
    before = {name: terminal.cpu_ms() for name, terminal in terminals.items()}
    time.sleep(_IDLE_S)
    return {
        name: (terminal.pending(), (terminal.cpu_ms() - before[name]) / _IDLE_S / 1000)
        for name, terminal in terminals.items()
    }


if __name__ == "__main__":
    main()
