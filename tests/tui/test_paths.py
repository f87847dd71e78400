"""How the program names itself to a player who may want to type that."""

import sys
from pathlib import Path

import pytest

from rachel_tui.paths import command_text


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a launcher beside the Python that runs, as a virtual environment does."""
    launcher = tmp_path / "cards" / ".venv" / "bin" / "rachel"
    launcher.parent.mkdir(parents=True)
    launcher.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(launcher.with_name("python")))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return launcher


def test_a_command_that_is_on_path_has_no_path(
    launcher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(launcher.parent))
    assert command_text("serve") == "rachel serve"


def test_a_command_in_the_folder_of_the_player_is_named_from_there(
    launcher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make play` leaves no `rachel` on PATH."""
    monkeypatch.chdir(launcher.parents[2])
    assert command_text("view FILE") == ".venv/bin/rachel view FILE"


def test_a_command_elsewhere_has_its_whole_path(
    launcher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert command_text("serve") == "~/cards/.venv/bin/rachel serve"
    elsewhere.rmdir()
    assert command_text("serve") == "~/cards/.venv/bin/rachel serve"


def test_a_program_without_a_launcher_is_called_by_its_name(
    launcher: Path,
) -> None:
    launcher.unlink()
    assert command_text("serve") == "rachel serve"
