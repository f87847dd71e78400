"""Where the CPU time of an action goes in a Rachel server, from samples of its stacks by py-spy.

A server is loaded as in server.py and sampled meanwhile. Each sample of the thread that runs the
event loop, unless it sleeps, counts for the innermost frame that belongs to a part; the samples'
shares are of the CPU time that the kernel has counted for the thread. The other threads are a part
each, and so is the journal's process. The last line is what the echo server spends on the same
bytes.

    python benchmarks/parts.py
    python benchmarks/parts.py --pure
    python benchmarks/parts.py --connections 1000 --seconds 20 --json
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

from echo_server import loop_factory
from installed import LeftOutError, compiled_rachel, py_spy
from loading import START_LIMIT_S, WARM_UP_S, allow_many_files, measure
from measured_process import MeasuredProcess, echo_server, rachel_server
from table_load import sit_down, sit_down_at_echo
from tally import SEATS, Tally

_RATE_HZ: Final = 100
_ROOT: Final = Path(__file__).parents[1]
_COMPILED: Final = {
    name: str(file.relative_to(_ROOT))
    for package in ("rachel", "rachel_server")
    for file in (_ROOT / package).rglob("*.py")
    for name in (file.stem, f"{file.parent.name}___{file.stem}")
}
"""The source of a compiled function by the beginning of its name in C, as mypyc makes it."""

_PARTS: Final = {
    "write": r"UVStream__(try|exec)_write",
    "read": r"uv__read ",
    "hand over to threads": r"pthread_cond|sem_post|uv_async_send",
    "hash": r"rachel/rules/(state_hash|deal_proof)",
    "rules": r"rachel/rules/",
    "decode": r"(read|unpack|decode|feed)\w* \(rachel/rubp/|rachel/rubp/stream",
    "encode": r"rachel/(rubp|telling)",
    "session": r"rachel_server/edge/",
    "house": r"rachel_server/core/",
    "runtime": r"rachel_server/runtime",
    "journal, in the loop": r"rachel_server/store/",
}
"""What a frame must match; the first that does counts."""

_ASLEEP: Final = re.compile(r"epoll_pwait|pthread_cond_(timed)?wait")
"""Among a stack's two innermost frames: the thread waited for bytes or for the interpreter."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--connections", type=int, default=100, help="[default: 100]")
    parser.add_argument("--seconds", type=int, default=10, help="[default: 10]")
    parser.add_argument("--pure", action="store_true", help="not the compiled form")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    if options.connections <= 0 or options.connections % SEATS or options.seconds <= 0:
        parser.error(f"--connections is a multiple of {SEATS}, --seconds at least 1")
    allow_many_files()
    try:
        spy = py_spy()
        settings = {} if options.pure else compiled_rachel()
    except LeftOutError as reason:
        sys.exit(f"not measured: {reason}")
    echo = measure(echo_server(), sit_down_at_echo, options.connections, 2.0)
    with (
        rachel_server(settings=settings) as process,
        asyncio.Runner(loop_factory=loop_factory()) as runner,
    ):
        parts = runner.run(_sample(process, spy, options.connections, options.seconds))
    if options.json:
        print(json.dumps({"cpu_us": parts, "echo_cpu_us": echo.cpu_us}))
        return
    print(f"CPU us an action, {options.connections} connections")
    for part, us in sorted(parts.items(), key=lambda part: -part[1]):
        print(f"  {part:<32}{us:7.1f}")
    print(f"  {'together':<32}{sum(parts.values()):7.1f}")
    print(f"  {'the echo server':<32}{echo.cpu_us or 0:7.1f}")


async def _sample(
    process: MeasuredProcess, spy: Path, connections: int, seconds: int
) -> dict[str, float]:
    """Return the microseconds of an action by part."""
    tally = Tally(connections // SEATS)
    players = await sit_down(tally, process.port, connections)
    tally.begin()
    async with asyncio.timeout(START_LIMIT_S):
        await tally.started.wait()
    await asyncio.sleep(WARM_UP_S)
    tally.latencies.clear()
    before, journal_before = process.cpu_s_by_thread(), _journal_s(process)
    with tempfile.NamedTemporaryFile("r") as samples:
        where = ("--pid", str(process.pid), "--output", samples.name, "--format", "raw")
        how = ("--duration", str(seconds), "--rate", str(_RATE_HZ), "--threads", "--native")
        recorder = await asyncio.create_subprocess_exec(
            spy, "record", *where, *how, stdout=asyncio.subprocess.DEVNULL
        )
        if await recorder.wait():
            sys.exit("py-spy could not look into the server: it needs the right to trace processes")
        after, journal_after = process.cpu_s_by_thread(), _journal_s(process)
        each = 1e6 / len(tally.latencies)
        for player in players:
            player.close()
        names, loop = _read(samples.read(), process.pid)
    cpu = {thread: each * (s - before.get(thread, 0)) for thread, s in after.items()}
    count = loop.total()
    parts = defaultdict(float, {p: cpu[process.pid] * n / count for p, n in loop.items()})
    for thread, us in cpu.items():
        if thread != process.pid:
            parts[names.get(thread, "other threads")] += us
    parts["the journal's process"] = each * (journal_after - journal_before)
    return {part: round(us, 1) for part, us in parts.items() if us >= 0.05}


def _journal_s(server: MeasuredProcess) -> float:
    """Return the CPU time so far of the process that writes a server's journal."""
    return sum(child.cpu_s() or 0.0 for child in server.children())


def _read(samples: str, loop_thread: int) -> tuple[dict[int, str], Counter[str]]:
    """Return the names of threads, and how often each part was sampled in the loop's."""
    names: dict[int, str] = {}
    loop: Counter[str] = Counter()
    for line in samples.splitlines():
        stack, _, times = line.rpartition(" ")
        thread, *frames = stack.split(";")
        found = re.fullmatch(r"thread \((\d+)\): (.*)", thread)
        number, name = (int(found[1]), found[2]) if found else (loop_thread, "")
        if number != loop_thread:
            names[number] = f"thread {name}"
        elif not any(map(_ASLEEP.match, frames[-2:])):
            loop[_part(frames)] += int(times)
    return names, loop


def _part(frames: list[str]) -> str:
    """Return the part of the innermost frame that has one."""
    for frame in reversed(frames):
        place = _source(frame)
        for part, pattern in _PARTS.items():
            if re.search(pattern, place):
                return part
    return "the rest of the loop"


def _source(frame: str) -> str:
    """Return a frame as Python's would be, also where mypyc has made C of it."""
    found = re.match(r"CPy\w+?_((?:[a-z_]+?___)?[a-z_]+?)___(\w+)", frame)
    if found is None:
        return frame
    module, function = found.groups()
    file = _COMPILED.get(module) or _COMPILED.get(module.partition("___")[0])
    return f"{function.rpartition('___')[2]} ({file})" if file else frame


if __name__ == "__main__":
    main()
