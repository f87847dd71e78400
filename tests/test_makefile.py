"""What `make` runs for players and hosts."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("target", "options"), [("play", "--plain"), ("serve", "--port 8080"), ("play", "")]
)
def test_options_reach_the_command(target: str, options: str) -> None:
    # Without what `make test` tells its own commands.
    alone = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    done = subprocess.run(
        ["make", "--dry-run", target, f"ARGS={options}"],
        cwd=ROOT, env=alone, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1].strip().endswith(f"bin/rachel {target} {options}".strip())
