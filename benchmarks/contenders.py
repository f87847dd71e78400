"""The servers that are measured beside each other, and how each gets its load."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from loading import SitDown
from measured_process import MeasuredProcess, echo_server, other_server, rachel_server
from table_load import sit_down, sit_down_at_echo
from websocket_load import sit_down_at_boardgame, sit_down_at_colyseus

CACHE: Final = Path(__file__).parents[1] / "build" / "bench"
"""What is installed for benchmarks alone; `make clean` deletes it."""

_NODE: Final = CACHE / "node"
_PINNED: Final = Path(__file__).parent / "others" / "package.json"


class LeftOutError(Exception):
    """A contender cannot be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that is measured.

    Attributes:
        prepare: installs what it needs; raises LeftOutError if that cannot be had.
        start: runs it in a process of its own.
        sit_down: fills its tables.
    """

    prepare: Callable[[], None]
    start: Callable[[], AbstractContextManager[MeasuredProcess]]
    sit_down: SitDown


def install_node_packages() -> None:
    """Install the packages of benchmarks/others, unless they are there.

    Raises:
        LeftOutError: Node or npm is not there, or npm could not install them.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise LeftOutError(f"{program} is not installed")
    pinned = _PINNED.read_text()
    installed = _NODE / "package.json"
    done = _NODE / "installed.json"
    if done.exists() and done.read_text() == pinned:
        return
    _NODE.mkdir(parents=True, exist_ok=True)
    installed.write_text(pinned)
    # Without peers: Colyseus's are of other uses, and one comes from a repository.
    options = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    npm = subprocess.run(
        ["npm", "install", *options, "--legacy-peer-deps", "--loglevel=error"],
        cwd=_NODE,
        capture_output=True,
        text=True,
    )
    if npm.returncode:
        raise LeftOutError(f"npm could not install it: {npm.stderr.strip().splitlines()[-1:]}")
    done.write_text(pinned)


def _nothing() -> None:
    """Prepare what needs nothing."""


CONTENDERS: Final = {
    "echo": Contender(_nothing, echo_server, sit_down_at_echo),
    "colyseus": Contender(
        install_node_packages,
        partial(other_server, "colyseus.js", _NODE / "node_modules"),
        sit_down_at_colyseus,
    ),
    "boardgame.io": Contender(
        install_node_packages,
        partial(other_server, "boardgame.js", _NODE / "node_modules"),
        sit_down_at_boardgame,
    ),
    "rachel": Contender(_nothing, rachel_server, sit_down),
}
"""By name, in the order in which they are measured and printed."""
