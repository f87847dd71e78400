"""What the command says of itself, and to somebody who mistypes."""

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from command_run import ERROR, USAGE, run

from rachel.cli import main


def test_commands_are_listed_by_what_they_are_for(tmp_path: Path) -> None:
    told = run(tmp_path, "--help").stdout.decode()
    sections = [told.index(f"\n{name}:\n") for name in ("Play", "Host", "Bots and records")]
    assert sections == sorted(sections)
    assert sections[0] < told.index("\n  watch     Watch a table") < sections[1]
    assert told.index("\n  verify    Check that ") > sections[2]


def test_help_is_a_word_too(tmp_path: Path) -> None:
    assert run(tmp_path, "help").stdout == run(tmp_path, "--help").stdout
    done = run(tmp_path, "help", "stats")
    assert done.returncode == 0
    assert done.stdout.startswith(b"Usage: -c stats ")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("plya", "No such command 'plya'. Did you mean play?"),
        ("statistics", "No such command 'statistics'. Did you mean stats?"),
        ("xyzzy", "No such command 'xyzzy'."),
        ("view", "name a FILE or an ADDRESS; your own games are at home, in Replays"),
    ],
)
def test_what_is_mistyped_is_answered_with_what_to_type(
    tmp_path: Path, typed: str, said: str
) -> None:
    done = run(tmp_path, typed)
    assert done.returncode == USAGE
    assert done.stderr.decode().endswith(f"Error: {said}\n")


def test_files_of_games_are_completed() -> None:
    shell = ShellComplete(main, {}, "rachel", "_RACHEL_COMPLETE")
    assert [item.type for item in shell.get_completions(["view"], "ga")] == ["file"]


@pytest.mark.parametrize("command", ["--help", "help", "simulate --games 1", "config --path"])
def test_output_that_takes_no_more_is_told_in_a_line(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, *command.split(), redirect=">/dev/full", HOME=str(tmp_path))
    assert done.returncode == ERROR
    assert done.stderr == b"Error: cannot write the output: No space left on device\n"
