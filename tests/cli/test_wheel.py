"""Wheels, pure and compiled, on their own: what is installed works where there is no checkout."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
DEADLINE_S = 300.0
RACHEL = (sys.executable, "-c", "from rachel.cli import main; main()")


def build(folder: Path, **environment: str) -> Path:
    """Build a wheel in a folder, as pip does for everybody who installs the package."""
    command = [sys.executable, "-m", "pip", "wheel", "--verbose", "--no-deps", "--wheel-dir"]
    environment = {**os.environ, "RACHEL_COMPILE": "", **environment}
    subprocess.run([*command, folder, ROOT], env=environment, check=True, timeout=DEADLINE_S)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["pure", "compiled"])
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of either form."""
    folder = tmp_path_factory.mktemp(request.param)
    return build(folder, RACHEL_COMPILE="1" if request.param == "compiled" else "")


@pytest.fixture(scope="module")
def installed(wheel: Path) -> dict[str, str]:
    """Unpack it; return an environment in which Python finds it before the checkout."""
    folder = wheel.parent / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    home = wheel.parent / "home"
    home.mkdir()
    return {**os.environ, "PYTHONPATH": str(folder), "HOME": str(home), "XDG_DATA_HOME": str(home)}


def test_types_licence_and_pages_travel_in_it(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    for package in ("rachel", "rachel_server", "rachel_tui"):
        assert f"{package}/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert any(name.endswith("/share/man/man1/rachel.1") for name in names)
    web = ROOT / "web"
    checkout = {str(path.relative_to(web)) for path in web.rglob("*") if path.is_file()}
    assert {name.partition("/web/")[2] for name in names if "/web/" in name} == checkout
    revisions = {path.name for path in (ROOT / "migrations" / "versions").glob("*.py")}
    assert revisions <= {Path(name).name for name in names if "/migrations/versions/" in name}
    assert not any(name.startswith(("tests/", "deploy/")) for name in names)


def test_a_game_can_be_played_with_it(installed: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*RACHEL, "play", "--plain", "--name", "Ann", "--bot-delay", "0"],
        input=b"hand\nquit\n",
        capture_output=True,
        env=installed,
        cwd=tmp_path,
        timeout=DEADLINE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Your hand: " in done.stdout


def test_a_server_runs_from_it_with_tables_and_pages(
    installed: dict[str, str], tmp_path: Path
) -> None:
    options = ("--host", "127.0.0.1", "--rubp-port", "0", "--port", "0", "--no-mdns")
    command = [*RACHEL, "serve", *options, "--data", str(tmp_path)]
    with subprocess.Popen(
        command, env=installed, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("Hosting Rachel")
            (port,) = json.loads((tmp_path / "ports.json").read_text())["http"]
            for path in ("/", "/account/register", "/health", "/api/v1/openapi.json"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                    assert answer.status == 200
        finally:
            server.terminate()
        assert server.wait(DEADLINE_S) == 0


def test_it_is_the_wheel_that_is_tried(installed: dict[str, str], tmp_path: Path) -> None:
    where = "import rachel, rachel_server, rachel_tui as t; print(rachel.__file__, t.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", where], env=installed, cwd=tmp_path, capture_output=True, check=True
    )
    for file in done.stdout.decode().split():
        assert Path(file).is_relative_to(installed["PYTHONPATH"])


def test_its_form_is_the_one_asked_for(wheel: Path, installed: dict[str, str]) -> None:
    form = wheel.parent.name.rstrip("0123456789")
    done = subprocess.run(
        [*RACHEL, "--version"], env=installed, cwd=wheel.parent, capture_output=True, check=True
    )
    assert done.stdout.decode().endswith(f" ({form})\n")
    assert wheel.name.endswith("-none-any.whl") is (form == "pure")


def test_without_a_compiler_it_is_pure_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    wheel = build(tmp_path, RACHEL_COMPILE="1", CC="/bin/false")
    assert wheel.name.endswith("-none-any.whl")
    said = "".join(capfd.readouterr())
    assert said.count("Rachel is not compiled, this is the pure form: error: ") == 1
