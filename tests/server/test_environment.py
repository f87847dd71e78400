"""The environment as settings: every variable, every mistake, `.env` and its example."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import pytest
from certificate import ENCRYPTED_KEY, OTHER_KEY, write_certificate

from rachel import __version__
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.environment import VARIABLES, SettingsError, Variable, load_settings
from rachel_server.ops.secrets import KEY_FILE, Secret, fresh_secret, kept_secret_key
from rachel_server.ops.settings import default_data_dir

ROOT: Final = Path(__file__).parents[2]
POSTGRES: Final = "ecto://rachel:hunter2@db.example.org/rachel"
PRODUCTION: Final = {
    "RACHEL_ENV": "production",
    "DATABASE_URL": POSTGRES,
    "SECRET_KEY_BASE": "k" * 64,
}


def problems(environ: dict[str, str], dotenv: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, dotenv=dotenv)
    assert str(caught.value) == "\n".join(caught.value.problems)
    assert not [problem for problem in caught.value.problems if "\n" in problem]
    return caught.value.problems


def test_without_anything_it_is_a_server_for_friends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")  # only what it is given counts
    settings = load_settings({"PATH": "/bin"})
    assert settings.environment == "development"
    assert not settings.production
    assert settings.data_dir == default_data_dir()
    assert (settings.host, settings.rubp_ports, settings.http_port) == ("", (1982,), 4000)
    assert (settings.rubp_tls_port, settings.https_port) == (None, None)
    assert (settings.database_url, settings.secret_key_base) == (None, None)
    assert settings.pool_size == 10
    assert settings.public_host == "localhost"
    assert settings.trusted_proxies == ()
    assert settings.app_version == __version__
    assert settings.log_format == "text"
    assert settings.table == TableSettings()


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("RACHEL_HOST", "cards.example.org", "public_host", "cards.example.org"),
        ("RACHEL_HOST", "::1", "public_host", "::1"),
        ("PHX_HOST", "old.example.org", "public_host", "old.example.org"),
        ("RACHEL_CONTACT", "games@example.org", "contact", "mailto:games@example.org"),
        ("RACHEL_CONTACT", "https://example.org/us/", "contact", "https://example.org/us"),
        ("RACHEL_DATA", "/srv/rachel", "data_dir", Path("/srv/rachel")),
        ("RACHEL_DATA", "~/cards", "data_dir", Path.home() / "cards"),
        ("DATABASE_URL", POSTGRES, "database_url", Secret(POSTGRES)),
        ("DATABASE_URL", "postgres://h/d", "database_url", Secret("postgres://h/d")),
        ("DATABASE_URL", "postgresql://h/d", "database_url", Secret("postgresql://h/d")),
        ("DATABASE_URL", "sqlite:////a/b.db", "database_url", Secret("sqlite:////a/b.db")),
        ("POOL_SIZE", "3", "pool_size", 3),
        ("SECRET_KEY_BASE", "s" * 64, "secret_key_base", Secret("s" * 64)),
        ("LISTEN_ADDRESS", "127.0.0.1", "host", "127.0.0.1"),
        ("LISTEN_ADDRESS", "::", "host", "::"),
        ("RUBP_PORT", "0", "rubp_ports", (0,)),
        ("RUBP_PORT", "1982, 6502,0", "rubp_ports", (1982, 6502, 0)),
        ("PORT", " 8080 ", "http_port", 8080),
        (
            "TRUSTED_PROXIES",
            "10.1.2.3/8, ::1",
            "trusted_proxies",
            (ip_network("10.0.0.0/8"), ip_network("::1/128")),
        ),
        ("RESERVED_NAMES", "sheriff, Räuber", "reserved_names", ("sheriff", "Räuber")),
        ("METRICS_TOKEN", "t", "metrics_token", Secret("t")),
        ("SENTRY_DSN", "http://k@[::1]:9/a/7", "sentry_dsn", Secret("http://k@[::1]:9/a/7")),
        ("SENTRY_ENVIRONMENT", "staging", "sentry_environment", "staging"),
        ("APP_VERSION", "2026-07-01", "app_version", "2026-07-01"),
        ("LOG_FORMAT", "json", "log_format", "json"),
    ],
)
def test_a_variable_sets_a_field(name: str, text: str, field: str, value: object) -> None:
    settings = load_settings({name: text})
    assert getattr(settings, field) == value


BAD_VALUES: Final[dict[str, list[str]]] = {
    "RACHEL_ENV": ["prod", "Production"],
    "RACHEL_HOST": [
        "https://example.org",
        "example.org:443",
        "a/b",
        "a b",
        "-",
        "é.org",
        "a" * 70,
        "a-.b",
    ],
    "RACHEL_CONTACT": [
        "Ann",
        "a@b@c",
        "a b@c",
        "javascript:alert(1)",
        "a@b\x1b",
        "https://h/\nExpires: never",
    ],
    "RACHEL_DATA": [__file__, "~nobody-of-that-name/x", "a\0b", "a" * 300],
    "DATABASE_URL": [
        "secret",
        "mysql://h/d",
        "ecto://h:port/d",
        "ecto://host",
        "sqlite://",
        "sqlite:///",
        "sqlite:///%00",
        "sqlite:///x?timeout=abc",
        "sqlite:///x?nonsense=1",
        "postgresql://\udcff@h/d",
    ],
    "POOL_SIZE": ["0", "-1", "1001", "ten", "1.5", "²", "9" * 5000],
    "SECRET_KEY_BASE": ["s" * 63, "s" * 64 + "\x1b"],
    "LISTEN_ADDRESS": ["127.0.0.1:80", "[::1]", "*"],
    "RUBP_PORT": ["65536", "1982;1983", "1982,", ",", "games"],
    "RUBP_TLS_PORT": ["-1", "1983,1984"],
    "PORT": ["http", "65536", "4_000"],
    "HTTPS_PORT": ["x"],
    "SSH_PORT": ["22,2222"],
    "SSH_PUBLIC_PORT": ["x"],
    "PROXY_PROTOCOL": ["1", "Yes"],
    "TLS_CERT": ["/nowhere/cert.pem", str(ROOT)],
    "TLS_KEY": ["/nowhere/key.pem", "~nobody-of-that-name/x", "a\0b"],
    "TRUSTED_PROXIES": ["10.0.0.0/33", "proxy.example.org", "10.0.0.1,"],
    "UNLIMITED_NETWORKS": ["10.0.0.0/33", "proxy.example.org", "10.0.0.1,"],
    "RESERVED_NAMES": ["ab", "sheriff,", "- - -", "sheriff,a.b"],
    "METRICS_TOKEN": ["a\nb"],
    "MAILGUN_API_KEY": ["a\x00b"],
    "MAILGUN_BASE_URL": [
        "localhost:8025",
        "ftp://files",
        "https://h?y",
        "http://[",
        "https://me@h",
        "https://h/a\nb",
    ],
    "MAILGUN_DOMAIN": ["https://mg.example.org"],
    "SENTRY_DSN": [
        "k",
        "https://sentry.example.org/1",
        "https://k@h/x",
        "https://k@h:x/1",
        "https://k@h\n/1",
    ],
    "SENTRY_ENVIRONMENT": ["a\nb"],
    "APP_VERSION": ["\x1b[31m"],
    "LOG_FORMAT": ["xml", "JSON"],
}


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_a_bad_value_is_one_line_with_an_example(variable: Variable) -> None:
    name = variable.name
    for text in BAD_VALUES[name]:
        prefix = f"environment variable {name} "
        (found,) = [problem for problem in problems({name: text}) if problem.startswith(prefix)]
        what, _, example = found.removeprefix(prefix).partition(", for example: ")
        assert example == f"{name}={variable.example}"
        assert len(text) < 5 or text not in what


def test_all_problems_come_at_once() -> None:
    found = problems(
        {
            "RACHEL_ENV": "production",
            "PORT": "http",
            "LOG_FORMAT": "xml",
            "TLS_CERT": "/nowhere/cert.pem",
            "MAILGUN_DOMAIN": "mg.example.org",
            "RUBP_PORT": "1982,1982",
        }
    )
    assert [problem.split()[2] for problem in found] == [
        "PORT", "TLS_CERT", "LOG_FORMAT", "DATABASE_URL", "SECRET_KEY_BASE", "TLS_KEY",
        "MAILGUN_API_KEY", "RUBP_PORT",
    ]  # fmt: skip


def test_production_says_what_is_missing() -> None:
    assert problems({"RACHEL_ENV": "production"}) == (
        "environment variable DATABASE_URL is missing, "
        "for example: DATABASE_URL=ecto://rachel:PASSWORD@db.example.org/rachel",
        "environment variable SECRET_KEY_BASE is missing, "
        'for example: SECRET_KEY_BASE="$(rachel secret)"',
    )
    short = problems(PRODUCTION | {"SECRET_KEY_BASE": "k" * 63})
    assert short == (
        "environment variable SECRET_KEY_BASE is shorter than 64 characters, "
        'for example: SECRET_KEY_BASE="$(rachel secret)"',
    )
    assert load_settings(PRODUCTION).production


def test_no_secret_is_shown() -> None:
    hidden = {
        "DATABASE_URL": POSTGRES,
        "SECRET_KEY_BASE": "hunter2" * 10,
        "METRICS_TOKEN": "hunter2",
        "MAILGUN_API_KEY": "hunter2",
        "MAILGUN_DOMAIN": "mg.example.org",
        "SENTRY_DSN": "https://hunter2@sentry.example.org/1",
    }
    settings = load_settings(hidden)
    assert "hunter2" not in f"{settings} {settings!r} {settings.metrics_token}"
    assert settings.metrics_token is not None
    assert settings.metrics_token.reveal() == "hunter2"
    wrong_places = {variable.name: "hunter2 in the wrong place\n\x1b" for variable in VARIABLES}
    found = "".join(problems(wrong_places))
    assert "hunter2" not in found
    assert "\x1b" not in found


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("TLS_CERT", ["TLS_KEY"]),
        ("TLS_KEY", ["TLS_CERT"]),
        ("HTTPS_PORT", ["TLS_CERT", "TLS_KEY"]),
        ("RUBP_TLS_PORT", ["TLS_CERT", "TLS_KEY"]),
        ("MAILGUN_API_KEY", ["MAILGUN_DOMAIN"]),
        ("MAILGUN_DOMAIN", ["MAILGUN_API_KEY"]),
        ("MAILGUN_BASE_URL", ["MAILGUN_API_KEY", "MAILGUN_DOMAIN"]),
    ],
)
def test_some_variables_need_others(given: str, missing: list[str], tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    texts = {
        "TLS_CERT": str(cert),
        "TLS_KEY": str(key),
        "MAILGUN_DOMAIN": "mg.example.org",
        "MAILGUN_BASE_URL": "https://api.eu.mailgun.net",
    }
    found = problems({given: texts.get(given, "1")})
    assert len(found) == len(missing)
    for problem, name in zip(found, missing, strict=True):
        assert problem.startswith(
            f"environment variable {name} is missing ({given} is of no use without it), "
        )


def test_no_port_is_asked_for_twice(tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    tls = {"TLS_CERT": str(cert), "TLS_KEY": str(key)}
    ports = {"RUBP_PORT": "7,8", "PORT": "8", "HTTPS_PORT": "9", "RUBP_TLS_PORT": "9"}
    ports["SSH_PORT"] = "7"
    assert [problem.partition(", for")[0] for problem in problems(ports | tls)] == [
        "environment variable PORT has port 8, which RUBP_PORT has, too",
        "environment variable HTTPS_PORT has port 9, which RUBP_TLS_PORT has, too",
        "environment variable SSH_PORT has port 7, which RUBP_PORT has, too",
    ]
    free = dict.fromkeys(["PORT", "HTTPS_PORT", "RUBP_TLS_PORT"], "0") | {"RUBP_PORT": "0,0"}
    settings = load_settings(free | tls)
    assert settings.rubp_ports == (0, 0)
    assert settings.https_port == settings.rubp_tls_port == 0


def test_the_certificate_is_tried(tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    environ = {"TLS_CERT": str(cert), "TLS_KEY": str(key), "HTTPS_PORT": "4443"}
    settings = load_settings(environ)
    assert (settings.tls_cert, settings.tls_key) == (cert, key)
    for bad in (OTHER_KEY, ENCRYPTED_KEY, "no key", ""):  # nobody is asked for a password
        key.write_text(bad)
        (problem,) = problems(environ)
        assert problem.startswith(
            "environment variable TLS_CERT and TLS_KEY are not a PEM certificate and its open key, "
        )


def test_the_file_counts_less_than_the_environment_and_that_less_than_options(
    tmp_path: Path,
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "# a comment\n\n"
        "export PORT=1001\n"
        "POOL_SIZE = '11'\n"
        'APP_VERSION="v$HOME"  # another\n'
        "PHX_HOST=file.example.org\n"
        "LISTEN_ADDRESS=\n"
        "POSTGRES_PASSWORD=for another program\n"
    )
    settings = load_settings({}, dotenv=dotenv)
    assert (settings.http_port, settings.pool_size) == (1001, 11)
    assert (settings.app_version, settings.public_host) == ("v$HOME", "file.example.org")
    assert settings.host == ""
    environ = {"PORT": "1002", "POOL_SIZE": "", "PHX_HOST": "environ.example.org"}
    settings = load_settings(environ, dotenv=dotenv)
    assert (settings.http_port, settings.pool_size) == (1002, 11)
    assert settings.public_host == "environ.example.org"
    table = TableSettings(seats=8)
    options = {"http_port": 1003, "host": "::1", "data_dir": tmp_path, "table": table, "mdns": None}
    settings = load_settings(environ, dotenv=dotenv, overrides=options)
    assert (settings.http_port, settings.host, settings.data_dir) == (1003, "::1", tmp_path)
    assert settings.table == table
    assert settings.mdns


def test_rachel_host_counts_more_than_its_alias() -> None:
    settings = load_settings({"PHX_HOST": "old.example.org", "RACHEL_HOST": "new.example.org"})
    assert settings.public_host == "new.example.org"


def test_an_option_mends_a_bad_variable() -> None:
    assert load_settings({"PORT": "http"}, overrides={"http_port": 8080}).http_port == 8080


def test_a_broken_file_is_said(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    assert load_settings({}, dotenv=dotenv).http_port == 4000  # it need not be there
    dotenv.write_text("PORT=4001\nhunter2\nAPP_VERSION='open\n")
    assert problems({"POOL_SIZE": "x"}, dotenv)[:2] == (
        f"{dotenv}, line 2 is not a setting, for example: PORT=4000",
        f"{dotenv}, line 3 is not a setting, for example: PORT=4000",
    )
    assert len(problems({"POOL_SIZE": "x"}, dotenv)) == 3
    dotenv.write_bytes(b"PORT=\xff\xfe")
    assert problems({}, dotenv) == (f"{dotenv} is not a text in UTF-8; save it as one",)
    assert problems({}, tmp_path) == (
        f"{tmp_path} cannot be read (Is a directory); make it readable or remove it",
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RUPB_PORT", "RUBP_PORT"),
        ("trusted_proxies", "TRUSTED_PROXIES"),
        ("RACHEL_HOSTNAME", "RACHEL_HOST"),
        ("DATABASE_URI", "DATABASE_URL"),
    ],
)
def test_a_name_that_is_nearly_ours_is_named(tmp_path: Path, name: str, meant: str) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"{name}=hunter2\nPOSTGRES_PASSWORD=x\nAPP_PORT=5\n")
    (problem,) = problems({}, dotenv)
    assert problem.startswith(
        f"environment variable {name} is unknown; perhaps {meant} is meant, for example: {meant}="
    )
    dotenv.write_text("")
    if name.startswith("RACHEL_"):
        assert problems({name: "hunter2"}) == (problem,)
    else:
        load_settings({name: "hunter2"})  # the environment holds what is none of our business
    # What Kubernetes sets for a service with our name.
    load_settings({"RACHEL_PORT": "tcp://x:1", "RACHEL_SERVICE_HOST": "x", "RACHEL_PORT_1_TCP": ""})


def test_a_name_beside_the_one_that_is_set_is_somebody_elses(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("HTTP_PORT=1\nHTTPS_PROT=1\nAPP_VERSIONS=1\n")
    assert len(problems({"APP_VERSION": "2"}, dotenv)) == 2


# `.env.example`: comments begin with "# ", settings with their name, or "#" and their name.
EXAMPLE: Final = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
SETTING: Final = re.compile(r"#?([A-Z_]+)=(\S.*)")


def test_the_example_has_every_setting_and_nothing_else() -> None:
    settings = [line for line in EXAMPLE if line and not line.startswith("# ")]
    matches = [SETTING.fullmatch(line) for line in settings]
    names = [match[1] if match else "" for match in matches]
    assert sorted(names) == sorted(variable.name for variable in VARIABLES)


def test_every_setting_in_the_example_is_explained() -> None:
    """What stands above a setting, or above the group it is in, says what it is for."""
    for number, line in enumerate(EXAMPLE):
        if SETTING.fullmatch(line):
            above = EXAMPLE[:number]
            while above and SETTING.fullmatch(above[-1]):
                above.pop()
            heading = above[-1] == "" and above[-2].startswith("# --- Mail, ")
            assert heading or above[-1].startswith("# "), line


def test_the_example_loads(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("\n".join(EXAMPLE))
    assert load_settings({}, dotenv=dotenv) == load_settings({})
    uncommented = [re.sub(r"^#(?=[A-Z])", "", line) for line in EXAMPLE]
    dotenv.write_text("\n".join(uncommented))
    cert, key = write_certificate(tmp_path)
    settings = load_settings({"TLS_CERT": str(cert), "TLS_KEY": str(key)}, dotenv=dotenv)
    assert settings.production
    assert settings.public_host == "cards.example.org"
    assert settings.log_format == "json"


def test_the_key_of_a_data_folder_is_made_once_and_private(tmp_path: Path) -> None:
    key = kept_secret_key(tmp_path)
    file = tmp_path / KEY_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept_secret_key(tmp_path) == key
    file.write_text("cut off\n")
    made = kept_secret_key(tmp_path)
    assert made != key
    assert load_settings({"SECRET_KEY_BASE": made.reveal()}).secret_key_base == made
    file.write_bytes(b"\xff" * 100)
    with pytest.raises(OSError, match=f"^{file} holds no key; delete it, and a new one is made$"):
        kept_secret_key(tmp_path)


def test_fresh_secrets_differ_and_are_long_enough() -> None:
    made = {fresh_secret() for _ in range(100)}
    assert len(made) == 100
    for text in made:
        assert re.fullmatch(r"[A-Za-z0-9_-]{64,}", text)
        load_settings(PRODUCTION | {"SECRET_KEY_BASE": text})
