"""Logins on disk: they come back whole, and never stop anybody from playing."""

import json
from pathlib import Path

import pytest

from rachel_tui.keep import logins
from rachel_tui.keep.logins import forget, load, load_all, save
from rachel_tui.net.host_api import Login
from rachel_tui.net.host_urls import parse_url

TOKEN = "a-Z_0" * 8 + "abc"
ANN = Login(parse_url("https://example.org"), "ann", TOKEN, 1_800_000_000.5)
BEN = Login(parse_url("http://[::1]:4000/cards"), "Ben_2", TOKEN[::-1], 1_800_000_000)


def test_a_login_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "logins.json"
    assert load(path, "example.org") is None
    assert load_all(path) == []
    save(path, ANN)
    save(path, BEN)
    assert load(path, "example.org") == ANN
    assert load(path, "::1") == BEN
    assert load_all(path) == [BEN, ANN]


def test_a_host_has_one_login(tmp_path: Path) -> None:
    path = tmp_path / "logins.json"
    save(path, ANN)
    later = Login(parse_url("https://example.org:8443"), "zoe", TOKEN, 1.0)
    save(path, later)
    assert load_all(path) == [later]


def test_a_forgotten_login_is_gone_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "logins.json"
    forget(path, "example.org")
    assert not path.exists()
    save(path, ANN)
    save(path, BEN)
    forget(path, "example.org")
    assert load_all(path) == [BEN]


@pytest.mark.parametrize("entry", ["5", '{"url": "https://example.org"}'])
def test_an_entry_that_lacks_something_is_no_login(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "logins.json"
    path.write_text(f'{{"example.org": {entry}}}')
    assert load(path, "example.org") is None
    assert load_all(path) == []
    save(path, ANN)
    assert load_all(path) == [ANN]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://example.net"},
        {"url": "ftp://example.org"},
        {"url": "https://example.org/\r\nX-Evil: 1"},
        {"username": "a\x1b[m"},
        {"username": ""},
        {"token": "short"},
        {"token": TOKEN + "\r\nX-Evil: 1"},
        {"expires_at": "soon"},
        {"expires_at": float("nan")},
        {"expires_at": 10**400},
    ],
)
def test_an_entry_no_host_could_have_given_is_no_login(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "logins.json"
    save(path, ANN)
    entries = json.loads(path.read_text())
    entries["example.org"].update(change)
    path.write_text(json.dumps(entries))
    assert load(path, "example.org") is None
    assert load_all(path) == []


def test_a_token_is_not_shown_by_accident() -> None:
    assert TOKEN not in repr(ANN)


def test_the_file_lies_in_the_users_config_folder() -> None:
    assert logins.default_path().name == "logins.json"
    assert "rachel" in logins.default_path().parts
