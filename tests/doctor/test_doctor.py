"""`rachel doctor`: silent but for passes on a good deployment, and each fault by its name."""

import asyncio
import gzip
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import PostgresDatabase
from deployments import NO_SETTINGS, Deployed, Report
from postgres_server import PostgresServer
from proxy import proxy
from rachel_server_process import serving
from sqlalchemy import make_url

from rachel.cli import main
from rachel_server.ops.doctor.strength import EXAMPLES
from rachel_server.store.revisions import head

CHECKS = [
    "settings", "environment", "public name", "secret key", "way in", "trusted proxies",
    "listen address", "metrics token", "error reports", "mail", "user", "private files",
    "disk space", "disk inodes", "database", "schema", "backup", "server", "health", "version",
    "clock", "certificate", "HTTPS", "redirect", "HSTS", "start page", "CSP", "cookies", "metrics",
    "game port", "game port TLS", "SSH port",
]  # fmt: skip
ON_POSTGRESQL = {"pg_dump", "database version", "database TLS", "database clock"}
HOUR_S = 3600


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Deployed]:
    """Run a good deployment; its tests spoil no more than they mend."""
    deployed = Deployed.on_sqlite(tmp_path_factory.mktemp("deployed"), migrated_file)
    with deployed.running():
        yield deployed


@pytest.fixture(scope="module")
def on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, migrated_postgres: str
) -> Iterator[Deployed]:
    """Run another one on PostgreSQL."""
    folder = tmp_path_factory.mktemp("deployed")
    with postgres.database(migrated_postgres) as name:
        deployed = Deployed(folder, PostgresDatabase(postgres, name, folder / "data"))
        with deployed.running():
            yield deployed


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def deployed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """Stand in the folder of a good deployment, once on each kind of database."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Deployed)
    monkeypatch.chdir(found.folder)
    return found


@pytest.fixture
def one(on_sqlite: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """Stand in the folder of a good deployment, whose database does not matter."""
    monkeypatch.chdir(on_sqlite.folder)
    return on_sqlite


def test_good_deployment_gets_passes_only(deployed: Deployed) -> None:
    report = deployed.doctor()
    assert report.troubles == []
    assert report.code == 0
    more = ON_POSTGRESQL if isinstance(deployed.database, PostgresDatabase) else set()
    assert {said.check for said in report.findings} == {*CHECKS, *more}
    assert all(said.cure is None and said.found for said in report.findings)


def test_good_deployment_behind_a_proxy_gets_passes_only(deployed: Deployed) -> None:
    plain, tls = deployed.ports["http"][0], (deployed.certificate, deployed.key)
    with proxy(plain, tls=tls, says="https") as port, proxy(plain, says="http") as plain_port:
        report = deployed.doctor(
            url=f"https://localhost:{port}", changed={"HTTPS_PORT": "", "PORT": str(plain_port)}
        )
    assert report.troubles == []
    assert len(report.findings) >= len(CHECKS)


def test_people_read_one_line_for_a_pass_and_two_for_the_rest(one: Deployed) -> None:
    where = ("--url", one.url, "--backups", str(one.backups))
    code, text = one.run("doctor", *where)
    assert code == 0
    assert [line.partition(": ")[0] for line in text.splitlines()] == [
        f"pass  {check}" for check in CHECKS
    ]
    code, text = one.run("doctor", *where[:2], changed={"SECRET_KEY_BASE": "k" * 64})
    assert code == 1
    lines = text.splitlines()
    trouble = lines.index("fail  secret key: SECRET_KEY_BASE is one character over and over")
    assert lines[trouble + 1] == '      -> set SECRET_KEY_BASE="$(rachel secret)"'
    assert lines[-1] == "1 failed, 1 to look at"
    assert "\x1b" not in text


EXAMPLE_KEY = next(text for text in EXAMPLES if len(text) >= 64)


@pytest.mark.parametrize(
    ("changed", "outcome", "check", "words"),
    [
        ({"RACHEL_ENV": ""}, "warn", "environment", "not production"),
        ({"RACHEL_ENV": "prod"}, "fail", "settings", "RACHEL_ENV is none of"),
        ({"RACHEL_HOST": ""}, "fail", "public name", "lead to localhost"),
        ({"RACHEL_HOST": "https://x"}, "fail", "settings", "RACHEL_HOST is not a host name"),
        ({"SECRET_KEY_BASE": ""}, "fail", "settings", "SECRET_KEY_BASE is missing"),
        ({"SECRET_KEY_BASE": "tiny-key"}, "fail", "settings", "SECRET_KEY_BASE is shorter than 64"),
        ({"SECRET_KEY_BASE": "k" * 64}, "fail", "secret key", "one character over and over"),
        ({"SECRET_KEY_BASE": EXAMPLE_KEY}, "fail", "secret key", "the example"),
        ({"SECRET_KEY_BASE": "0123456789abcdef" * 4}, "fail", "secret key", "not random"),
        ({"DATABASE_URL": ""}, "fail", "settings", "DATABASE_URL is missing"),
        ({"DATABASE_URL": "mysql://u:hunter2@h/d"}, "fail", "settings", "DATABASE_URL is not"),
        ({"PORT": "http"}, "fail", "settings", "PORT is not a number"),
        ({"TLS_CERT": __file__}, "fail", "settings", "TLS_CERT and TLS_KEY are not"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "fail", "trusted proxies", "0.0.0.0/0"),
        ({"TRUSTED_PROXIES": "127.0.0.1,2000::/3"}, "fail", "trusted proxies", "2000::/3"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8"}, "fail", "listen address", "cannot be reached"),
        ({"TRUSTED_PROXIES": "", "HTTPS_PORT": ""}, "fail", "way in", "nobody gets in"),
        ({"LISTEN_ADDRESS": ""}, "warn", "listen address", "go past it"),
        ({"UNLIMITED_NETWORKS": "::/0"}, "fail", "unlimited networks", "::/0"),
        ({"METRICS_TOKEN": ""}, "warn", "metrics token", "is not set"),
        ({"METRICS_TOKEN": "a-long-random-text"}, "fail", "metrics token", "the example"),
        ({"METRICS_TOKEN": "prometheus1"}, "fail", "metrics token", "guessed"),
        ({"SENTRY_DSN": ""}, "warn", "error reports", "in the log only"),
        ({"MAILGUN_API_KEY": "", "MAILGUN_DOMAIN": ""}, "warn", "mail", "outbox"),
        ({"MAILGUN_API_KEY": ""}, "fail", "settings", "MAILGUN_API_KEY is missing"),
        ({"APP_VERSION": "2026-07-01"}, "fail", "version", "2026-07-01 is installed"),
    ],
)
def test_faults_of_settings(
    one: Deployed, changed: dict[str, str], outcome: str, check: str, words: str
) -> None:
    one.doctor(changed=changed).only(outcome, check, words)


def test_faults_do_not_hide_each_other(one: Deployed) -> None:
    changed = {
        "PORT": "http",
        "SECRET_KEY_BASE": "k" * 64,
        "TLS_CERT": __file__,
        "TRUSTED_PROXIES": "0.0.0.0/0",
        "METRICS_TOKEN": "hunter2",
        "RACHEL_HOST": "",
    }
    report = one.doctor(changed=changed, backups=one.folder / "nowhere")
    assert [said.check for said in report.troubles] == [
        "settings", "settings", "public name", "secret key", "trusted proxies", "metrics token",
        "backup",
    ]  # fmt: skip


def test_development_warns_where_production_fails(one: Deployed) -> None:
    changed = {
        "RACHEL_ENV": "",
        "RACHEL_HOST": "",
        "SECRET_KEY_BASE": "k" * 64,
        "TRUSTED_PROXIES": "0.0.0.0/0",
        "METRICS_TOKEN": "hunter2",
        "APP_VERSION": "other",
    }
    report = one.doctor(changed=changed)
    assert (report.code, len(report.troubles)) == (0, 6)
    assert {said.outcome for said in report.troubles} == {"warn"}


# Files


@pytest.mark.parametrize("name", [".env", "key.pem", "data/rachel.db", "data/lock"])
def test_files_that_others_can_read(one: Deployed, name: str) -> None:
    file = one.folder / name
    file.chmod(0o644)
    report = one.doctor()
    for path in (file, *file.parent.glob(f"{file.name}-*")):  # SQLite's are like their database
        path.chmod(0o600)
    shown = name if name == ".env" else str(file)
    files = [said for said in report.troubles if "-wal" not in said.found]
    Report(report.code, files).only("fail", "private files", f"{shown} can be read by everybody")
    assert {said.check for said in report.troubles} == {"private files"}


def test_folder_that_others_can_write_in(one: Deployed) -> None:
    folder = one.folder / "data"
    mode = folder.stat().st_mode
    folder.chmod(0o777)
    report = one.doctor()
    folder.chmod(mode)
    report.only("fail", "private files", f"everybody on this machine can put files into {folder}")


def _to_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("lost"))


BACKUP_FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "is empty": (lambda file: file.write_bytes(b""), "is empty"),
    "is old": (lambda file: os.utime(file, times=(time.time() - 27 * HOUR_S,) * 2), "27 hours old"),
    "is no backup": (lambda file: file.write_text("SQLite format 3"), "is no backup"),
    "is PostgreSQL's": (lambda file: file.write_bytes(b"PGDMP"), "another kind of database"),
    "cannot be read": (_to_nowhere, "cannot be read"),
    "is not there": (lambda file: file.unlink(), "there is none"),
}


@pytest.mark.parametrize("fault", BACKUP_FAULTS)
@pytest.mark.parametrize("pattern", ["", "daily-*.dump", "daily-%Y%m%d.dump"])
def test_faults_of_backups(one: Deployed, tmp_path: Path, pattern: str, fault: str) -> None:
    plant, words = BACKUP_FAULTS[fault]
    file = tmp_path / "daily-20260701.dump"
    file.write_bytes(gzip.compress(b"SQLite format 3"))
    file.chmod(0o600)
    assert one.doctor(backups=tmp_path / pattern).troubles == []
    plant(file)
    (tmp_path / "notes.txt").write_text("what else is in a folder of backups")
    if not pattern and fault in {"is no backup", "is PostgreSQL's"}:
        words = "there is none"  # it is something else
    one.doctor(backups=tmp_path / pattern).only("fail", "backup", words)


def test_only_the_newest_backup_counts(one: Deployed, tmp_path: Path) -> None:
    for days in range(3):
        file = tmp_path / f"daily-{days}.dump"
        file.write_bytes(gzip.compress(b"SQLite format 3"))
        file.chmod(0o600)
        os.utime(file, times=(time.time() - days * 24 * HOUR_S - 60,) * 2)
    (tmp_path / "daily-3.dump.x1.partial").touch()  # one that is being written
    assert one.doctor(backups=tmp_path).troubles == []
    (tmp_path / "daily-3.dump").touch()
    one.doctor(backups=tmp_path).only("fail", "backup", "daily-3.dump is empty")


def test_backups_that_others_can_read(one: Deployed, tmp_path: Path) -> None:
    file = tmp_path / "daily.dump"
    file.write_bytes(gzip.compress(b"SQLite format 3"))
    file.chmod(0o644)
    one.doctor(backups=file).only("fail", "private backup", "by everybody")


def test_where_the_backups_are_must_be_said(one: Deployed) -> None:
    code, text = one.run("doctor", "--json", "--url", one.url)
    troubles = [said for said in json.loads(text) if said["outcome"] != "pass"]
    assert (code, len(troubles)) == (0, 1)
    assert (troubles[0]["outcome"], troubles[0]["check"]) == ("warn", "backup")
    assert "--backups" in troubles[0]["cure"]


# The database


@pytest.mark.parametrize(
    ("revision", "words"),
    [("0001", f"at 0001, this Rachel needs {head()}"), ("9999", "newer version of Rachel")],
)
def test_faults_of_the_schema(deployed: Deployed, revision: str, words: str) -> None:
    deployed.database.change(f"UPDATE alembic_version SET version_num = '{revision}'")
    report = deployed.doctor()
    deployed.database.change(f"UPDATE alembic_version SET version_num = '{head()}'")
    report.only("fail", "schema", words)


def test_a_database_without_tables(on_postgresql: Deployed, postgres: PostgresServer) -> None:
    with postgres.database() as name:
        report = on_postgresql.doctor(changed={"DATABASE_URL": postgres.url(name)})
    report.only("fail", "schema", "there are no tables")


@pytest.mark.parametrize(
    ("name", "words"), [("nowhere.db", "does not exist"), ("letter.db", "cannot be used")]
)
def test_a_file_that_is_no_database(one: Deployed, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "letter.db").touch(mode=0o600)
    (tmp_path / "letter.db").write_text("Dear Ann, " * 1000)
    one.doctor(changed={"DATABASE_URL": f"sqlite:///{tmp_path / name}"}).only(
        "fail", "database", words
    )


@pytest.mark.parametrize("wrong", ["password", "port"])
def test_postgresql_that_lets_nobody_in(on_postgresql: Deployed, wrong: str) -> None:
    url = make_url(on_postgresql.environment["DATABASE_URL"])
    url = url.set(password="not the password") if wrong == "password" else url.set(port=_closed())
    changed = {"DATABASE_URL": url.render_as_string(hide_password=False)}
    on_postgresql.doctor(changed=changed).only("fail", "database", "cannot be used")


def test_postgresql_elsewhere_without_tls(one: Deployed) -> None:
    url = "ecto://rachel:hunter2@[2001:db8::1]/rachel?connect_timeout=2"  # nobody's address
    report = one.doctor(changed={"DATABASE_URL": url})
    assert [(said.outcome, said.check) for said in report.troubles] == [
        ("warn", "database TLS"),
        ("fail", "database"),
        ("fail", "backup"),  # those there are of SQLite
    ]
    assert "sslmode=verify-full" in (report.troubles[0].cure or "")


def _closed() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


# The command


@pytest.mark.parametrize(
    "options",
    [
        ["--url", "cards.example.org"],
        ["--url", "ftp://cards.example.org"],
        ["--url", "https://"],
        ["--url", "https://user@cards.example.org"],
        ["--url", "https://cards.example.org/path"],
        ["--url", "https://cards.example.org:99999"],
        ["--backups"],
        ["nonsense"],
    ],
)
def test_usage_errors(one: Deployed, options: list[str]) -> None:
    code, text = one.run("doctor", *options)
    assert code == 2
    assert "Error: " in text


async def test_a_server_in_development_is_found_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    async with serving(folder):
        environment = {**NO_SETTINGS, "PORT": "0"}
        result = await asyncio.to_thread(
            CliRunner().invoke, main, ["doctor", "--data", str(folder)], env=environment
        )
    assert result.exit_code == 0, result.output
    assert "pass  health: healthy" in result.output
    assert "pass  database: answers" in result.output
    assert "pass  metrics: " in result.output  # which only this machine may see
    assert "fail " not in result.output
    assert "warn  environment: " in result.output


def test_a_server_that_does_not_run_is_one_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {**NO_SETTINGS, "PORT": str(_closed())}
    result = CliRunner().invoke(main, ["doctor", "--data", "data"], env=environment)
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert [line for line in lines if line.startswith("fail")] == [
        f"fail  server: no answer from http://127.0.0.1:{environment['PORT']}: Connection refused"
    ]
    assert "health" not in result.output
    assert list(tmp_path.iterdir()) == []
