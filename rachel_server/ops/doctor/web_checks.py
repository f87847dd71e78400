"""Checks of the running server from outside: its health, its visitors' safety, its games."""

import json
import ssl
import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from rachel.address import address_text
from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, failed, passed, warned
from rachel_server.ops.doctor.page_checks import cookies, policy
from rachel_server.ops.doctor.visit import (
    Answer,
    Unreachable,
    Untrusted,
    ask,
    certificate,
    knock,
    read_banner,
)

_PAGES: Final = ("/", "/account/login")
"""The start page, and one that sets cookies."""

_STRANGER: Final = "203.0.113.77"
"""An address reserved for documentation, which no machine has."""

_DAY_S: Final = 86_400
_LEFT_MIN_DAYS: Final = 14
_LEFT_MIN_PART: Final = 1 / 6
"""The same as a part of the certificate's lifetime, for those that last only some days."""

_HSTS_MIN_S: Final = 180 * _DAY_S
_HTTPS: Final = 443
_HTTP: Final = 80


def check_web(deployment: Deployment) -> Iterator[Finding]:
    """Yield findings about the server at a deployment's URL; just one if there is none."""
    url, secure = deployment.url, urlsplit(deployment.url).scheme == "https"
    believing = False
    try:
        try:
            health = ask(url, "/health")
        except Untrusted as error:
            believing = True  # the other checks are still worth making
            health = ask(url, "/health", believing=True)
            yield deployment.grave(
                "certificate",
                f"browsers refuse it: {error}",
                "get one for this name, for example from Let's Encrypt, with its whole chain",
            )
        yield passed("server", f"answers at {url}")
        yield from wellness(deployment, health)
        if secure and not believing:
            yield lifetime(certificate(url))
        yield from redirect(deployment)
        pages = [ask(url, path, believing=believing) for path in _PAGES]
        if secure:
            yield strict_transport(deployment, pages[0])
        yield from start_page(deployment, pages[0])
        if pages[0].status == 200:
            yield policy(deployment, pages[0], ask(url, "/", believing=believing))
            yield from cookies(deployment, [health, *pages])
        yield metrics(deployment, believing=believing)
        yield from games(deployment, believing=believing or not secure)
    except (Unreachable, Untrusted) as error:
        yield failed(
            "server",
            f"no answer from {url}: {error}",
            "start it with rachel serve, or say where it is with --url",
        )


def wellness(deployment: Deployment, answer: Answer) -> Iterator[Finding]:
    """Tell from /health whether the server works, and which version and time it has."""
    health = _object(answer.text)
    status = health.get("status")
    if status not in {"healthy", "unhealthy"}:
        yield failed(
            "health",
            f"/health is not Rachel's: it answers {answer.status}",
            "let the proxy send people to PORT of rachel serve, or correct --url",
        )
        return
    if status == "healthy" and answer.status == 200:
        yield passed("health", "healthy")
    else:
        checks = {name: _part(check) for name, check in _part(health.get("checks")).items()}
        bad = [name for name, check in checks.items() if check.get("status") != "pass"]
        yield failed(
            "health",
            f"unhealthy ({answer.status}): {', '.join(bad) or 'nothing said why'}",
            "see what the server logs",
        )
    yield version(deployment, str(health.get("version")))
    yield deployment.clock("clock", _ahead_s(answer, str(health.get("timestamp"))))


def version(deployment: Deployment, running: str) -> Finding:
    """Tell whether the running version is the installed one."""
    installed = deployment.settings.app_version
    if running == installed:
        return passed("version", f"{running} runs and is installed")
    return deployment.grave(
        "version", f"{running} runs, {installed} is installed", "restart the server"
    )


def lifetime(described: dict[str, Any]) -> Finding:
    """Tell how long a good certificate stays valid."""
    begins, ends = (ssl.cert_time_to_seconds(described[it]) for it in ("notBefore", "notAfter"))
    left_days = (ends - time.time()) / _DAY_S
    found = f"valid for {left_days:.0f} more days"
    if left_days < min(_LEFT_MIN_DAYS, _LEFT_MIN_PART * (ends - begins) / _DAY_S):
        cure = "renew it now, and see why that was not done: systemctl list-timers"
        return warned("certificate", found, cure)
    return passed("certificate", found)


def redirect(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether plain HTTP is redirected to HTTPS, as it must be in production."""
    secure = urlsplit(deployment.url).scheme == "https"
    if secure:
        yield passed("HTTPS", deployment.url)
    else:
        url = deployment.settings.https_url(deployment.settings.public_host)
        yield deployment.grave(
            "HTTPS",
            f"{deployment.url} is plain HTTP",
            f"look at the public way: --url {url}",
        )
        if not deployment.strict:
            return
    plain = _plain_url(deployment)
    if plain is None:
        return
    try:
        answer = ask(plain, "/")
    except (Unreachable, Untrusted):
        yield passed("redirect", f"nothing answers at {plain}")
        return
    if 300 <= answer.status < 400 and answer.headers.get("Location", "").startswith("https://"):
        yield passed("redirect", f"{plain} leads to HTTPS")
    else:
        yield deployment.grave(
            "redirect",
            f"{plain} answers {answer.status} and does not lead to HTTPS",
            "let the proxy redirect to https:// (308), or pass X-Forwarded-Proto on",
        )


def start_page(deployment: Deployment, page: Answer) -> Iterator[Finding]:
    """Tell whether browsers get the start page; over plain HTTP they may be redirected."""
    if page.status == 200:
        yield passed("start page", "is there")
    elif urlsplit(deployment.url).scheme == "https" or not 300 <= page.status < 400:
        yield deployment.grave(
            "start page",
            f"{deployment.url}/ answers {page.status}",
            "see what the server and the proxy log; the proxy must pass X-Forwarded-Proto on",
        )


def strict_transport(deployment: Deployment, page: Answer) -> Finding:
    """Tell whether browsers are told to use HTTPS from then on (HSTS)."""
    header = page.headers.get("Strict-Transport-Security", "")
    ages = [
        part.partition("=")[2].strip(' "')
        for part in header.lower().split(";")
        if part.strip().startswith("max-age")
    ]
    cure = "set RACHEL_ENV=production, and let the proxy pass X-Forwarded-Proto and the header on"
    if not ages or not ages[0].isdecimal():
        return deployment.grave("HSTS", "Strict-Transport-Security is missing", cure)
    days = int(ages[0]) // _DAY_S
    if int(ages[0]) < _HSTS_MIN_S:
        return deployment.grave("HSTS", f"for {days} days only", cure)
    return passed("HSTS", f"for {days} days")


def metrics(deployment: Deployment, *, believing: bool) -> Finding:
    """Tell whether strangers can see the metrics.

    One request looks as if a proxy passed it on for a stranger. A second, plain one is sent unless
    the server is on this machine, to whose programs it may show the metrics.
    """
    stranger = {"X-Forwarded-For": _STRANGER}
    answers = [ask(deployment.url, "/metrics", headers=stranger, believing=believing)]
    if not ip_address(answers[0].peer.partition("%")[0]).is_loopback:
        answers.append(ask(deployment.url, "/metrics", believing=believing))
    if any(answer.status == 200 for answer in answers):
        return deployment.grave(
            "metrics",
            "/metrics is shown to strangers",
            'set METRICS_TOKEN="$(rachel secret)", or let the proxy pass X-Forwarded-For on',
        )
    return passed("metrics", f"/metrics is not shown to strangers ({answers[0].status})")


def games(deployment: Deployment, *, believing: bool) -> Iterator[Finding]:
    """Tell for each port for players whether they get through to it, by the public name."""
    host, settings = urlsplit(deployment.url).hostname or "", deployment.settings
    asked = [("game port", "rubp", port) for port in settings.rubp_ports]
    if settings.rubp_tls_port is not None:
        asked.append(("game port TLS", "rubp_tls", settings.rubp_tls_port))
    if settings.ssh_port is not None:
        asked.append(("SSH port", "ssh", settings.ssh_public_port or settings.ssh_port))
    for check, name, port in asked:
        if port == 0:  # no server runs that has chosen one
            continue
        where = address_text(host, port)
        try:
            if name == "ssh":
                read_banner(host, port)
            else:
                knock(host, port, tls=name == "rubp_tls", believing=believing)
        except Untrusted as error:
            found = f"clients refuse the certificate of {where}: {error}"
            yield deployment.grave(check, found, f"get one for {host}, with its whole chain")
        except Unreachable as error:
            cure = f"let the firewall, and the host, pass TCP port {port} on to rachel serve"
            yield deployment.grave(check, f"no game at {where}: {error}", cure)
        else:
            yield passed(check, f"{where} answers")


def _plain_url(deployment: Deployment) -> str | None:
    """Return the URL for plain HTTP of a deployment; None if it has none."""
    url = urlsplit(deployment.url)
    if url.scheme == "http":
        return deployment.url
    standard = (url.port or _HTTPS) == _HTTPS
    port = _HTTP if standard else deployment.settings.http_port
    return f"http://{address_text(url.hostname or '', port)}" if port else None


def _ahead_s(answer: Answer, timestamp: str) -> float:
    """Return how many seconds a server's clock is ahead: the worse of the two times it tells."""
    differences = []
    try:
        told = datetime.fromisoformat(timestamp).timestamp()
        differences.append(told - answer.asked_at)
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(answer.headers.get("Date", ""))
        differences.append(date.timestamp() + 0.5 - answer.asked_at)  # it has whole seconds only
    except ValueError:
        pass
    return max(differences, key=abs, default=0.0)


def _object(text: str) -> dict[str, Any]:
    try:
        return _part(json.loads(text))
    except ValueError:
        return {}


def _part(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
