"""Servers in processes of their own, and what they cost: CPU time and memory from /proc."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SERVE: Final = (
    *("-c", "from rachel.cli import main; main()", "serve", "--host", "127.0.0.1"),
    *("--rubp-port", "0", "--no-mdns", "--turn-time", "0", "--bot-delay", "0"),
    *("--start-delay", "60", "--seats", "4"),
)


class MeasuredProcess:
    """A server that listens.

    Attributes:
        port: where it listens on this machine.
        http_port: where it answers HTTP, 0 if it does not.
        ssh_port: where it lets people in over SSH, 0 if it does not.
    """

    def __init__(self, pid: int, port: int, http_port: int = 0, ssh_port: int = 0) -> None:
        self._proc = Path(f"/proc/{pid}")
        self.port = port
        self.http_port = http_port
        self.ssh_port = ssh_port

    def cpu_s(self) -> float | None:
        """Return the CPU time of all its threads so far, None where there is no /proc."""
        try:
            fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float | None:
        """Return its resident memory, None where there is no /proc."""
        try:
            pages = int((self._proc / "statm").read_text().split()[1])
        except OSError:
            return None
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)

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


@contextmanager
def rachel_server(*options: str) -> Iterator[MeasuredProcess]:
    """Run `rachel serve` on a new folder, its journal on, with more options than `_SERVE`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _process(*_SERVE, "--data", folder, *options) as (process, _),
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
def _process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run Python; yield the process and the first line it prints."""
    with tempfile.TemporaryFile("w+") as log:
        command = [sys.executable, *arguments]
        # HTTP: a free port, too, and no limits for the many clients of one machine.
        environment = {**os.environ, "PORT": "0", "UNLIMITED_NETWORKS": "127.0.0.0/8"}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            try:
                if not line:
                    log.seek(0)
                    raise SystemExit(f"the server did not start: {log.read()}")
                yield process, line
            finally:
                process.terminate()
