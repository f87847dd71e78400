"""How many actions a server plays in a second, next to what the machine could do at best.

For each number of connections: an echo server that sends the same bytes without a game
(echo_server.py), then a Rachel server with its journal on, each in a process of its own and under
the same load: tables of four, one action in flight at each (table_load.py).

    python benchmarks/server.py
    python benchmarks/server.py --connections 400 --seconds 20 --json
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Final, TypeAlias

from echo_server import loop_factory
from measured_process import MeasuredProcess, echo_server, rachel_server
from table_load import SEATS, EchoClient, Seat, Tally, sit_down, sit_down_at_echo

WARM_UP_S: Final = 1.0
START_LIMIT_S: Final = 60.0
FILES_MIN: Final = 4096
_HEAD: Final = (
    "connections           actions/s   p50 ms   p99 ms  CPU us  RSS MB  client CPU  ratio"
)

SitDown: TypeAlias = Callable[[Tally, int, int], Awaitable[Sequence[Seat | EchoClient]]]
"""Connects to a port that many times; what follows is noted in the tally."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One server under load.

    Attributes:
        actions_per_s: actions answered in a second.
        p50_ms: median of the time from sending an action to having what it led to.
        p99_ms: the same for all but the slowest hundredth.
        cpu_us: the server's CPU time for one action in microseconds, None where unknown.
        rss_mb: the server's resident memory at the end, None where unknown.
        client_cpu: the share of one core that the load itself needed.
        games: games played to their end.
        errors: ERROR frames and lost connections; 0 if all is well.
    """

    actions_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float | None
    rss_mb: float | None
    client_cpu: float
    games: int
    errors: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--connections", default="100,400,1000", help="how many; a list  [default: %(default)s]"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="of each  [default: 5]")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    numbers = [int(number) for number in options.connections.split(",")]
    if any(number <= 0 or number % SEATS for number in numbers):
        parser.error(f"every table has {SEATS} seats: connections come in multiples of that")
    allow_many_files()
    runs: list[dict[str, object]] = []
    for connections in numbers:
        echo = measure(echo_server, sit_down_at_echo, connections, options.seconds)
        server = measure(rachel_server, sit_down, connections, options.seconds)
        ratio = round(server.actions_per_s / echo.actions_per_s, 3)
        if not options.json:
            print(*([] if runs else [_HEAD]), _line(connections, "echo", echo), sep="\n")
            print(f"{_line(connections, 'server', server)}  {ratio:5.2f}", flush=True)
        runs.append(
            {
                "connections": connections,
                "ratio": ratio,
                "server": asdict(server),
                "echo": asdict(echo),
            }
        )
    if options.json:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        print(json.dumps({"machine": machine, "seconds": options.seconds, "runs": runs}, indent=2))


def measure(
    server: Callable[[], AbstractContextManager[MeasuredProcess]],
    sit_down: SitDown,
    connections: int,
    seconds: float,
) -> Measured:
    """Start a server, load it for that long and stop it."""
    with server() as process, asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(load(process, sit_down, connections, seconds))


async def load(
    process: MeasuredProcess, sit_down: SitDown, connections: int, seconds: float
) -> Measured:
    """Load a server for that long."""
    tally = Tally(connections // SEATS)
    seats = await sit_down(tally, process.port, connections)
    async with asyncio.timeout(START_LIMIT_S):
        await tally.started.wait()
    await asyncio.sleep(WARM_UP_S)
    tally.latencies.clear()
    tally.games = 0
    began, own_cpu, cpu = perf_counter(), process_time(), process.cpu_s()
    await asyncio.sleep(seconds)
    took, own_cpu, cpu_after = perf_counter() - began, process_time() - own_cpu, process.cpu_s()
    for seat in seats:
        seat.close()
    latencies = sorted(tally.latencies)
    count = len(latencies)
    known = cpu is not None and cpu_after is not None
    return Measured(
        actions_per_s=round(count / took, 1),
        p50_ms=round(1e3 * latencies[count // 2], 3),
        p99_ms=round(1e3 * latencies[count * 99 // 100], 3),
        cpu_us=round(1e6 * ((cpu_after or 0) - (cpu or 0)) / count, 2) if known else None,
        rss_mb=process.rss_mb(),
        client_cpu=round(own_cpu / took, 3),
        games=tally.games // SEATS,
        errors=tally.errors,
    )


def _line(connections: int, name: str, m: Measured) -> str:
    line = f"{connections:11} {name:8} {m.actions_per_s:10,.0f} {m.p50_ms:8.2f} {m.p99_ms:8.2f}"
    line += "       -" if m.cpu_us is None else f" {m.cpu_us:7.1f}"
    line += "       -" if m.rss_mb is None else f" {m.rss_mb:7.0f}"
    line += f" {m.client_cpu:11.0%}"
    return line + (f"  {m.errors} ERRORS" if m.errors else "")


def allow_many_files() -> None:
    """Let this process and the servers it starts hold a socket for every connection."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES_MIN if hard == resource.RLIM_INFINITY else min(FILES_MIN, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
