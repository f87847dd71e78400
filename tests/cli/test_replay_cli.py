"""``rachel replay`` and ``rachel verify``, as somebody types them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rachel.cli import main
from rachel.formats.document import DOCUMENT_BYTES_MAX

VECTORS = Path(__file__).parents[1] / "vectors"
TRACE = VECTORS / "games" / "seats-3-aces-and-triples.json"
LOG = VECTORS / "games" / "log-from-turn-65530.json"
RECORD = VECTORS / "record.json"


def rachel(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def value_of(file: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return value


def written(folder: Path, value: object) -> Path:
    file = folder / "game.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def problem(result: Result) -> str:
    """Return the one line with which a command failed."""
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").rstrip("\n")


# replay


def test_shows_a_game_move_by_move() -> None:
    result = rachel("replay", TRACE)
    value = value_of(TRACE)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "3 seats: Ada, Bot Björn (bot), Cléo"
    assert lines[1] == f"Dealt from seed {value['seed']}"
    assert lines[2].endswith(str(value["initialStateHash"]))
    moves = lines[3:-1]
    assert len(moves) == len(value["steps"])
    for number, (line, step) in enumerate(zip(moves, value["steps"], strict=True), start=1):
        assert line.split()[0] == str(number)
        assert line.endswith(f" {step['expectedStateHash']}")
    assert any(", wants " in line for line in moves)
    assert any(" draws " in line for line in moves)
    assert " and is out, place 2 " in moves[-1]
    assert " won, " in lines[-1]


def test_shows_a_log_without_names() -> None:
    lines = rachel("replay", LOG).stdout.splitlines()
    assert lines[0] == "3 seats: Seat 0, Seat 1, Seat 2 (bot)"
    assert len(lines) == 3 + len(value_of(LOG)["steps"])


def test_shows_the_game_of_a_record() -> None:
    lines = rachel("replay", RECORD).stdout.splitlines()
    assert len(lines) == 4 + len(value_of(RECORD)["replay"]["steps"])


def test_shows_an_unfinished_game(tmp_path: Path) -> None:
    value = value_of(TRACE)
    del value["steps"][5:]
    last = rachel("replay", written(tmp_path, value)).stdout.splitlines()[-1]
    assert last.startswith("The game is not over: ")


def test_names_cannot_touch_the_terminal(tmp_path: Path) -> None:
    value = value_of(TRACE)
    value["playerNames"] = ["\x1b[2J[/red]", "\u202eevil\ud800", "\n\x9b"]
    result = rachel("replay", written(tmp_path, value))
    assert result.stdout.splitlines()[0] == "3 seats: [2J[/red], evil (bot), Player"
    assert result.stdout.replace("\n", "").isprintable()


def test_a_recorded_hash_that_differs_is_shown_beside_ours(tmp_path: Path) -> None:
    value = value_of(TRACE)
    ours = value["steps"][1]["expectedStateHash"]
    value["steps"][1]["expectedStateHash"] = 5
    result = rachel("replay", written(tmp_path, value))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[4].endswith(f" {ours}, recorded 5")


def test_a_game_for_programs() -> None:
    result = rachel("replay", TRACE, "--json")
    found, value = json.loads(result.stdout), value_of(TRACE)
    assert result.exit_code == 0
    assert found["playerNames"] == value["playerNames"]
    assert found["initialStateHash"] == value["initialStateHash"]
    assert [step["action"] for step in found["steps"]] == [
        step["action"] for step in value["steps"]
    ]
    for step in found["steps"]:
        assert step["stateHash"] == step["recordedStateHash"]
        assert step["events"][-1]["kind"] in {"turn_advanced", "game_finished"}
    assert found["finished"]
    assert sorted([*found["finishOrder"], found["survivorPlayerIndex"]]) == [0, 1, 2]


@pytest.mark.parametrize("file", [TRACE, LOG, RECORD], ids=lambda file: file.stem)
def test_verifies_every_kind_of_file(file: Path) -> None:
    value = value_of(file)
    steps = value.get("replay", value)["steps"]
    result = rachel("replay", file, "--verify")
    assert (result.exit_code, result.stdout) == (0, f"verified {len(steps)} steps\n")
    found = json.loads(rachel("replay", file, "--verify", "--json").stdout)
    last = steps[-1]
    assert found == {
        "verified": True,
        "steps": len(steps),
        "stateHash": last.get("expectedStateHash", last.get("stateHash")),
    }


def test_says_how_many_steps_have_no_hash(tmp_path: Path) -> None:
    value = value_of(TRACE)
    value["initialStateHash"] = value["steps"][0]["expectedStateHash"] = None
    del value["steps"][1]["expectedStateHash"]
    file = written(tmp_path, value)
    assert rachel("replay", file, "--verify").stdout == "verified 38 steps, 2 more have no hash\n"
    assert json.loads(rachel("replay", file, "--verify", "--json").stdout)["steps"] == 38
    assert rachel("replay", file).stdout == rachel("replay", TRACE).stdout
    shown = json.loads(rachel("replay", file, "--json").stdout)
    assert [shown["recordedInitialStateHash"], shown["steps"][1]["recordedStateHash"]] == [None] * 2


def test_reads_standard_input() -> None:
    result = rachel("replay", "-", "--verify", stdin=TRACE.read_bytes())
    assert (result.exit_code, result.stdout) == (0, "verified 40 steps\n")


def test_names_the_wrong_step(tmp_path: Path) -> None:
    value = value_of(TRACE)
    right = value["steps"][6]["expectedStateHash"]
    value["steps"][6]["expectedStateHash"] = 99
    file = written(tmp_path, value)
    message = f"step 7: expected state hash 99, got {right}"
    assert problem(rachel("replay", file, "--verify")) == message
    result = rachel("replay", file, "--verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "verified": False,
        "step": 7,
        "kind": "state_hash",
        "expected": 99,
        "actual": right,
        "message": message,
    }


@pytest.mark.parametrize("options", [[], ["--verify"]], ids=["show", "verify"])
def test_names_a_refused_action(tmp_path: Path, options: list[str]) -> None:
    value = value_of(TRACE)
    value["steps"][0]["action"] = {"type": "play", "cards": []}
    file = written(tmp_path, value)
    message = "step 1: a play of no cards is refused, invalid_play: a play needs at least one card"
    assert problem(rachel("replay", file, *options)) == message
    result = rachel("replay", file, "--json", *options)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["actual"] == "invalid_play"


def test_names_a_wrong_acting_player(tmp_path: Path) -> None:
    value = value_of(LOG)
    seat = value["steps"][0]["actingPlayerIndex"]
    value["steps"][0]["actingPlayerIndex"] = (seat + 1) % 3
    assert problem(rachel("replay", written(tmp_path, value), "--verify")) == (
        f"step 1: expected seat {(seat + 1) % 3} to act, got seat {seat}'s turn"
    )


BAD_FILES = {
    "empty": (b"", "not JSON: line 1, column 1"),
    "binary": (bytes(range(128, 256)), "not JSON: not even text"),
    "text": (b"a game", "not JSON: line 1, column 1"),
    "list": (b"[]", "the document must be an object, not a list"),
    "object": (b"{}", "specVersion is missing"),
    "deep": (b'{"replay":' + b"[" * 100_000, "not a game: nested too deeply"),
    "digits": (b'{"seed": ' + b"9" * 10_000 + b"}", "not a game: a number with thousands of"),
    "record": (b'{"replay": 7}', "seats is missing"),
    "log": (b'{"initialSnapshotHex": "52534e50"}', "specVersion is missing"),
}


@pytest.mark.parametrize("command", ["replay", "verify"])
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_tells_of_no_game(tmp_path: Path, command: str, name: str) -> None:
    data, message = BAD_FILES[name]
    file = tmp_path / "game.json"
    file.write_bytes(data)
    assert problem(rachel(command, file)).startswith(f"{file}: {message}")
    assert problem(rachel(command, "-", stdin=data)).startswith(f"standard input: {message}")


@pytest.mark.parametrize("command", ["replay", "verify"])
def test_a_file_that_cannot_be_read(tmp_path: Path, command: str) -> None:
    missing = tmp_path / "missing.json"
    assert problem(rachel(command, missing)) == f"cannot read {missing}: No such file or directory"
    assert problem(rachel(command, tmp_path)) == f"cannot read {tmp_path}: Is a directory"


def test_a_huge_file(tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as stream:
        stream.truncate(DOCUMENT_BYTES_MAX + 1)
    assert problem(rachel("replay", file)) == f"{file}: not a game: larger than 16 MB"


@pytest.mark.parametrize("command", ["replay", "verify"])
@pytest.mark.parametrize(
    "printed", [str, lambda near: f"{near:.0f}", lambda near: str(int(Decimal(f"{near:.17g}")))]
)
def test_numbers_that_a_program_has_rounded_are_no_cheating(
    tmp_path: Path, printed: Callable[[float], str], command: str
) -> None:
    """As Python, JavaScript and jq print the floating point numbers that they became."""
    text = re.sub(r"\d{17,}", lambda found: printed(float(found[0])), RECORD.read_text("utf-8"))
    file = tmp_path / "game.json"
    file.write_text(re.sub(r'("nonce": ?"|"commitment": ?")[^"]*', r"\1", text))
    error = problem(rachel(command, file))
    assert "64-bit numbers look rounded" in error


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_letters(encoding: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from rachel.cli import main; main()", "replay", str(TRACE)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "Bj" in ran.stdout.decode(encoding)


# verify


def test_verifies_a_record() -> None:
    result = rachel("verify", RECORD)
    value = value_of(RECORD)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"ok  commitment: {value['commitment']} is the hash of seed and nonce",
        "ok  deal: seed 1932 deals this game",
        "ok  seats: 3 seats, 1 of them a bot",
        f"ok  steps: {len(value['replay']['steps'])} steps, every hash agrees",
        "ok  places: Ada, Bot Björn, Cléo, the winner first",
        "verified",
    ]


def test_verifies_a_record_for_programs() -> None:
    result = rachel("verify", "--json", "-", stdin=RECORD.read_bytes())
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "verified": True,
        "checks": ["commitment", "deal", "seats", "steps", "places"],
    }


def test_says_what_is_not_true(tmp_path: Path) -> None:
    file = written(tmp_path, value_of(RECORD) | {"places": [2, 1, 0]})
    result = rachel("verify", file)
    message = "places: expected 2, 1, 0, got 0, 1, 2"
    assert problem(result) == f"not verified, {message}"
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "ok  commitment", "ok  deal", "ok  seats", "ok  steps",
    ]  # fmt: skip
    result = rachel("verify", file, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "verified": False,
        "checks": ["commitment", "deal", "seats", "steps"],
        "failed": "places",
        "message": message,
    }


def test_a_trace_has_nothing_to_verify_a_deal_with() -> None:
    assert problem(rachel("verify", TRACE)) == (
        "this game has no proof of its deal; check its moves with: rachel replay --verify FILE"
    )
