"""`rachel doctor` and the running server: what proxies, certificates and clocks may do to it."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from deployments import Deployed, Report, write_pair
from proxy import Passing, Spoil, proxy

POLICY = "Content-Security-Policy"
HSTS = "Strict-Transport-Security"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Deployed]:
    deployed = Deployed.on_sqlite(tmp_path_factory.mktemp("deployed"), migrated_file)
    with deployed.running():
        yield deployed


@pytest.fixture
def deployed(running: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """Stand in the folder of a good deployment."""
    monkeypatch.chdir(running.folder)
    return running


def through(deployed: Deployed, spoil: Spoil, tls: tuple[Path, Path] | None = None) -> Report:
    """Run the doctor on a deployment behind a proxy with TLS that spoils its answers."""
    upstream = deployed.ports["http"][0]
    pair = tls or (deployed.certificate, deployed.key)
    with proxy(upstream, spoil=spoil, tls=pair, says="https") as port:
        return deployed.doctor(url=f"https://localhost:{port}")


def page(change: Callable[[Passing], object]) -> Spoil:
    """Return what spoils the start page only."""
    return lambda passing: change(passing) if passing.path == "/" else None


def health(**changed: object) -> Spoil:
    """Return what spoils what /health says."""

    def spoil(passing: Passing) -> None:
        if passing.path == "/health":
            passing.body = json.dumps(json.loads(passing.body) | changed).encode()

    return spoil


def policy(change: Callable[[str], str]) -> Spoil:
    """Return what changes the policy of the start page."""
    return page(lambda it: it.set(POLICY, change(dict(it.headers)[POLICY])))


def set_cookie(value: str) -> Spoil:
    return page(lambda it: it.headers.append(("Set-Cookie", value)))


def shows_metrics(passing: Passing) -> None:
    if passing.path == "/metrics":
        passing.status, passing.body = 200, b"rachel_tables 1"


def fails(passing: Passing) -> None:
    passing.status, passing.body = 502, b"<h1>Bad gateway</h1>"


def without_nonces(passing: Passing) -> None:
    passing.body = re.sub(rb' nonce="[^"]*"', b"", passing.body)


def same_nonce(passing: Passing) -> None:
    passing.set(POLICY, re.sub(r"'nonce-[^']*'", "'nonce-n'", dict(passing.headers)[POLICY]))
    passing.body = re.sub(rb' nonce="[^"]*"', b' nonce="n"', passing.body)


FAULTS: dict[str, tuple[Spoil, str, str]] = {
    "no HSTS": (lambda it: it.without(HSTS), "HSTS", "missing"),
    "short HSTS": (lambda it: it.set(HSTS, "max-age=86400"), "HSTS", "for 1 days only"),
    "no HSTS for ever": (lambda it: it.set(HSTS, "includeSubDomains"), "HSTS", "missing"),
    "no CSP": (lambda it: it.without(POLICY), "CSP", "there is no"),
    "weak CSP": (policy(lambda it: "img-src 'self'"), "CSP", "there is no"),
    "inline scripts": (
        policy(lambda it: it.replace("script-src", "script-src 'unsafe-inline'")),
        "CSP",
        "script-src allows 'unsafe-inline'",
    ),
    "scripts by default": (policy(lambda it: "default-src https:"), "CSP", "allows https:"),
    "a nonce on no tag": (page(without_nonces), "CSP", "lacks the policy's nonce"),
    "a nonce that stays": (page(same_nonce), "CSP", "always the same"),
    "an open cookie": (set_cookie("lb=1; Path=/"), "cookies", "Secure, HttpOnly, SameSite"),
    "a cookie over HTTP": (
        set_cookie("lb=1; HttpOnly; SameSite=Lax"),
        "cookies",
        "lb is set without Secure",
    ),
    "a cookie for scripts": (set_cookie("lb=1; Secure; SameSite=Lax"), "cookies", "HttpOnly"),
    "a cookie for others": (
        set_cookie("lb=1; Secure; HttpOnly; SameSite=None"),
        "cookies",
        "SameSite",
    ),
    "open metrics": (shows_metrics, "metrics", "shown to strangers"),
    "no start page": (page(fails), "start page", "answers 502"),
    "another page": (lambda it: fails(it) if it.path == "/health" else None, "health", "502"),
    "unhealthy": (
        health(status="unhealthy", checks={"database": {"status": "fail"}}),
        "health",
        "database",
    ),
    "another version": (health(version="0.0.1"), "version", "0.0.1 runs"),
    "a clock ahead": (
        health(timestamp=f"{(NOW + timedelta(hours=1)):%Y-%m-%dT%H:%M:%S.000Z}"),
        "clock",
        "ahead of",
    ),
    "a clock behind": (
        lambda it: it.set("Date", format_datetime(NOW - timedelta(minutes=5), usegmt=True)),
        "clock",
        "behind",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_what_is_served(deployed: Deployed, fault: str) -> None:
    spoil, check, words = FAULTS[fault]
    through(deployed, spoil).only("fail", check, words)


@pytest.mark.parametrize(
    "cookie", ["a=1; Secure; HttpOnly; SameSite=Lax", "b=2;secure;HTTPONLY;samesite=strict"]
)
def test_private_cookies_are_fine(deployed: Deployed, cookie: str) -> None:
    assert through(deployed, set_cookie(cookie)).troubles == []


def test_files_by_where_they_are_are_fine(deployed: Deployed) -> None:
    def spoil(passing: Passing) -> None:
        nonce = re.search(r"'nonce-([^']*)'", dict(passing.headers)[POLICY])
        assert nonce is not None
        passing.set(POLICY, f"default-src 'self'; style-src 'nonce-{nonce[1]}'")
        passing.body += b"<script src='/app.js'></script>"

    assert through(deployed, page(spoil)).troubles == []

    def inline(passing: Passing) -> None:
        spoil(passing)
        passing.body += b"<script>alert(1)</script>"

    through(deployed, page(inline)).only("fail", "CSP", "a <script> of the page lacks")


@pytest.mark.parametrize("fault", ["unknown", "expired", "name"])
def test_certificates_that_nobody_believes(deployed: Deployed, tmp_path: Path, fault: str) -> None:
    """What else is wrong is still found."""
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    name = "elsewhere.example.org" if fault == "name" else "localhost"
    begins, ends = NOW - timedelta(days=90), NOW + timedelta(days=-1 if fault == "expired" else 60)
    write_pair(deployed.authority.issue_cert(name, not_before=begins, not_after=ends), *files)
    changed = {"SSL_CERT_FILE": str(files[0])} if fault == "unknown" else {}
    upstream = deployed.ports["http"][0]
    with proxy(upstream, tls=files, says="https", spoil=lambda it: it.without(HSTS)) as port:
        report = deployed.doctor(url=f"https://localhost:{port}", changed=changed)
    assert [(said.outcome, said.check) for said in report.troubles] == [
        ("fail", "certificate"),
        ("fail", "HSTS"),
    ]
    words = {"unknown": "unable to get", "expired": "expired", "name": "mismatch"}
    assert words[fault] in report.troubles[0].found


@pytest.mark.parametrize(
    ("lasted", "lasts", "good"), [(80, 10, False), (80, 16, True), (5, 2, True), (5.5, 0.5, False)]
)
def test_certificates_that_end_soon(
    deployed: Deployed, tmp_path: Path, lasted: float, lasts: float, good: bool
) -> None:
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    begins, ends = NOW - timedelta(days=lasted), NOW + timedelta(days=lasts)
    write_pair(
        deployed.authority.issue_cert("localhost", not_before=begins, not_after=ends), *files
    )
    report = through(deployed, lambda it: None, files)
    if good:
        assert report.troubles == []
    else:
        report.only("warn", "certificate", "more days")


def test_plain_http_that_does_not_lead_to_https(deployed: Deployed) -> None:
    """A proxy says of everybody that they came over HTTPS."""
    with proxy(deployed.ports["http"][0], says="https") as port:
        report = deployed.doctor(changed={"PORT": str(port)})
    report.only("fail", "redirect", "answers 200 and does not lead to HTTPS")


def test_plain_http_is_not_the_public_way(deployed: Deployed) -> None:
    report = deployed.doctor(url=f"http://127.0.0.1:{deployed.ports['http'][0]}")
    report.only("fail", "HTTPS", "is plain HTTP")
    assert "redirect" in {said.check for said in report.findings}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_does_not_speak_the_language(deployed: Deployed, scheme: str) -> None:
    port = deployed.ports["http" if scheme == "https" else "https"][0]
    report = deployed.doctor(url=f"{scheme}://127.0.0.1:{port}")
    report.only("fail", "server", "no answer from")


def test_ports_that_are_no_games(deployed: Deployed) -> None:
    """Nothing listens, another program does, TLS is expected where there is none."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        nobody = bound.getsockname()[1]
    http, games = deployed.ports["http"][0], deployed.ports["rubp"][0]
    for port, found in (
        (nobody, f"no game at localhost:{nobody}: Connection refused"),
        (http, f"no game at localhost:{http}: it does not speak RUBP"),
    ):
        report = deployed.doctor(changed={"RUBP_PORT": str(port)})
        report.only("fail", "game port", found)
    report = deployed.doctor(changed={"RUBP_TLS_PORT": str(games), "RUBP_PORT": "0"})
    report.only("fail", "game port TLS", "it does not speak TLS")
    report = deployed.doctor(changed={"SSH_PORT": str(nobody)})
    report.only("fail", "SSH port", f"localhost:{nobody}: Connection refused")
    with another_ssh_server() as port:
        report = deployed.doctor(changed={"SSH_PORT": str(port)})
    report.only("fail", "SSH port", f"localhost:{port}: another SSH server answers there")


@contextmanager
def another_ssh_server() -> Iterator[int]:
    """Let something answer as the machine's own SSH server does; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with listening.accept()[0] as wire:
                wire.sendall(b"SSH-2.0-OpenSSH_10.0\r\n")

        greeter = threading.Thread(target=greet)
        greeter.start()
        yield listening.getsockname()[1]
        greeter.join()


def test_game_port_with_a_certificate_that_players_refuse(
    deployed: Deployed, tmp_path: Path
) -> None:
    """That of the pages is good."""
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    write_pair(deployed.authority.issue_cert("elsewhere.example.org"), *files)
    with proxy(deployed.ports["http"][0], tls=files) as port:
        report = deployed.doctor(changed={"RUBP_TLS_PORT": str(port)})
    report.only("fail", "game port TLS", "mismatch")
