"""Servers in processes of their own, and what they cost: CPU time and memory from /proc."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

_SERVE: Final = (
    *("-c", "from rachel.cli import main; main()", "serve", "--host", "127.0.0.1"),
    *("--rubp-port", "0", "--no-mdns", "--turn-time", "0", "--bot-delay", "0"),
    *("--start-delay", "60", "--seats", "4"),
)

_START_S: Final = 30.0
_END_S: Final = 10.0
"""How long a program may take to start, and to end."""

_AS_IT_IS: Final[Mapping[str, str]] = MappingProxyType({})
_MANY_CLIENTS: Final = {"PORT": "0", "UNLIMITED_NETWORKS": "127.0.0.0/8"}
"""HTTP at a free port, too; and limits for each address do not hold for all clients together."""


class MeasuredProcess:
    """A server that listens.

    Attributes:
        pid: its number.
        port: where it listens on this machine.
        http_port: where it answers HTTP, 0 if it does not.
        ssh_port: where it lets people in over SSH, 0 if it does not.
    """

    def __init__(self, pid: int, port: int, http_port: int = 0, ssh_port: int = 0) -> None:
        self._proc = Path(f"/proc/{pid}")
        self.pid = pid
        self.port = port
        self.http_port = http_port
        self.ssh_port = ssh_port

    def cpu_s(self) -> float | None:
        """Return the CPU time of all its threads so far, None where there is no /proc."""
        try:
            return _cpu_s(self._proc)
        except OSError:
            return None

    def cpu_s_by_part(self) -> dict[str, float]:
        """Return the CPU time so far of each of its threads and of each process it has started.

        A process's first thread is the one that runs its event loop. Empty where there is no /proc.
        """
        parts = {
            f"thread {number}" if number else "loop": spent
            for number, spent in enumerate(self.cpu_s_by_thread().values())
        }
        with suppress(OSError):
            for number, child in enumerate(self.children()):
                parts[f"process {number + 1}"] = _cpu_s(child._proc)
        return parts

    def cpu_s_by_thread(self) -> dict[int, float]:
        """Return the same of its threads, by the kernel's numbers; the first has the process's."""
        try:
            threads = sorted(int(task.name) for task in (self._proc / "task").iterdir())
            return {thread: _cpu_s(self._proc / "task" / str(thread)) for thread in threads}
        except OSError:
            return {}

    def cpu_ms(self) -> float:
        """Return the CPU time of the threads that it has now, where `cpu_s` is too coarse.

        Raises:
            OSError: there is no /proc.
        """
        spent = ((task / "schedstat").read_text() for task in (self._proc / "task").iterdir())
        return sum(int(text.split()[0]) for text in spent) / 1e6

    def rss_mb(self) -> float | None:
        """Return its resident memory and that of the processes it has started, in one sum.

        None where there is no /proc.
        """
        try:
            pages = int((self._proc / "statm").read_text().split()[1])
            own = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
            return round(own + sum(child.rss_mb() or 0.0 for child in self.children()), 1)
        except OSError:
            return None

    def children(self) -> "list[MeasuredProcess]":
        """Return the processes that it has started, such as workers.

        Raises:
            OSError: there is no /proc.
        """
        pids = (self._proc / "task" / self._proc.name / "children").read_text().split()
        return [MeasuredProcess(int(pid), 0) for pid in pids]

    def memory_mb(self) -> float:
        """Return its memory, of what it shares with other processes only its part.

        Raises:
            OSError: there is no /proc.
        """
        sizes = (self._proc / "smaps_rollup").read_text()
        return int(sizes.partition("\nPss:")[2].split()[0]) / 1024


def _cpu_s(folder: Path) -> float:
    """Return the CPU time of a process or a thread by its folder in /proc."""
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end_well_at_sigterm() -> None:
    """Have SIGTERM, which is also what `timeout` sends, end what was started as well."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def end(process: subprocess.Popen[str]) -> None:
    """End a program, if it still runs, in good order if it can."""
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def rachel_server(
    *options: str, settings: Mapping[str, str] = _AS_IT_IS
) -> Iterator[MeasuredProcess]:
    """Run `rachel serve` on a new folder, its journal on, with more options than `_SERVE`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _process(*_SERVE, "--data", folder, *options, settings=settings) as (process, _),
    ):
        ports = json.loads((Path(folder) / "ports.json").read_text())
        ssh_port = ports["ssh"][0] if "ssh" in ports else 0
        yield MeasuredProcess(process.pid, ports["rubp"][0], ports["http"][0], ssh_port)


@contextmanager
def echo_server() -> Iterator[MeasuredProcess]:
    """Run the echo server."""
    with _process(str(Path(__file__).with_name("echo_server.py"))) as (process, line):
        yield MeasuredProcess(process.pid, int(line))


@contextmanager
def other_server(script: str, packages: Path) -> Iterator[MeasuredProcess]:
    """Run a server of benchmarks/others with Node and the packages of that folder."""
    path = str(Path(__file__).parent / "others" / script)
    settings = {"NODE_PATH": str(packages), "NODE_ENV": "production"}
    with _process(path, program="node", settings=settings) as (process, line):
        yield MeasuredProcess(process.pid, int(line))


@contextmanager
def _process(
    *arguments: str,
    program: str = sys.executable,
    settings: Mapping[str, str] = _AS_IT_IS,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program; yield the process and the first line it prints."""
    end_well_at_sigterm()
    with tempfile.TemporaryFile("w+") as log:
        command = [program, *arguments]
        environment = {**os.environ, **_MANY_CLIENTS, **settings}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process:
            assert process.stdout is not None
            try:
                ready, _, _ = select.select([process.stdout], [], [], _START_S)
                line = process.stdout.readline() if ready else ""
                if not line:
                    log.seek(0)
                    raise SystemExit(f"the server did not start: {log.read()}")
                yield process, line
            finally:
                end(process)
