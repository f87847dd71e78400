"""Writes new figures into docs/PERFORMANCE.md: the output of the command above each table.

python benchmarks/write_down.py
python benchmarks/write_down.py engines parts    only those commands
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_PAGE: Final = _ROOT / "docs" / "PERFORMANCE.md"
_TABLE: Final = re.compile(r"(<!-- benchmarks/((\w+)\.py.*?) -->\n```\n).*?(?=```)", re.DOTALL)


def main() -> None:
    """Measure and write, one table after the other."""
    for found in list(_TABLE.finditer(_PAGE.read_text())):
        marker, command, name = found.groups()
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        print(command, flush=True)
        script, *options = command.split()
        program = [sys.executable, str(_ROOT / "benchmarks" / script), *options]
        figures = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True).stdout
        page = _PAGE.read_text()
        start = page.index(marker) + len(marker)
        _PAGE.write_text(page[:start] + figures + page[page.index("```", start) :])


if __name__ == "__main__":
    main()
