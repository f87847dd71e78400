"""Programs that read the files of a deployment, as they would be read for real."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_SEARCHED: Final = os.pathsep.join(
    (str(Path(sys.executable).parent), os.defpath, "/usr/sbin", "/usr/local/bin")
)


def program(name: str) -> str:
    """Return where a program is: from the development dependencies, or the system's.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = shutil.which(name, path=_SEARCHED)
    if found is None:
        raise FileNotFoundError(f"the tests need {name}: run scripts/need-deploy-checkers")
    return found


def run(
    name: str, *arguments: str | Path, code: int = 0, environment: Mapping[str, str] | None = None
) -> str:
    """Run a program, which must exit with a code; return what it says on both its outputs."""
    done = subprocess.run(
        [program(name), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={"PATH": _SEARCHED, "HOME": "/nonexistent", **(environment or {})},
    )
    assert done.returncode == code, done.stdout
    return done.stdout
