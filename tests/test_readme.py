"""The README promises what works: its Python snippet runs, its commands and files exist."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rachel.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_snippet_plays_three_turns(capsys: pytest.CaptureFixture[str]) -> None:
    snippet = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert snippet is not None
    exec(compile(snippet[1], "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["seat 0", "seat 1", "seat 2"]
    assert re.fullmatch(r"[0-9a-f]{16}", lines[3])


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"rachel ([a-z]+)\b(?= [-A-Z]|`)", README)))
)
def test_every_command_named_exists(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_file_linked_exists(target: str) -> None:
    assert (ROOT / target).is_file()
