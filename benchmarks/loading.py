"""A server under load, and what it did."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final, TypeAlias

from echo_server import loop_factory
from measured_process import MeasuredProcess
from tally import SEATS, Player, Tally

WARM_UP_S: Final = 0.5
START_LIMIT_S: Final = 60.0
FILES_MIN: Final = 24_000

SitDown: TypeAlias = Callable[[Tally, int, int], Awaitable[Sequence[Player]]]
"""Connects to a port that many times; what follows is noted in the tally."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One server under load.

    Attributes:
        actions_per_s: actions answered in a second.
        p50_ms: median of the time from sending an action to having what it led to.
        p99_ms: the same for all but the slowest hundredth.
        cpu_us: the server's CPU time for one action in microseconds, None where unknown.
        cpu_us_by_part: the same for each of its threads and of the processes it has started.
        rss_mb: the resident memory of the server's processes at the end, None where unknown.
        client_cpu: the share of one core that the load itself needed.
        games: games played to their end.
        errors: refused actions and lost connections; 0 if all is well.
    """

    actions_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float | None
    cpu_us_by_part: dict[str, float]
    rss_mb: float | None
    client_cpu: float
    games: int
    errors: int


def measure(
    server: AbstractContextManager[MeasuredProcess],
    sit_down: SitDown,
    connections: int,
    seconds: float,
    think_s: float = 0.0,
) -> Measured:
    """Start a server, load it for that long and stop it."""
    with server as process, asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(load(process, sit_down, connections, seconds, think_s))


async def load(
    process: MeasuredProcess,
    sit_down: SitDown,
    connections: int,
    seconds: float,
    think_s: float = 0.0,
) -> Measured:
    """Load a server for that long."""
    tally = Tally(connections // SEATS, think_s)
    players = await sit_down(tally, process.port, connections)
    tally.begin()
    async with asyncio.timeout(START_LIMIT_S):
        await tally.started.wait()
    await asyncio.sleep(WARM_UP_S)
    tally.latencies.clear()
    tally.games = 0
    began, own_began, cpu = perf_counter(), process_time(), process.cpu_s_by_part()
    await asyncio.sleep(seconds)
    took, own_cpu = perf_counter() - began, process_time() - own_began
    cpu_after = process.cpu_s_by_part()
    for player in players:
        player.close()
    latencies = sorted(tally.latencies)
    count = len(latencies)
    if not count:
        raise SystemExit("the server answered nothing")
    each = 1e6 / count
    parts = {name: round(each * (s - cpu.get(name, 0)), 2) for name, s in cpu_after.items()}
    return Measured(
        actions_per_s=round(count / took, 1),
        p50_ms=round(1e3 * latencies[count // 2], 3),
        p99_ms=round(1e3 * latencies[count * 99 // 100], 3),
        cpu_us=round(sum(parts.values()), 2) if parts else None,
        cpu_us_by_part={name: us for name, us in parts.items() if us},
        rss_mb=process.rss_mb(),
        client_cpu=round(own_cpu / took, 3),
        games=tally.games // SEATS,
        errors=tally.errors,
    )


def allow_many_files() -> None:
    """Let this process and the servers it starts hold a socket for every connection."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES_MIN if hard == resource.RLIM_INFINITY else min(FILES_MIN, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
