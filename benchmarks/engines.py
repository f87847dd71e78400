"""How fast the rules are beside other engines of card games, played at random.

The same program (playouts.py) plays four hands of Rachel in both forms, of OpenSpiel's crazy eights
(C++, called from Python) and of rlcard's UNO, each in a process of its own, in turns; the figures
are medians of moves by second of CPU time. The games are not the same: see docs/PERFORMANCE.md.

    python benchmarks/engines.py
    python benchmarks/engines.py --seats 2 --json
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from installed import LeftOutError, compiled_rachel, engine_python

from rachel.rules.game import MAX_SEATS, MIN_SEATS

_NAMES: Final = {
    "rachel": "Rachel, pure",
    "rachel-compiled": "Rachel, compiled",
    "open_spiel": "OpenSpiel crazy eights",
    "rlcard": "rlcard UNO",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engines", default=",".join(_NAMES), help="a list  [%(default)s]")
    parser.add_argument("--seats", type=int, default=4, help="[default: 4]")
    parser.add_argument("--rounds", type=int, default=9, help="0.2 s of each  [default: 9]")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    engines = options.engines.split(",")
    if unknown := set(engines) - set(_NAMES):
        parser.error(f"no such engine: {', '.join(sorted(unknown))}")
    if not MIN_SEATS <= options.seats <= MAX_SEATS or options.rounds <= 0:
        parser.error(f"--seats is a number from {MIN_SEATS} to {MAX_SEATS}, --rounds at least 1")
    rates = measure(engines, options.seats, options.rounds)
    first = next(iter(rates.values()), 0)
    if options.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        print(json.dumps({"machine": machine, "seats": options.seats, "moves_per_s": rates}))
        return
    print(f"random legal play, {options.seats} seats       moves/s  ratio")
    for engine, rate in rates.items():
        print(f"{_NAMES[engine]:<32}{rate:>10,}  {rate / first:5.2f}")


def measure(engines: list[str], seats: int, rounds: int) -> dict[str, int]:
    """Return each engine's moves a second; say which cannot be measured."""
    with ExitStack() as stack:
        players: dict[str, subprocess.Popen[str]] = {}
        for engine in engines:
            try:
                player = _player(engine, seats)
            except LeftOutError as reason:
                print(f"{_NAMES[engine]} is left out: {reason}", file=sys.stderr)
            else:
                players[engine] = stack.enter_context(player)
        rates: dict[str, list[float]] = {engine: [] for engine in players}
        for _ in range(rounds):
            for engine, player in players.items():
                rates[engine].append(_slice(player))
    return {engine: round(median(measured)) for engine, measured in rates.items()}


def _player(engine: str, seats: int) -> subprocess.Popen[str]:
    """Start a process that plays when it is told to."""
    python, settings = sys.executable, dict[str, str]()
    if engine == "rachel-compiled":
        settings = compiled_rachel()
    elif engine != "rachel":
        python = str(engine_python())
    program = str(Path(__file__).with_name("playouts.py"))
    return subprocess.Popen(
        [python, program, engine.removesuffix("-compiled"), str(seats)],
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _slice(player: subprocess.Popen[str]) -> float:
    """Let it play a while; return its moves a second."""
    assert player.stdin is not None
    assert player.stdout is not None
    print(file=player.stdin, flush=True)
    return float(player.stdout.readline())


if __name__ == "__main__":
    main()
