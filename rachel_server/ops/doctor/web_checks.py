"""What the running server says over HTTP: how it is, and whether its visitors are safe."""

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
from rachel_server.ops.doctor.deployment import Deployment, http_port
from rachel_server.ops.doctor.finding import Finding, failed, passed, warned
from rachel_server.ops.doctor.page_checks import cookies, policy
from rachel_server.ops.doctor.visit import Answer, Unreachable, Untrusted, ask, certificate

_PAGES: Final = ("/", "/account/login")
"""The start page, and one that sets cookies."""

_STRANGER: Final = "203.0.113.77"
"""An address of documentation's, which nobody has."""

_DAY_S: Final = 86_400
_LEFT_MIN_DAYS: Final = 14
_LEFT_MIN_PART: Final = 1 / 6
"""Of a certificate's life: those of a few days are renewed later."""

_HSTS_MIN_S: Final = 180 * _DAY_S
_HTTPS: Final = 443
_HTTP: Final = 80


def check_web(deployment: Deployment) -> Iterator[Finding]:
    """Yield what can be said of the server at a deployment's URL; only that if there is none."""
    url, secure = deployment.url, urlsplit(deployment.url).scheme == "https"
    believing = False
    try:
        try:
            health = ask(url, "/health")
        except Untrusted as error:
            believing = True  # for what else there is to see
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
    except (Unreachable, Untrusted) as error:
        yield failed(
            "server",
            f"no answer from {url}: {error}",
            "start it with rachel serve, or say where it is with --url",
        )


def wellness(deployment: Deployment, answer: Answer) -> Iterator[Finding]:
    """Tell what /health says: how the server is, which version it is, and what time it has."""
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
    """Tell whether the server that runs is the one that is installed."""
    installed = deployment.settings.app_version
    if running == installed:
        return passed("version", f"{running} runs and is installed")
    return deployment.grave(
        "version", f"{running} runs, {installed} is installed", "restart the server"
    )


def lifetime(described: dict[str, Any]) -> Finding:
    """Tell for how long a certificate that is believed will be."""
    begins, ends = (ssl.cert_time_to_seconds(described[it]) for it in ("notBefore", "notAfter"))
    left_days = (ends - time.time()) / _DAY_S
    found = f"valid for {left_days:.0f} more days"
    if left_days < min(_LEFT_MIN_DAYS, _LEFT_MIN_PART * (ends - begins) / _DAY_S):
        cure = "renew it now, and see why that was not done: systemctl list-timers"
        return warned("certificate", found, cure)
    return passed("certificate", found)


def redirect(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether plain HTTP leads to HTTPS, which only production does."""
    secure = urlsplit(deployment.url).scheme == "https"
    if secure:
        yield passed("HTTPS", deployment.url)
    else:
        host = deployment.settings.public_host
        yield deployment.grave(
            "HTTPS",
            f"{deployment.url} is plain HTTP",
            f"look at the public way: --url https://{host}",
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
    """Tell whether people with a browser see anything; over plain HTTP they may be redirected."""
    if page.status == 200:
        yield passed("start page", "is there")
    elif urlsplit(deployment.url).scheme == "https" or not 300 <= page.status < 400:
        yield deployment.grave(
            "start page",
            f"{deployment.url}/ answers {page.status}",
            "see what the server and the proxy log; the proxy must pass X-Forwarded-Proto on",
        )


def strict_transport(deployment: Deployment, page: Answer) -> Finding:
    """Tell whether browsers will come over HTTPS by themselves."""
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

    They are asked for as a proxy asks for a stranger, and, unless the server takes us for a
    program on its own machine, as we are.
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


def _plain_url(deployment: Deployment) -> str | None:
    """Return where plain HTTP is beside the URL."""
    url = urlsplit(deployment.url)
    if url.scheme == "http":
        return deployment.url
    standard = (url.port or _HTTPS) == _HTTPS
    port = _HTTP if standard else http_port(deployment.settings)
    return f"http://{address_text(url.hostname or '', port)}" if port else None


def _ahead_s(answer: Answer, timestamp: str) -> float:
    """Return by how much a server's clock is ahead, by the worse of the two times it tells."""
    differences = []
    try:
        told = datetime.fromisoformat(timestamp).timestamp()
        differences.append(told - answer.asked_at)
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(answer.headers.get("Date", ""))
        differences.append(date.timestamp() + 0.5 - answer.asked_at)  # it has no fractions
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
