"""`rachel play`: what it refuses, in one line, before anything starts."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from play_process import run_rachel

from rachel.cli import main
from rachel_tui.commands.hosts import lobby_at


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["example.org", "--seats", "3"], "--seats is for solo games: the host decides"),
        (["example.org", "--bots", "advanced"], "--bots is for solo games: the host decides"),
        (["example.org", "--bot-delay", "1"], "--bot-delay is for solo games: the host decides"),
        (["example.org", "--data", "x"], "--data is for solo games: the host decides"),
        (["--room", "CAKE"], "--room needs a HOST; a solo game has no room"),
        (["example.org:99999"], "'example.org:99999' names no port; ports are 1 to 65535"),
        (["exa mple"], "'exa mple' is not an address; write it like example.org:1982"),
        # The URL of a host's pages names the host, and not the port of its games.
        (
            ["http://exa!mple:4000/x"],
            "'exa!mple' is not an address; write it like example.org:1982",
        ),
        (
            ["https://a.example/games/7x"],
            "that is the page of a game that is over: look at it with rachel view",
        ),
        (
            ["https://a.example/cards/leaderboard"],
            "/cards/leaderboard is no table: the link of one ends like /t/CAKE",
        ),
        (["example.org", "--room", "NO WAY"], "a room code is 1 to 8 letters and digits"),
        (["--seats", "9"], "9 is not in the range 2<=x<=8"),
    ],
)
def test_wrong_usage(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, ["play", *arguments])
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].rstrip(".").endswith(told)


def test_a_solo_game_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    result = CliRunner().invoke(main, ["play", "--data", str(tmp_path / "file" / "solo")])
    assert result.exit_code == 1
    assert result.output.startswith("Error: cannot start a solo game: ")
    assert len(result.output.splitlines()) == 1


async def test_pages_that_do_not_answer_are_told_before_the_port_of_games_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await lobby_at("http://127.0.0.1:1") is None
    assert capsys.readouterr().err == (
        "No pages there: cannot reach http://127.0.0.1:1: Connection refused. "
        "Trying the port of games.\n"
    )


def test_what_cannot_be_used_of_the_settings_is_told_in_lines(tmp_path: Path) -> None:
    done = run_rachel(tmp_path, "", "learn", "--plain", "--theme", "nope")
    assert done.stderr.startswith(b"Settings: there is no theme 'nope': there are auto, ")


def test_help_has_examples() -> None:
    result = CliRunner().invoke(main, ["play", "--help"])
    assert result.exit_code == 0
    assert "rachel play example.org --room CAKE" in result.output
