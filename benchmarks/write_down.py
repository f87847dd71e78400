"""Writes new figures into docs/PERFORMANCE.md: the output of the command above each table.

python benchmarks/write_down.py
python benchmarks/write_down.py engines parts    only those commands
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from measured_process import end, end_well_at_sigterm

_ROOT: Final = Path(__file__).parents[1]
_PAGE: Final = _ROOT / "docs" / "PERFORMANCE.md"
_TABLE: Final = re.compile(r"(<!-- benchmarks/((\w+)\.py.*?) -->\n```\n).*?(?=```)", re.DOTALL)

_LIMIT_S: Final = 1800.0
"""How long one command may take."""


def main() -> None:
    """Measure and write, one table after the other. A bar that is missed is written, too."""
    end_well_at_sigterm()
    for found in list(_TABLE.finditer(_PAGE.read_text())):
        marker, command, name = found.groups()
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        print(command, flush=True)
        figures = _figures(command)
        page = _PAGE.read_text()
        start = page.index(marker) + len(marker)
        _PAGE.write_text(page[:start] + figures + page[page.index("```", start) :])


def _figures(command: str) -> str:
    """Return what a benchmark prints.

    Raises:
        SystemExit: it failed, or took too long.
    """
    script, *options = command.split()
    program = [sys.executable, str(_ROOT / "benchmarks" / script), *options]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        try:
            figures, _ = process.communicate(timeout=_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"{script} took more than {_LIMIT_S:.0f} s") from None
        finally:
            end(process)
    if process.returncode and "MISSED" not in figures:
        raise SystemExit(f"{script} failed with status {process.returncode}")
    return figures


if __name__ == "__main__":
    main()
