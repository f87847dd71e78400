"""The manual page says what the commands' help says, and ``man`` shows it."""

import re
import runpy
import subprocess
from pathlib import Path

import click

from rachel.cli import main

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "man" / "rachel.1"


def test_the_page_is_made_of_the_help() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "man_page.py"))["man_page"]()
    assert PAGE.read_text(encoding="utf-8") == made, "run: python scripts/man_page.py"


def test_every_command_has_a_section() -> None:
    headings = [
        line.split()[2].strip('"')
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith('.SS "rachel ')
    ]
    assert headings == main.list_commands(click.Context(main))


def test_troff_has_nothing_to_complain_about() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-c", str(PAGE)], capture_output=True, check=True
    )
    assert done.stderr == b""
    text = re.sub(".\b", "", done.stdout.decode())  # struck twice is bold
    assert "rachel play [OPTIONS]" in text
    assert "suit's sign: 7♥H instead" in " ".join(text.split())
    assert "FILES\n       ~/.config/rachel/rachel.toml\n" in text
    assert "  rachel play example.org --room CAKE  with friends who use the same code" in text
