"""Seats and logins on disk: read by their owner alone, replaced whole or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from rachel_tui.keep import logins, saved_seat
from rachel_tui.keep.private_file import read_private
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.net.host_api import Login
from rachel_tui.net.host_urls import parse_url

SEAT = SavedSeat("example.org:1982", 66, bytes(range(1, 9)), "Ann", "ABCD")
LOGIN = Login(parse_url("https://example.org"), "ann", "a-Z_0" * 8 + "abc", 1_800_000_000.5)

every_kind = pytest.mark.parametrize(
    "save",
    [
        pytest.param(lambda path: saved_seat.save(path, SEAT), id="seats"),
        pytest.param(lambda path: logins.save(path, LOGIN), id="logins"),
    ],
)


@every_kind
@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_only_the_owner_can_read_it(
    tmp_path: Path, save: Callable[[Path], None], mask: int
) -> None:
    path = tmp_path / "kept.json"
    before = os.umask(mask)
    try:
        save(path)
        path.chmod(0o644)
        save(path)
    finally:
        os.umask(before)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]


@every_kind
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", pytest.param(b"[" * 100_000, id="deep")],
)
def test_a_broken_file_counts_as_empty_and_is_replaced(
    tmp_path: Path, save: Callable[[Path], None], content: bytes
) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(content)
    assert read_private(path) == {}
    save(path)
    assert len(read_private(path)) == 1


@every_kind
def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, save: Callable[[Path], None]
) -> None:
    path = tmp_path / "kept.json"
    path.mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(IsADirectoryError):
        save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]
