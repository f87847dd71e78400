"""Commands in the files of a deployment are commands that there are."""

import subprocess
from pathlib import Path

import click
import pytest
from deploy_files import DEPLOY, GUIDE, ROOT, commands, shell_blocks

from rachel.cli import main

COMMANDS = sorted({*commands()})


@pytest.mark.parametrize(("where", "arguments"), COMMANDS, ids=lambda it: str(it))
def test_command_is_understood(where: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "there.dump"
    file.touch()
    given = [str(file) if it.endswith(".dump") else it for it in arguments]
    context = click.Context(main, info_name="rachel")
    name, command, rest = main.resolve_command(context, given)
    assert name is not None
    assert command is not None
    if rest or where != "guide, in words":  # where a command is but mentioned, its name is enough
        command.make_context(name, rest, parent=context)  # raises what the command line would say


def test_every_kind_of_file_has_commands() -> None:
    places = {where for where, _ in COMMANDS}
    assert places == {
        *("Dockerfile", "compose.yaml migrate", "compose.yaml backup", "kubernetes"),
        *("rachel.service", "rachel-backup.service", "fly.toml", "render.yaml", "heroku.yml"),
        *("guide", "guide, in words"),
    }


@pytest.mark.parametrize("command", ["migrate", "serve", "backup", "restore", "rollback", "doctor"])
def test_guide_shows_every_command_of_hosting(command: str) -> None:
    shown = {arguments[0] for where, arguments in COMMANDS if where.startswith("guide")}
    assert command in shown


@pytest.mark.parametrize("block", shell_blocks())
def test_block_of_the_guide_is_shell(block: str) -> None:
    checked = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_files_that_the_guide_names_exist() -> None:
    words = GUIDE.read_text().replace("`", " ").replace("(", " ").replace(")", " ").split()
    named = {word.rstrip(".,:") for word in words if word.startswith(("deploy/", "../"))}
    assert len(named) > 8
    missing = [it for it in named if not (ROOT / it.removeprefix("../")).exists()]
    assert not [it for it in missing if "*" not in it]


def test_guide_names_every_folder_of_files() -> None:
    guide = GUIDE.read_text()
    assert [it for it in DEPLOY.iterdir() if f"deploy/{it.name}" not in guide] == []
