"""What a process is started with: its streams and its home."""

import os
import signal
import tomllib
from pathlib import Path

import pytest
from command_run import ERROR, MAIN, USAGE, run

ROOT = Path(__file__).parents[2]
HOMELESS = f"import pwd; pwd.getpwuid = {{}}.__getitem__; {MAIN}"
"""A user without an entry among the users of the machine."""


EARLY = """
import os, signal, sys

class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupted())
from rachel.entry import main; main()
"""
"""Ctrl-C while the command is still being imported."""


def test_ctrl_c_is_quiet_before_there_is_a_command(tmp_path: Path) -> None:
    done = run(tmp_path, "--version", program=EARLY)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_the_installed_command_begins_where_ctrl_c_is_quiet() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"rachel": "rachel.entry:main"}


@pytest.mark.parametrize("redirect", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("play --data solo", 0),
        ("login 127.0.0.1:1", USAGE),
        ("login 127.0.0.1:1 --username ann --password-stdin", ERROR),
        ("simulate --games 1", 0),
        ("replay -", ERROR),
    ],
)
def test_a_closed_stream_is_like_the_null_device(
    tmp_path: Path, command: str, status: int, redirect: str
) -> None:
    done = run(tmp_path, *command.split(), redirect=redirect, HOME=str(tmp_path))
    assert done.returncode == status
    assert b"Traceback" not in done.stderr
    assert b"Warning" not in done.stderr


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("play --data solo", 0),
        ("serve --check --data served", 0),
        ("whoami", ERROR),
        ("play", USAGE),
        ("serve --check", ERROR),
    ],
)
def test_a_home_is_needed_only_where_nothing_else_is_named(
    tmp_path: Path, command: str, status: int
) -> None:
    done = run(tmp_path, *command.split(), program=HOMELESS)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr
    assert (b"home folder" in done.stderr) == (command in ("play", "serve --check"))


def test_a_home_whose_name_is_no_text_holds_a_game(tmp_path: Path) -> None:
    home = os.fsdecode(os.fsencode(tmp_path) + b"/h\xe9")
    assert run(tmp_path, "play", "--name", "Ann", HOME=home).returncode == 0
    assert b"the game you left" in run(tmp_path, "play", HOME=home).stdout
