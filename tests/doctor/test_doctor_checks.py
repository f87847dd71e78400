"""What `rachel doctor` thinks of numbers, addresses and secrets that no test can bring about."""

import secrets
import string
from pathlib import Path

import pytest

from rachel_server.ops.doctor.database_checks import Way, copies, encryption, version
from rachel_server.ops.doctor.deployment import Deployment, implied_url
from rachel_server.ops.doctor.finding import Outcome
from rachel_server.ops.doctor.machine_checks import files, space, user
from rachel_server.ops.doctor.strength import EXAMPLES, strength, weakness
from rachel_server.ops.environment import read_settings

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "RACHEL_ENV": "production",
    "RACHEL_HOST": "cards.example.org",
    "DATABASE_URL": "sqlite:////var/lib/rachel/rachel.db",
    "SECRET_KEY_BASE": secrets.token_urlsafe(64),
}


def deployment(environ: dict[str, str] | None = None, url: str | None = None) -> Deployment:
    reading = read_settings(PRODUCTION if environ is None else environ)
    return Deployment(reading, url or implied_url(reading.settings), Path(".env"), None)


LOCAL = deployment({})


@pytest.mark.parametrize("bits", [160, 72])
def test_random_secrets_are_strong(bits: int) -> None:
    for _ in range(200):
        if bits == 160:
            makers = (secrets.token_urlsafe(64), secrets.token_urlsafe(48), secrets.token_hex(32))
        else:
            digits = "".join(secrets.choice(string.digits) for _ in range(40))
            makers = (secrets.token_urlsafe(24), secrets.token_hex(16), digits)
        for secret in makers:
            assert weakness(secret, bits) is None, secret


@pytest.mark.parametrize(
    "secret",
    [
        "k" * 64,
        "ab" * 32,
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!!",
        "Tr0ub4dor&3" * 6,
        "change-me-" * 7,
        "the-quick-brown-fox-jumps-over-the-lazy-dog-and-runs-into-the-woods",
        "My5ecretKeyForTheServer!Please-Change-It-2026-07-01-before-you-go-live",
        "\N{PLAYING CARD ACE OF SPADES}" * 64,
        *sorted(EXAMPLES),
    ],
)
def test_secrets_that_people_make_up_are_weak(secret: str) -> None:
    assert weakness(secret, 160)
    assert strength(secret) <= 8 * len(secret.encode())


def test_the_examples_are_those_of_the_file() -> None:
    text = (ROOT / ".env.example").read_text()
    for name in ("SECRET_KEY_BASE", "METRICS_TOKEN"):
        (line,) = (line for line in text.splitlines() if line.startswith(f"#{name}="))
        assert line.partition("=")[2] in EXAMPLES


@pytest.mark.parametrize(
    ("way", "production", "development"),
    [
        (Way("", "prefer"), "pass", "pass"),
        (Way("/run/postgresql", "prefer", encrypted=False), "pass", "pass"),
        (Way("127.0.0.1", "disable", encrypted=False), "pass", "pass"),
        (Way("::1", "prefer"), "pass", "pass"),
        (Way("localhost", "prefer"), "pass", "pass"),
        (Way("db.example.org", "verify-full"), "pass", "pass"),
        (Way("1.1.1.1", "verify-ca", encrypted=True), "pass", "pass"),
        (Way("1.1.1.1", "require", encrypted=True), "warn", "warn"),
        (Way("1.1.1.1", "prefer", encrypted=True), "fail", "warn"),
        (Way("1.1.1.1", "prefer", encrypted=False), "fail", "warn"),
        (Way("db.example.org", "disable"), "fail", "warn"),
        (Way("10.0.0.7", "prefer", encrypted=False), "warn", "warn"),
        (Way("fdaa::3", "disable", encrypted=False), "warn", "warn"),
    ],
)
def test_the_way_to_postgresql(way: Way, production: str, development: str) -> None:
    for looked_at, outcome in ((deployment(), production), (LOCAL, development)):
        (finding,) = encryption(looked_at, way)
        assert finding.outcome.value == outcome
        assert (finding.cure is None) is (outcome == "pass")


def test_root_is_no_user_for_a_server() -> None:
    assert user(deployment(), 0).outcome is Outcome.FAIL
    assert user(LOCAL, 0).outcome is Outcome.WARN
    assert user(deployment(), 1000).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("megabytes", "outcome"), [(0, "fail"), (199, "fail"), (999, "warn"), (1000, "pass")]
)
def test_room_on_the_disk(megabytes: int, outcome: str) -> None:
    finding = space(Path("/var/lib/rachel"), megabytes * 1_000_000)
    assert finding.outcome.value == outcome
    assert "/var/lib/rachel" in finding.found


@pytest.mark.parametrize(
    ("free", "outcome"), [(0, "fail"), (999, "fail"), (9_999, "warn"), (10_000, "pass")]
)
def test_room_for_files(free: int, outcome: str) -> None:
    assert files(Path("/var/lib/rachel"), free).outcome.value == outcome


@pytest.mark.parametrize(
    ("ahead_s", "outcome"), [(4.9, "pass"), (-4.9, "pass"), (6, "fail"), (-6, "fail")]
)
def test_clocks(ahead_s: float, outcome: str) -> None:
    assert deployment().clock("database clock", ahead_s).outcome.value == outcome


def test_old_versions_of_postgresql() -> None:
    assert version(deployment(), 13).outcome is Outcome.FAIL
    assert version(deployment(), 14).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("changed", "url"),
    [
        ({}, "https://cards.example.org"),
        ({"RACHEL_HOST": "2001:db8::1"}, "https://[2001:db8::1]"),
        ({"RACHEL_HOST": ""}, "http://127.0.0.1:4000"),
        ({"RACHEL_ENV": ""}, "http://127.0.0.1:4000"),
        ({"RACHEL_ENV": "", "PORT": "8080", "LISTEN_ADDRESS": "::"}, "http://127.0.0.1:8080"),
        ({"RACHEL_ENV": "", "LISTEN_ADDRESS": "::1"}, "http://[::1]:4000"),
        ({"RACHEL_ENV": "", "LISTEN_ADDRESS": "192.0.2.7"}, "http://192.0.2.7:4000"),
    ],
)
def test_the_url_that_settings_imply(changed: dict[str, str], url: str) -> None:
    assert deployment(PRODUCTION | changed).url == url


@pytest.mark.parametrize(
    ("environ", "url", "strict"),
    [
        ({}, None, False),
        ({}, "https://localhost:4443", False),
        ({}, "http://cards.example.org:4000", False),
        ({}, "https://cards.example.org", True),
        ({"RACHEL_ENV": "production"}, None, True),
        ({"RACHEL_ENV": "Production"}, None, True),
    ],
)
def test_who_may_only_be_warned(environ: dict[str, str], url: str | None, strict: bool) -> None:
    assert deployment(environ, url).strict is strict


def test_pg_dump_must_not_be_older_than_its_server() -> None:
    assert copies(LOCAL, 9).outcome is Outcome.PASS
    older = copies(LOCAL, 99)
    assert older.outcome is Outcome.WARN
    assert "cannot copy PostgreSQL 99" in older.found
