"""The benchmarks run: each for a moment, on the smallest sizes. What they measure is not judged."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from process_children import children

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def _json(script: str, *options: str) -> str:
    """Return the JSON that a benchmark prints."""
    command = [sys.executable, str(BENCHMARKS / script), *options, "--json"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("think", ["0", "20"])
def test_servers_are_measured_in_turns(think: str) -> None:
    sizes = ("--connections", "4,8", "--rounds", "1", "--seconds", "0.3", "--think", think)
    printed = _json("server.py", "--contenders", "echo,rachel-pure", *sizes)
    runs = json.loads(printed)["runs"]
    assert [(run["connections"], run["server"]) for run in runs] == [
        (connections, server) for connections in (4, 8) for server in ("echo", "rachel-pure")
    ]
    for run in runs:
        assert run["errors"] == 0
        assert run["actions_per_s"] > 0
        assert run["ratio"] > 0


def test_the_engine_is_measured() -> None:
    runs = json.loads(_json("engine.py", "--seats", "4", "--seconds", "0.01"))["runs"]
    assert runs[0]["actions_per_s"]["random"] > 0


def test_random_play_is_measured() -> None:
    printed = _json("engines.py", "--engines", "rachel", "--rounds", "1")
    assert json.loads(printed)["moves_per_s"]["rachel"] > 0


def test_the_house_is_measured() -> None:
    runs = json.loads(_json("house.py", "--tables", "2", "--actions", "200"))["runs"]
    assert runs[0]["receive_us"] > 0
    assert runs[0]["saved_us"] > 0


def test_a_benchmark_that_is_terminated_takes_its_programs_with_it() -> None:
    command = [sys.executable, str(BENCHMARKS / "terminal.py"), "--rounds", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as benchmark:
        assert benchmark.stdout is not None
        benchmark.stdout.readline()
        pids = list[int]()
        while not any(map(_has_loaded, pids)):
            assert benchmark.poll() is None
            pids = children(benchmark.pid)
        benchmark.terminate()
        benchmark.stdout.read()
    assert benchmark.returncode == 128 + signal.SIGTERM
    assert [pid for pid in pids if Path("/proc", str(pid)).exists()] == []


def _has_loaded(pid: int) -> bool:
    """Tell whether a program has more memory than Python alone."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) > 4000
