"""URLs of databases, as hosts write them."""

import re
from pathlib import Path

import pytest
from certificate import write_certificate
from click.testing import CliRunner
from postgres_server import PostgresServer, postgres_server
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from rachel.cli import main
from rachel_server.store.database_url import BadDatabaseUrl, database_url, shown_url
from rachel_server.store.engine import create_blocking_engine


@pytest.mark.parametrize(
    ("given", "driver", "host", "port", "name"),
    [
        (
            "ecto://ann:pw@db.example.org/cards",
            "postgresql+psycopg",
            "db.example.org",
            None,
            "cards",
        ),
        ("postgres://ann:pw@db/cards", "postgresql+psycopg", "db", None, "cards"),
        ("postgresql://ann:pw@db:6543/cards", "postgresql+psycopg", "db", 6543, "cards"),
        (
            "postgresql://ann:pw@[2001:db8::1]:6543/cards",
            "postgresql+psycopg",
            "2001:db8::1",
            6543,
            "cards",
        ),
        ("postgresql+psycopg://ann@[::1]/cards", "postgresql+psycopg", "::1", None, "cards"),
        ("postgres:///cards?host=/run/postgresql", "postgresql+psycopg", None, None, "cards"),
        (
            "sqlite:////var/lib/rachel/rachel.db",
            "sqlite+aiosqlite",
            None,
            None,
            "/var/lib/rachel/rachel.db",
        ),
        ("sqlite:///cards.db", "sqlite+aiosqlite", None, None, "cards.db"),
    ],
)
def test_every_form_is_understood(
    given: str, driver: str, host: str | None, port: int | None, name: str
) -> None:
    url = database_url(given)
    assert (url.drivername, url.host, url.port, url.database) == (driver, host, port, name)
    assert database_url(url) == url


def test_passwords_may_hold_anything() -> None:
    assert database_url("ecto://ann:p%40ss%2Fw%3Ard%25@db/cards").password == "p@ss/w:rd%"


@pytest.mark.parametrize(
    ("query", "sslmode"),
    [
        ("", None),
        ("?ssl=true", "require"),
        ("?ssl=false", None),
        ("?sslmode=verify-full&sslrootcert=/etc/ca.pem", "verify-full"),
        ("?ssl=true&sslmode=verify-ca", "verify-ca"),
    ],
)
def test_tls_is_as_the_url_says(query: str, sslmode: str | None) -> None:
    url = database_url(f"ecto://ann:pw@db/cards{query}")
    assert url.query.get("sslmode") == sslmode
    assert "ssl" not in url.query


def test_what_the_url_says_counts_more_than_the_defaults() -> None:
    assert database_url("postgres://db/cards").query["connect_timeout"] == "4"
    assert database_url("postgres://db/cards?connect_timeout=9").query["connect_timeout"] == "9"
    assert database_url("sqlite:////cards.db?timeout=9").query["timeout"] == "9"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "is not a database URL"),
        ("s3cret", "is not a database URL"),
        ("postgres://ann:s3cret@db:port/cards", "is not a database URL"),
        ("mysql://ann:s3cret@db/cards", "is not a URL of PostgreSQL or SQLite"),
        ("postgres://ann:s3cret@db", "names no database"),
        ("postgres://ann:s3cret@db/", "names no database"),
        ("postgres://ann:s3cret@db/cards?s3cret=1", "a parameter after its \\? that PostgreSQL"),
        ("postgres://ann:s3cret@db/cards?pool_size=10", "a parameter after its \\?"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite://s3cret/cards.db", "names no file"),
    ],
)
def test_what_cannot_be_used_is_said_without_repeating_it(given: str, why: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=why) as refusal:
        database_url(given)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ecto://ann:s3cret@db:6543/cards?sslmode=require", "postgresql://ann@db:6543/cards"),
        ("postgres://ann:s3cret@[::1]/cards?password=s3cret", "postgresql://ann@[::1]/cards"),
        ("postgres:///cards?host=/run/pg", "postgresql:///cards?host=%2Frun%2Fpg"),
        ("sqlite:////var/cards.db", "/var/cards.db"),
    ],
)
def test_what_is_shown_holds_no_secret(given: str, shown: str) -> None:
    assert shown_url(given) == shown


@pytest.mark.parametrize("scheme", ["ecto", "postgres", "postgresql"])
def test_every_scheme_and_an_ipv6_address_connect(postgres: PostgresServer, scheme: str) -> None:
    with postgres.database() as name:
        for host in postgres.hosts:
            url = postgres.url(name).replace("postgres://", f"{scheme}://")
            with create_blocking_engine(url.replace("127.0.0.1", host)).connect() as connection:
                assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_tls_is_used_when_the_url_asks_for_it(postgres: PostgresServer, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    used = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    with postgres_server(certificate=(certificate, key)) as server:
        trusting = f"?sslmode=verify-ca&sslrootcert={certificate}"
        for query in ("?ssl=true", "?sslmode=require", trusting):
            with create_blocking_engine(server.url("postgres") + query).connect() as connection:
                assert connection.execute(used).scalar_one() is True
        strict = "?sslmode=verify-full&sslrootcert=system"  # it signed itself
        engine = create_blocking_engine(server.url("postgres") + strict)
        with pytest.raises(OperationalError, match="certificate verify failed"):
            engine.connect()
    engine = create_blocking_engine(f"{postgres.url('postgres')}?ssl=true")
    with pytest.raises(OperationalError, match="does not support SSL"):
        engine.connect()


@pytest.mark.parametrize(
    "password",
    [
        *("Hdkw@Wvzq", "@Wvzq", "Hdkw@", "Hdkw@Wvzq/Xjfp", "Hdkw/Wvzq@Xjfp", "Hdkw@Wvzq:Xjfp"),
        *("Hdkw@Wvzq?Xjfp", "Hdkw?Wvzq@Xjfp", "Hdkw@Wvzq?host=Xjfp", "Hdkw#Wvzq", "Hdkw%Wvzq"),
        *("Hdkw:Wvzq", "Hdkw/Wvzq", "Hdkw?Wvzq", "Hdkw Wvzq", "[Hdkw]", "Hdkw\tWvzq"),
    ],
)
def test_no_command_tells_a_part_of_a_password(
    password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rachel.dump").write_bytes(b"PGDMP")
    pieces = [piece for piece in re.split(r"\W", password) if piece not in {"", "host"}]
    environment = {
        "DATABASE_URL": f"postgresql://rachel:{password}@127.0.0.1:1/cards",
        "RACHEL_DATA": str(tmp_path),
    }
    for command in (
        *(["serve", "--port", "0", "--rubp-port", "0"], ["serve", "--check"], ["migrate"]),
        *(["migrate", "--status"], ["rollback"], ["backup", "new.dump"], ["games"], ["doctor"]),
        *(["restore", "rachel.dump"], ["export", "ABCD"]),
    ):
        if command == ["serve", "--check"] and "@" not in password:
            continue
        result = CliRunner().invoke(main, command, env=environment)
        assert result.exit_code == 1 or command == ["doctor"], command
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert not any(piece in result.output for piece in pieces), result.output
        if "@" in password:
            assert "DATABASE_URL has an @ in its user name or password: write %40" in result.output
