"""What people at terminals cost who come over SSH, next to one `rachel play` for each of them.

They sit at tables of four on screens of 80x24, with the server's usual clock. First nobody acts,
then everybody answers the bell with Enter after some three seconds, as people do. In the end 100
tables over TCP play all the time beside them (table_load.py); the same tables play alone before and
after that. The server's workers count in full, memory as PSS: of what processes share, a part each.

    python benchmarks/ssh_sessions.py
    python benchmarks/ssh_sessions.py --sessions 48 --processes 0 --seconds 30

The exit status is 1 when a session costs more than it may.
"""

import argparse
import asyncio
import os
import pty
import random
import sys
import tempfile
import termios
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final, NamedTuple

import asyncssh
from echo_server import loop_factory
from loading import Measured, allow_many_files, load
from measured_process import MeasuredProcess, rachel_server
from table_load import sit_down
from tally import SEATS

MEMORY_MAX_MB: Final = 8.0
CPU_MAX: Final = 0.005
P99_GROWTH_MAX: Final = 2.0

_TCP_CONNECTIONS: Final = 100 * SEATS
_PACE_S: Final = (2.0, 4.0)
_SIZE: Final = (80, 24)
_TERM: Final = "xterm-256color"
_ASKS: Final = (b"Choose the suit", b"play again")
"""What Enter answers, too."""
_AT_ONCE: Final = 4
"""How many come at the same time."""
_SETTLE_S: Final = 5.0
_START_LIMIT_S: Final = 120.0
_OPTIONS: Final = ("--ssh-port", "0", "--turn-time", "60")
_PLAY: Final = (sys.executable, "-c", "from rachel.cli import main; main()", "play")


class Party:
    """All the people at terminals.

    Attributes:
        plays: whether they answer when they are asked.
        drawn: bytes that came to their terminals.
        turns: how often one of them was told that it is their turn.
    """

    def __init__(self) -> None:
        self.plays = asyncio.Event()
        self.drawn = 0
        self.turns = 0
        self._turn = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()

    def take(self, data: bytes, type_: Callable[[bytes], None]) -> None:
        """Look at what a terminal is sent; answer it there in a while if it asks something."""
        self.drawn += len(data)
        rings = data.count(b"\a") > data.count(b"\x1b]")  # which are ended by a bell
        if rings:
            self.turns += 1
            self._turn.set()
        if rings or any(words in data for words in _ASKS):
            answer = asyncio.create_task(self._answer(type_))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    async def _answer(self, type_: Callable[[bytes], None]) -> None:
        await self.plays.wait()
        await asyncio.sleep(random.uniform(*_PACE_S))
        type_(b"\r")

    async def until_turns(self, turns: int) -> None:
        """Wait until they have had that many turns."""
        async with asyncio.timeout(_START_LIMIT_S):
            while self.turns < turns:
                self._turn.clear()
                await self._turn.wait()


class Visitor(asyncssh.SSHClientSession[bytes]):
    """Somebody's session over SSH."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """Take the channel."""
        self._channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Look at what is drawn."""
        self._party.take(data, self._type)

    def _type(self, keys: bytes) -> None:
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(keys)


class Guest(asyncssh.SSHClient):
    """Somebody without a key."""

    def kbdint_auth_requested(self) -> str:
        """Agree to be asked nothing."""
        return ""


class Cost(NamedTuple):
    """What one session costs.

    Attributes:
        memory_mb: memory.
        idle: share of a core while nobody acts.
        waiting: share of a core while people play.
        turns: how many a table has in a minute, so that one sees whether they keep their pace.
        turn_bytes: bytes that are drawn for one turn.
    """

    memory_mb: float
    idle: float
    waiting: float
    turns: float
    turn_bytes: float


def main() -> None:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=200, help="over SSH  [default: 200]")
    parser.add_argument("--processes", type=int, default=20, help="beside it  [default: 20]")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each  [default: 20]")
    options = parser.parse_args()
    if options.sessions % SEATS or options.processes % SEATS or options.sessions <= 0:
        parser.error(f"every table has {SEATS} seats: people come in multiples of that")
    allow_many_files()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        alone = runner.run(_tables_alone(options.seconds))
        cost, beside = runner.run(_over_ssh(options.sessions, options.seconds))
        after = runner.run(_tables_alone(options.seconds))
        print("people  through     MB each  CPU idle  CPU waiting  turns/min  bytes a turn")
        _print(options.sessions, "ssh", cost)
        if options.processes:
            _print(options.processes, "processes", runner.run(_processes(options)))
    print("100 TCP tables  actions/s   p50 ms   p99 ms")
    for name, measured in (("alone", alone), ("with ssh", beside), ("alone again", after)):
        line = f"{measured.actions_per_s:10,.0f} {measured.p50_ms:8.1f} {measured.p99_ms:8.1f}"
        print(f"{name:14} {line}" + (f"  {measured.errors} ERRORS" if measured.errors else ""))
    bars = {
        f"at most {MEMORY_MAX_MB} MB a session": cost.memory_mb <= MEMORY_MAX_MB,
        f"at most {CPU_MAX:.1%} of a core while waiting": cost.waiting <= CPU_MAX,
        "the tables' p99 less than doubled": beside.p99_ms
        < P99_GROWTH_MAX * (alone.p99_ms + after.p99_ms) / 2,
    }
    for bar, is_met in bars.items():
        print(f"{'met' if is_met else 'MISSED':7} {bar}")
    sys.exit(not all(bars.values()))


def _print(people: int, name: str, cost: Cost) -> None:
    shares = f"{cost.idle:8.2%}  {cost.waiting:11.2%}"
    drawn = f"{cost.turns:9.1f}  {cost.turn_bytes:12,.0f}"
    print(f"{people:6}  {name:9} {cost.memory_mb:9.1f}  {shares}  {drawn}", flush=True)


async def _tables_alone(seconds: float) -> Measured:
    with rachel_server() as server:
        return await load(server, sit_down, _TCP_CONNECTIONS, seconds)


async def _over_ssh(people: int, seconds: float) -> tuple[Cost, Measured]:
    """Return what people over SSH cost, and how the tables over TCP play beside them."""
    party, places = Party(), asyncio.Semaphore(_AT_ONCE)
    with rachel_server(*_OPTIONS) as server:
        async with AsyncExitStack() as leaving:

            async def come(number: int) -> None:
                async with places:
                    connection = await leaving.enter_async_context(
                        asyncssh.connect(
                            "127.0.0.1",
                            server.ssh_port,
                            username=f"P{number}",
                            client_factory=Guest,
                            client_keys=[],
                            known_hosts=None,
                            agent_path=None,
                            config=None,
                        )
                    )
                    await connection.create_session(
                        lambda: Visitor(party),
                        f"S{number // SEATS}",
                        term_type=_TERM,
                        term_size=_SIZE,
                        encoding=None,
                    )

            before = server.memory_mb()
            await asyncio.gather(*map(come, range(people)))
            processes = [server, *server.children()]
            cost = await _cost(party, people, processes, before, seconds)
            beside = await load(server, sit_down, _TCP_CONNECTIONS, seconds)
        return cost, beside


async def _processes(options: argparse.Namespace) -> Cost:
    """Return what the same people cost with a process for each."""
    party, people = Party(), options.processes
    with rachel_server(*_OPTIONS) as server:
        async with AsyncExitStack() as leaving:
            started = [
                await leaving.enter_async_context(_process(party, server.port, number))
                for number in range(people)
            ]
            return await _cost(party, people, started, 0.0, options.seconds)


@asynccontextmanager
async def _process(party: Party, port: int, number: int) -> AsyncIterator[MeasuredProcess]:
    """Run `rachel play` on a terminal of its own."""
    far, near = pty.openpty()
    termios.tcsetwinsize(near, _SIZE[::-1])
    loop = asyncio.get_running_loop()
    where = f"127.0.0.1:{port}", "--room", f"S{number // SEATS}", "--name", f"P{number}"
    with tempfile.TemporaryDirectory() as home:
        files = {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        process = await asyncio.create_subprocess_exec(
            *(*_PLAY, *where, "--guest"),
            stdin=near,
            stdout=near,
            stderr=near,
            env={**os.environ, **files, "TERM": _TERM, "LANG": "C.UTF-8"},
        )
        os.close(near)

        def type_(keys: bytes) -> None:
            with suppress(OSError):  # their terminal may be gone by then
                os.write(far, keys)

        loop.add_reader(far, lambda: party.take(os.read(far, 65536), type_))
        try:
            yield MeasuredProcess(process.pid, 0)
        finally:
            loop.remove_reader(far)
            process.kill()
            await process.wait()
            os.close(far)


async def _cost(
    party: Party,
    people: int,
    processes: Sequence[MeasuredProcess],
    before_mb: float,
    seconds: float,
) -> Cost:
    """Have people play for a while; return what one of them costs some processes."""

    async def share() -> float:
        """Return the share of a core that the next seconds cost for each."""
        before = sum(process.cpu_s() or 0 for process in processes)
        await asyncio.sleep(seconds)
        return (sum(process.cpu_s() or 0 for process in processes) - before) / seconds / people

    await party.until_turns(people // SEATS)
    await asyncio.sleep(_SETTLE_S)
    idle = await share()
    party.plays.set()
    await party.until_turns(2 * people // SEATS)
    drawn, turns = party.drawn, party.turns
    waiting = await share()
    memory = sum(process.memory_mb() for process in processes)
    turns = party.turns - turns
    a_minute = turns / (people // SEATS) * 60 / seconds
    turn_bytes = (party.drawn - drawn) / turns / SEATS
    return Cost((memory - before_mb) / people, idle, waiting, a_minute, turn_bytes)


if __name__ == "__main__":
    main()
