"""What benchmarks need beside Rachel's sources, made or installed under build/ if it can be."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_CACHE: Final = _ROOT / "build" / "bench"
"""`make clean` deletes it."""

_PINNED: Final = Path(__file__).parent / "others" / "package.json"


class LeftOutError(Exception):
    """Something cannot be measured here; the message says why."""


def compiled_rachel() -> dict[str, str]:
    """Return the environment variables with which Python imports Rachel's compiled form.

    Raises:
        LeftOutError: there is no compiler that works.
    """
    build = [str(_ROOT / "scripts" / "compiled"), sys.executable]
    done = subprocess.run(build, stdout=subprocess.PIPE, text=True)
    folder = Path(done.stdout.strip())
    if done.returncode or not any(folder.glob("rachel__mypyc.*")):
        raise LeftOutError("there is no compiled form")
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


def node_packages() -> Path:
    """Return the folder of the packages that the servers of benchmarks/others are made with.

    Raises:
        LeftOutError: Node or npm is not there, or npm could not install them.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise LeftOutError(f"{program} is not installed")
    pinned = _PINNED.read_text()

    def install(folder: Path) -> None:
        (folder / "package.json").write_text(pinned)
        # Without peers: they are for other uses of Colyseus, and one comes from a repository.
        options = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
        _run("npm", "install", *options, "--legacy-peer-deps", "--loglevel=error", at=folder)

    return _once("node", pinned, install) / "node_modules"


def engine_python() -> Path:
    """Return the Python of a virtual environment with other engines of card games.

    Raises:
        LeftOutError: pip could not install them.
    """
    return _environment("engines", "open_spiel==2.0.2", "rlcard==1.2.0") / "python"


def py_spy() -> Path:
    """Return the program py-spy.

    Raises:
        LeftOutError: pip could not install it.
    """
    return _environment("spy", "py-spy==0.4.3") / "py-spy"


def _environment(name: str, *packages: str) -> Path:
    """Return the programs' folder of a virtual environment with those packages."""

    def install(folder: Path) -> None:
        _run(sys.executable, "-m", "venv", ".", at=folder)
        quiet = ("--quiet", "--disable-pip-version-check")
        _run("bin/python", "-m", "pip", "install", *quiet, *packages, at=folder)

    return _once(name, " ".join(packages), install) / "bin"


def _once(name: str, wanted: str, install: Callable[[Path], None]) -> Path:
    """Return a folder of the cache in which exactly what is wanted has been installed."""
    folder = _CACHE / name
    done = folder / "installed"
    if not done.exists() or done.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        done.write_text(wanted)
    return folder


def _run(program: str, *arguments: str, at: Path) -> None:
    done = subprocess.run([program, *arguments], cwd=at, capture_output=True, text=True)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise LeftOutError(f"{Path(program).name} could not install it: {last}")
