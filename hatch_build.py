"""Builds the compiled form of the wheel where RACHEL_COMPILE=1 asks for it, from the same sources.

mypyc makes extension modules of the modules that pyproject.toml lists; the sources stay beside
them, for tracebacks. Without a compiler that works, the wheel is the pure one, as without
RACHEL_COMPILE. Editable installs are always pure: edits count at once.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup
options = ["--config-file=", "--cache-dir=cache"]
modules = mypycify(options + sys.argv.pop().split(), group_name="rachel", debug_level="0")
for module in modules:
    module.extra_compile_args.remove("-Werror") if "-Werror" in module.extra_compile_args else None
    if sys.platform != "win32":  # so that functions call each other directly, not by a table
        module.extra_compile_args.append("-fno-semantic-interposition")
setup(name="rachel", ext_modules=modules)
"""


class CompiledForm(BuildHookInterface[BuilderConfig]):
    """Adds the extension modules to the wheel."""

    def dependencies(self) -> list[str]:
        """Return what compiling needs beside a C compiler and Python's headers."""
        return ["mypy[mypyc]>=2.4", "setuptools>=77"] if self._wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is packed."""
        if version == "editable" or not self._wanted():
            return
        self._folder = TemporaryDirectory(prefix="rachel-")
        folder = Path(self._folder.name)
        done = self._compile(folder)
        if done.returncode:
            reason = shorten((done.stderr.strip() or done.stdout).rpartition("\n")[2], 100)
            self.app.display_warning(f"Rachel is not compiled, this is the pure form: {reason}")
            return
        built = folder / "built"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for file in built.rglob("*"):
            if file.is_file():
                build_data["force_include"][str(file)] = str(file.relative_to(built))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was built, once it is packed."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()

    def _wanted(self) -> bool:
        return os.environ.get("RACHEL_COMPILE") == "1"

    def _compile(self, folder: Path) -> "subprocess.CompletedProcess[str]":
        """Compile in a copy, so that nothing is left in the checkout; it ends up in ``built``."""
        root = Path(self.root)
        patterns = self.config["modules"]
        for package in {pattern.partition("/")[0] for pattern in patterns}:
            shutil.copytree(root / package, folder / package)
        found = sorted({file for pattern in patterns for file in folder.glob(pattern)})
        modules = [str(it.relative_to(folder)) for it in found if it.name != "__init__.py"]
        command = [sys.executable, "-c", _SETUP, "build_ext", "--build-lib=built"]
        command.append(" ".join(modules))
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
