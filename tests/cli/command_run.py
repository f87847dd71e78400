"""Runs a command in a shell of its own."""

import os
import subprocess
import sys
from pathlib import Path

MAIN = "from rachel.cli import main; main()"
ERROR = 1
USAGE = 2


def run(
    folder: Path, *arguments: str, program: str = MAIN, redirect: str = "", **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command in a shell, without any home but the one in ``environment``."""
    base = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONWARNINGS": "error"}
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", sys.executable, "-c", program, *arguments],
        input=b"quit\n",
        capture_output=True,
        env=base | environment,
        cwd=folder,
        timeout=60,
        check=False,
    )
