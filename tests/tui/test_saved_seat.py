"""Seats on disk: they come back whole, and never stop anybody from playing."""

import json
from pathlib import Path

import pytest

from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat, forget, load, save

ANN = SavedSeat("example.org:1982", 66, bytes(range(1, 9)), "Ann", "ABCD")
BEN = SavedSeat("[::1]:1982", 1, b"\xff" * 8, "Ben", "", port=6502)


def test_a_seat_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "seats.json"
    assert load(path, ANN.host_key) is None
    save(path, ANN)
    save(path, BEN)
    assert load(path, ANN.host_key) == ANN
    assert load(path, BEN.host_key) == BEN


def test_a_host_has_one_seat(tmp_path: Path) -> None:
    path = tmp_path / "seats.json"
    save(path, ANN)
    later = SavedSeat(ANN.host_key, 67, bytes(8), "Ann", "XY")
    save(path, later)
    assert load(path, ANN.host_key) == later


def test_a_forgotten_seat_is_gone_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "seats.json"
    forget(path, ANN.host_key)
    assert not path.exists()
    save(path, ANN)
    save(path, BEN)
    forget(path, ANN.host_key)
    assert load(path, ANN.host_key) is None
    assert load(path, BEN.host_key) == BEN


@pytest.mark.parametrize("entry", ["5", '{"game_id": 1}'])
def test_an_entry_that_lacks_something_is_no_seat(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "seats.json"
    path.write_text(f'{{"{ANN.host_key}": {entry}}}')
    assert load(path, ANN.host_key) is None
    save(path, ANN)
    assert load(path, ANN.host_key) == ANN


@pytest.mark.parametrize(
    "change",
    [{"game_id": 0}, {"game_id": 65536}, {"token": "00"}, {"room": "A B"}, {"name": None}],
)
def test_an_entry_no_hello_can_carry_is_no_seat(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "seats.json"
    save(path, ANN)
    entries = json.loads(path.read_text())
    entries[ANN.host_key].update(change)
    path.write_text(json.dumps(entries))
    assert load(path, ANN.host_key) is None


@pytest.mark.parametrize("port", [0, 65536, "6502", None])
def test_a_port_that_is_none_is_left_out(tmp_path: Path, port: object) -> None:
    path = tmp_path / "seats.json"
    save(path, ANN)
    entries = json.loads(path.read_text())
    entries[ANN.host_key]["port"] = port
    path.write_text(json.dumps(entries))
    assert load(path, ANN.host_key) == ANN


def test_what_was_told_comes_back_if_it_is_text_and_cards(tmp_path: Path) -> None:
    path = tmp_path / "seats.json"
    told = (("Bob plays ", 0x05, " ", 0x45, "."), ("Bob has one card left!",))
    save(path, ANN._replace(told=told))
    assert load(path, ANN.host_key) == ANN._replace(told=told)
    entries = json.loads(path.read_text())
    entries[ANN.host_key]["told"] += [5, [None], [True], ["a card ", 0xFFF], ["\x1b[2J gone "]]
    path.write_text(json.dumps(entries))
    assert load(path, ANN.host_key) == ANN._replace(told=(*told, ("[2J gone",)))
    entries[ANN.host_key]["told"] = "Bob"
    path.write_text(json.dumps(entries))
    assert load(path, ANN.host_key) == ANN


def test_the_file_lies_in_the_users_data_folder() -> None:
    assert saved_seat.default_path().name == "seats.json"
    assert "rachel" in saved_seat.default_path().parts
