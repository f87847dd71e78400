"""What hosting lacks is installed as this Rachel was: from a checkout, a folder or an index."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rachel_server.commands.installed import hosting_text

Install = Callable[[object], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Have Rachel installed as an installer notes it; None for what comes from an index."""
    monkeypatch.setattr(sys, "executable", "/venv/bin/python")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    info = tmp_path / "lib" / "rachel-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rachel\nVersion: 0.1.0\n")

    def noted(origin: object) -> None:
        if origin is not None:
            (info / "direct_url.json").write_text(json.dumps(origin))

    return noted


def test_a_checkout_that_make_has_set_up(tmp_path: Path, install: Install) -> None:
    folder = tmp_path / "my games"
    folder.mkdir()
    (folder / "Makefile").touch()
    install({"url": folder.as_uri(), "dir_info": {"editable": True}})
    assert hosting_text() == f"make serve, in {folder}"


def test_a_folder_that_was_installed(tmp_path: Path, install: Install) -> None:
    install({"url": (tmp_path / "rachel").as_uri(), "dir_info": {}})
    assert hosting_text() == f"/venv/bin/python -m pip install '{tmp_path}/rachel[server]'"


@pytest.mark.parametrize("origin", [None, 7, {"url": "https://example.org/rachel.whl"}])
def test_a_package_of_an_index(install: Install, origin: object) -> None:
    install(origin)
    assert hosting_text() == "/venv/bin/python -m pip install 'rachel[server]'"
