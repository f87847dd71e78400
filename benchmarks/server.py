"""How many actions a server plays in a second, next to others and to what the machine can do.

The same load for each (tables of four, one action in flight at each): an echo server that sends the
bytes of a game without one (echo_server.py), Colyseus and boardgame.io, which save nothing
(others/), and Rachel in both forms with its journal on. They are measured in turns, several rounds
long; what is printed are medians. docs/PERFORMANCE.md says what is compared and what is not.

    python benchmarks/server.py
    python benchmarks/server.py --connections 1000 --think 100 --contenders echo,rachel-compiled
    python benchmarks/server.py --connections 400 --seconds 20 --rounds 1 --json
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median

from contenders import CONTENDERS, Start
from installed import LeftOutError
from loading import Measured, allow_many_files, measure
from tally import SEATS

_HEAD = (
    "connections  server           actions/s  p50 ms  p99 ms  of echo  "
    "CPU us   core  RSS MB  load  CPU us by part"
)


def main() -> None:
    """Measure and print."""
    options = _options()
    starts = _prepared(options.contenders.split(","))
    allow_many_files()
    runs: list[dict[str, object]] = []
    if not options.json:
        print(_HEAD, flush=True)
    for connections in map(int, options.connections.split(",")):
        rounds: dict[str, list[Measured]] = {name: [] for name in starts}
        for _ in range(options.rounds):
            for name, start in starts.items():
                sit_down = CONTENDERS[name].sit_down
                size = (connections, options.seconds, options.think / 1e3)
                rounds[name].append(measure(start(), sit_down, *size))
        for name, measured in rounds.items():
            middle = _median(measured)
            ratio = _ratio(measured, rounds.get("echo"))
            if not options.json:
                print(_line(connections, name, middle, ratio), flush=True)
            run = {"connections": connections, "server": name, "ratio": ratio}
            runs.append(run | asdict(middle))
    if options.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        settings = {"seconds": options.seconds, "rounds": options.rounds, "think_ms": options.think}
        print(json.dumps({"machine": machine, **settings, "runs": runs}, indent=2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--contenders", default=",".join(CONTENDERS), help="a list  [default: %(default)s]"
    )
    parser.add_argument(
        "--connections", default="100,400,1000", help="how many; a list  [default: %(default)s]"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="of each  [default: 2]")
    parser.add_argument("--rounds", type=int, default=3, help="of all  [default: 3]")
    parser.add_argument(
        "--think", type=float, default=0, help="ms before every action  [default: 0]"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    if unknown := set(options.contenders.split(",")) - set(CONTENDERS):
        parser.error(f"no such contender: {', '.join(sorted(unknown))}")
    try:
        numbers = [int(number) for number in options.connections.split(",")]
    except ValueError:
        numbers = []
    if not numbers or any(number <= 0 or number % SEATS for number in numbers):
        parser.error(f"every table has {SEATS} seats: connections come in multiples of that")
    if options.seconds <= 0 or options.rounds <= 0 or options.think < 0:
        parser.error("seconds and rounds must be more than 0, and thinking not less")
    return options


def _prepared(names: Sequence[str]) -> dict[str, Start]:
    """Return how to start those that can be measured here; say which cannot."""
    starts = {}
    for name in names:
        try:
            starts[name] = CONTENDERS[name].prepare()
        except LeftOutError as reason:
            print(f"{name} is left out: {reason}", file=sys.stderr)
    return starts


def _median(rounds: Sequence[Measured]) -> Measured:
    """Return the median of every figure, and all errors."""
    cpu = [one.cpu_us for one in rounds if one.cpu_us is not None]
    memory = [one.rss_mb for one in rounds if one.rss_mb is not None]
    parts = dict.fromkeys(part for one in rounds for part in one.cpu_us_by_part)
    return Measured(
        actions_per_s=median(one.actions_per_s for one in rounds),
        p50_ms=median(one.p50_ms for one in rounds),
        p99_ms=median(one.p99_ms for one in rounds),
        cpu_us=median(cpu) if cpu else None,
        cpu_us_by_part={
            part: median(one.cpu_us_by_part.get(part, 0.0) for one in rounds) for part in parts
        },
        rss_mb=median(memory) if memory else None,
        client_cpu=median(one.client_cpu for one in rounds),
        games=sum(one.games for one in rounds),
        errors=sum(one.errors for one in rounds),
    )


def _ratio(rounds: Sequence[Measured], echo: Sequence[Measured] | None) -> float | None:
    """Return the median of what share each round had of the echo server's actions."""
    if echo is None:
        return None
    pairs = zip(rounds, echo, strict=True)
    return round(median(one.actions_per_s / best.actions_per_s for one, best in pairs), 3)


def _line(connections: int, name: str, m: Measured, ratio: float | None) -> str:
    line = f"{connections:11}  {name:15} {m.actions_per_s:10,.0f} {m.p50_ms:7.2f} {m.p99_ms:7.2f}"
    line += f" {'-' if ratio is None else format(ratio, '.2f'):>8}"
    if m.cpu_us is None:
        line += "       -      -"
    else:
        line += f" {m.cpu_us:7.1f} {m.cpu_us * m.actions_per_s / 1e6:6.0%}"
    line += "       -" if m.rss_mb is None else f" {m.rss_mb:7.0f}"
    line += f" {m.client_cpu:5.0%}  "
    floor = (m.cpu_us or 0) / 100
    line += ", ".join(f"{part} {us:.1f}" for part, us in m.cpu_us_by_part.items() if us > floor)
    return line + (f"  {m.errors} ERRORS" if m.errors else "")


if __name__ == "__main__":
    main()
