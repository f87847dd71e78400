"""What stands where a kept file should be: it neither stops the client nor fills its memory."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rachel_tui.keep import album, hosts
from rachel_tui.keep.kept_file import read_kept
from rachel_tui.keep.lessons import Progress
from rachel_tui.keep.private_file import read_private
from rachel_tui.keep.settings_file import read_file, write_file


def make_large(path: Path) -> None:
    """Make a file that is larger than any that is kept."""
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024)


KINDS: tuple[Callable[[Path], None], ...] = (
    os.mkfifo,
    Path.mkdir,
    make_large,
    lambda path: path.symlink_to("/dev/zero"),
    lambda path: path.symlink_to(path),
)
"""Ways to put something else there."""


@pytest.mark.parametrize("make", KINDS)
def test_something_else_counts_as_nothing_and_is_told(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path, folder = tmp_path / "kept", tmp_path / "games"
    make(path)
    folder.mkdir()
    make(folder / "games.jsonl")
    with pytest.raises(OSError, match=r"(no file|too large|directory|symbolic link)"):
        read_kept(path, 1024)
    assert read_private(path) == {}
    assert hosts.load_all(path) == []
    assert Progress(path).trouble == f"Which lessons are done is not kept: {path} cannot be read."
    assert len(read_file(path).problems) == 1
    with pytest.raises(OSError, match=r"(no file|too large|directory|symbolic link)"):
        write_file(path, {"seats": 3})
    known = album.games(folder)
    assert known.games == ()
    assert known.problem or known.damaged
    (folder / "records").mkdir()
    make(folder / "records" / "game.json")
    assert album.records(folder) == [] or make is make_large
    assert album.summary(path) == ("?", "kept cannot be read", "it cannot be read")


@pytest.mark.parametrize("at", ["NaN", "1e308", "1e400", "-1", "9" * 400])
def test_a_visit_at_no_time_is_left_out(tmp_path: Path, at: str) -> None:
    path = tmp_path / "hosts.json"
    path.write_text(f'{{"example.org": {{"tls": false, "name": "Ann", "at": {at}}}}}')
    assert hosts.load_all(path) == []


def test_a_visit_at_no_address_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "hosts.json"
    entry = {"tls": False, "name": "Ann", "at": 1}
    path.write_text(json.dumps({"http://example.org/\x1b[2J": entry, "example.org": entry}))
    assert [host.address for host in hosts.load_all(path)] == ["example.org"]
