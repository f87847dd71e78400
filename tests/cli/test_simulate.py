"""``rachel simulate``, as somebody types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rachel.cli import main
from rachel.formats.replay import ReplayTrace


def simulate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


def value_of(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0
    value: dict[str, Any] = json.loads(result.stdout)
    return value


def test_prints_a_line_for_each_level_and_the_speed() -> None:
    result = simulate("--games", "8", "--seats", "4", "--bots", "advanced,beginner")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].split() == ["level", "seats", "mean", "place", "won", "lost"]
    assert [line.split()[:2] for line in lines[1:3]] == [["advanced", "16"], ["beginner", "16"]]
    assert lines[1].count("%") == 2
    assert lines[3].startswith("8 games, 0 unfinished; ")
    assert lines[3].endswith(" a second")
    assert len(lines) == 4


def test_prints_json() -> None:
    value = value_of(simulate("--games", "9", "--seats", "3", "--json"))
    assert list(value["levels"]) == ["advanced", "intermediate", "beginner"]
    assert (value["games"], value["unfinished"]) == (9, 0)
    assert value["actions"] > 9
    assert value["actionsPerSecond"] > 0
    for key in ("winShare", "lossShare"):
        assert sum(level[key] * level["seatsPlayed"] for level in value["levels"].values()) == 9
    mean_places = [level["meanPlace"] for level in value["levels"].values()]
    assert sum(mean_places) == pytest.approx(1 + 2 + 3)


def test_the_same_seed_writes_the_same_games(tmp_path: Path) -> None:
    folders = [tmp_path / "a" / "new", tmp_path / "b", tmp_path / "c"]
    for folder, seed in zip(folders, ("7", "7", "8"), strict=True):
        assert simulate("--games", "12", "--seed", seed, "--out", folder).exit_code == 0
    first, same, other = (
        [file.read_bytes() for file in sorted(folder.iterdir())] for folder in folders
    )
    assert len(first) == 12
    assert len(set(first)) == 12
    assert first == same
    assert not set(first) & set(other)


def test_the_games_it_writes_can_be_replayed(tmp_path: Path) -> None:
    value = value_of(simulate("--games", "10", "--seats", "5", "--out", tmp_path, "--json"))
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [f"game-{number:02}.json" for number in range(1, 11)]
    steps = 0
    for file in files:
        trace = ReplayTrace.from_json(json.loads(file.read_text(encoding="utf-8")))
        assert trace.verify().end.is_over
        assert trace.bots == (0, 1, 2, 3, 4)
        steps += len(trace.steps)
    assert steps == value["actions"]
    checked = CliRunner().invoke(main, ["replay", str(files[3]), "--verify"])
    assert checked.exit_code == 0


def test_levels_can_be_written_in_any_case() -> None:
    value = value_of(simulate("--games", "1", "--bots", "Advanced, BEGINNER", "--json"))
    assert list(value["levels"]) == ["advanced", "beginner"]


def test_two_seats_have_room_for_the_two_best_levels() -> None:
    value = value_of(simulate("--games", "2", "--seats", "2", "--json"))
    assert list(value["levels"]) == ["advanced", "intermediate"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--seats", "9"], "Invalid value for '--seats': 9 is not in the range 2<=x<=8."),
        (["--seats", "1"], "Invalid value for '--seats': 1 is not in the range 2<=x<=8."),
        (["--games", "0"], "Invalid value for '--games': 0 is not in the range x>=1."),
        (["--seed", "-1"], "Invalid value for '--seed': -1 is not in the range x>=0."),
        (
            ["--bots", "advanced,expert"],
            "Invalid value for '--bots': 'expert' is no level; "
            "choose from beginner, intermediate, advanced",
        ),
        (
            ["--bots", ""],
            "Invalid value for '--bots': '' is no level; "
            "choose from beginner, intermediate, advanced",
        ),
        (
            ["--seats", "2", "--bots", "beginner,beginner,advanced"],
            "--bots names 3 levels for 2 seats",
        ),
    ],
)
def test_refuses_bad_input(arguments: list[str], problem: str) -> None:
    result = simulate(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == f"Error: {problem}"


def test_says_in_one_line_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = simulate("--games", "1", "--out", tmp_path / "file" / "games")
    assert result.exit_code == 1
    assert (
        result.stderr == f"Error: cannot make the folder {tmp_path}/file/games: Not a directory\n"
    )
    (tmp_path / "game-1.json").mkdir()
    result = simulate("--games", "1", "--out", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == f"Error: cannot write {tmp_path}/game-1.json: Is a directory\n"
