"""Which form of Rachel the tests run: Python, or what RACHEL_FORM=compiled says was compiled."""

import importlib
import os
import subprocess
import sys
import tomllib
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from rachel import __version__
from rachel.form import form

ROOT = Path(__file__).parents[1]
FORM = os.environ.get("RACHEL_FORM", "pure")
BUILD = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
COMPILED = sorted(
    {
        file.relative_to(ROOT).with_suffix("")
        for pattern in BUILD["targets"]["wheel"]["hooks"]["custom"]["modules"]
        for file in ROOT.glob(pattern)
        if file.name != "__init__.py"
    }
)


def test_every_module_is_of_the_form_under_test() -> None:
    suffix = EXTENSION_SUFFIXES[0] if FORM == "compiled" else ".py"
    for module in COMPILED:
        file = importlib.import_module(".".join(module.parts)).__file__
        assert file is not None
        assert file.endswith(f"{module}{suffix}")
    assert form() == FORM


def test_so_are_those_of_every_process_that_tests_start() -> None:
    command = [sys.executable, "-c", "from rachel.cli import main; main()", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == f"rachel, version {__version__} ({FORM})\n"
