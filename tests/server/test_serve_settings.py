"""`rachel serve` and its settings: what it takes from where, `--check`, and when it will not."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import pytest
from certificate import write_certificate
from click.testing import CliRunner, Result
from tcp_player import DEADLINE_S

from rachel.cli import main
from rachel_server.commands.installed import hosting_text
from rachel_server.ops.environment import VARIABLES
from rachel_server.ops.settings import default_data_dir

PRODUCTION = {
    "RACHEL_ENV": "production",
    "DATABASE_URL": "ecto://rachel:hunter2@[2001:db8::1]:5433/rachel?sslmode=require",
    "SECRET_KEY_BASE": "k" * 64,
}


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, without the settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES:
        for name in (variable.name, variable.alias):
            monkeypatch.delenv(name, raising=False)


def serve(*options: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["serve", *options], env=env)


def test_check_says_what_the_server_would_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    result = serve("--check", env={"RACHEL_DATA": str(data), "LISTEN_ADDRESS": "127.0.0.1"})
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "The settings are fine for development.",
        "Games: port 1982 of 127.0.0.1",
        "HTTP: port 4000 of 127.0.0.1",
        f"Database: {data / 'rachel.db'}",
    ]
    assert list(tmp_path.iterdir()) == []


def test_check_in_production_shows_no_secret(tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    tls = {"TLS_CERT": str(cert), "TLS_KEY": str(key), "HTTPS_PORT": "443", "RUBP_TLS_PORT": "0"}
    result = serve("--check", env=PRODUCTION | tls | {"RUBP_PORT": "1982,6502"})
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "The settings are fine for production.",
        "Games: port 1982 of every address",
        "Games: port 6502 of every address",
        "Games over TLS: a free port of every address",
        "HTTP: port 4000 of every address",
        "HTTPS: port 443 of every address",
        "Database: postgresql://rachel@[2001:db8::1]:5433/rachel",
        "Warning: no mail is sent: nobody can register unless you hand out the links in"
        f" {default_data_dir() / 'outbox'}; set MAILGUN_API_KEY and MAILGUN_DOMAIN",
    ]


NONSENSE: Final = (
    "x", "-1", "9" * 5000, "a b", "://", "http://[", "%zz", "%s{}", "\x1b[2J", "\udcff", "~nobody",
    "/dev/null", "/proc/nope/x", "1,,2", "::/0", "127.0.0.1:99999", "fe80::1%x", "\u0663",
    "a." * 130,
    "postgresql://127.0.0.1:1/x?sslmode=nonsense", "postgresql://\udcff@127.0.0.1:1/x",
    "sqlite:////dev/null", "sqlite:///%00", "sqlite:///x?timeout=x", "sqlite:///x?nonsense=1",
)  # fmt: skip


@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES])
def test_nonsense_is_lines_and_never_a_traceback(name: str, tmp_path: Path) -> None:
    """Whatever a setting is, each command says what is the matter, or does its work."""
    for text in NONSENSE:
        env = {"RACHEL_DATA": str(tmp_path / "data"), name: text}
        checked = serve("--check", env=env)
        assert checked.exit_code in {0, 1}, (text, checked.exception)
        assert isinstance(checked.exception, SystemExit | None), (text, checked.exception)
        assert all(line.startswith("Error: ") for line in checked.stderr.splitlines()), text
        assert bool(checked.stderr) is bool(checked.exit_code), text
        for command in (["secret"], ["doctor", "--url", "http://127.0.0.1:1"]):
            result = CliRunner().invoke(main, command, env=env)
            assert isinstance(result.exception, SystemExit | None), (text, result.exception)
            assert "\x1b" not in result.output


@pytest.mark.parametrize("options", [["--check"], []])
def test_production_does_not_start_without_its_settings(options: list[str]) -> None:
    result = serve(*options, env={"RACHEL_ENV": "production", "PORT": "http"})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Error: environment variable PORT is not a number from 0 to 65535, for example: PORT=4000",
        "Error: environment variable DATABASE_URL is missing, "
        "for example: DATABASE_URL=ecto://rachel:PASSWORD@db.example.org/rachel",
        "Error: environment variable SECRET_KEY_BASE is missing, "
        'for example: SECRET_KEY_BASE="$(rachel secret)"',
    ]


def test_options_overrule_the_environment_and_that_the_file(tmp_path: Path) -> None:
    Path(".env").write_text("PORT=1\nRUBP_PORT=2\nLISTEN_ADDRESS=::1\nRACHEL_DATA=from-file\n")
    env = {"PORT": "3", "RUBP_PORT": "4,5"}
    options = ["--rubp-port", "6", "--rubp-port", "7", "--data", str(tmp_path / "given")]
    result = serve("--check", *options, env=env)
    assert result.stdout.splitlines()[1:] == [
        "Games: port 6 of ::1",
        "Games: port 7 of ::1",
        "HTTP: port 3 of ::1",
        f"Database: {tmp_path / 'given' / 'rachel.db'}",
    ]
    result = serve("--check", "--host", "127.0.0.1", "--port", "0", env=env)
    assert result.stdout.splitlines()[1:] == [
        "Games: port 4 of 127.0.0.1",
        "Games: port 5 of 127.0.0.1",
        "HTTP: a free port of 127.0.0.1",
        f"Database: {tmp_path / 'from-file' / 'rachel.db'}",
    ]


async def test_a_server_runs_on_what_the_file_says(tmp_path: Path) -> None:
    settings = f"RACHEL_DATA={tmp_path / 'data'}\nLISTEN_ADDRESS=127.0.0.1\nRUBP_PORT=0,0\nPORT=0\n"
    (tmp_path / ".env").write_text(settings)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from rachel.cli import main; main()", "serve", "--no-mdns"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        line = (await process.stdout.readline()).decode()
        process.terminate()
        await process.communicate()
    assert line.count(" and ") == 1
    assert str(tmp_path / "data") in line
    assert process.returncode == 0


async def test_what_is_not_installed_is_said_in_one_line(tmp_path: Path) -> None:
    """Without the extra `server` there is no hosting; see test_telemetry for solo games."""
    code = "import sys; sys.modules['structlog'] = None; from rachel.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, "serve", "--data", str(tmp_path)),
        env={**os.environ, "RUBP_PORT": "0"},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DEADLINE_S):
        _, log = await process.communicate()
    assert process.returncode == 1
    assert log.decode() == (
        f"Error: hosting needs structlog, which is not installed: {hosting_text()}\n"
    )
