"""``rachel config``: what holds, and why."""

import json
from pathlib import Path

import pytest
from click import Choice, Context
from click.testing import CliRunner, Result

from rachel.cli import main
from rachel.levels import LEVELS
from rachel_tui.keep.settings import COLOURS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "rachel"


def config(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["config", *arguments], env=environment)


def test_it_says_what_holds_and_why(folder: Path) -> None:
    folder.mkdir()
    (folder / "rachel.toml").write_text(
        'theme = "light"\nname = " Zoë "\nascii = true\n', encoding="utf-8"
    )
    shown = config(RACHEL_SEATS="2")
    assert shown.exit_code == 0
    rows = {tuple(line.split()) for line in shown.stdout.splitlines()}
    assert {
        ("theme", "light", "file"),
        ("name", "Zoe", "file"),
        ("ascii", "true", "file"),
        ("seats", "2", "RACHEL_SEATS"),
        ("bell", "true", "default"),
    } <= rows


def test_screen_readers_get_sentences(folder: Path) -> None:
    folder.mkdir()
    (folder / "rachel.toml").write_text('sort = "suit"\n[keys]\nhint = "f2"\n')
    lines = config("--plain", RACHEL_SEATS="2").stdout.splitlines()
    assert lines[0] == "name: none yet, the default. What others call you, up to 15 characters."
    assert "sort: suit, from your file. Order of your hand: dealt, suit, rank." in lines
    assert "seats: 2, from RACHEL_SEATS. Seats of a new solo game, 2 to 8." in lines
    assert lines[-1] == "Key of hint: f2, from your file."


def test_programs_get_json(folder: Path) -> None:
    told = json.loads(config("--json", RACHEL_SORT="age").stdout)
    assert told["path"] == str(folder / "rachel.toml")
    assert told["settings"]["ascii"] is None
    assert told["sources"]["bots"] == "default"
    assert told["problems"] == ["RACHEL_SORT must be one of dealt, suit, rank"]


def test_what_cannot_be_used_is_told_and_the_status_says_so(folder: Path) -> None:
    folder.mkdir()
    text = 'sound = 1\n[themes.pub]\nfelt = "grass"\n'
    (folder / "rachel.toml").write_text(text, encoding="utf-8")
    shown = config()
    assert shown.exit_code == 1
    assert "rachel.toml, line 1: sound is no setting" in shown.stderr
    assert "theme pub: felt must be a colour" in shown.stderr


def test_the_file_is_made_once(folder: Path) -> None:
    made = config("--init")
    assert (made.exit_code, made.stdout) == (0, f"{folder / 'rachel.toml'}\n")
    assert config("--path").stdout == made.stdout
    again = config("--init")
    assert again.exit_code == 1
    assert "there is a file already" in again.stderr


def test_options_offer_what_settings_allow() -> None:
    play = main.get_command(Context(main), "play")
    assert play is not None
    offered = {it.name: it.type.choices for it in play.params if isinstance(it.type, Choice)}
    assert (offered["colours"], offered["bots"]) == (COLOURS, LEVELS)
