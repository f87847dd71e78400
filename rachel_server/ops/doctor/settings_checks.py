"""Checks of the settings alone."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, passed, warned
from rachel_server.ops.doctor.strength import weakness
from rachel_server.ops.setting_values import is_loopback
from rachel_server.ops.settings import Network

_KEY_BITS: Final = 160
_TOKEN_BITS: Final = 72
_PREFIX_V4_MIN: Final = 8
_PREFIX_V6_MIN: Final = 16
"""A network with a shorter prefix is a large part of the internet."""
_HERE: Final = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_PRIVATE_V6: Final = (IPv6Network("fc00::/7"), IPv6Network("fe80::/10"))


def check_settings(deployment: Deployment) -> Iterator[Finding]:
    """Yield findings about the settings, without asking any server."""
    yield from readable(deployment)
    yield from environment(deployment)
    yield from public_name(deployment)
    yield from secret_key(deployment)
    yield from way_in(deployment)
    yield from networks(deployment)
    yield from listen_address(deployment)
    yield from metrics_token(deployment)
    yield error_reports(deployment)
    yield from mail(deployment)


def readable(deployment: Deployment) -> Iterator[Finding]:
    """Yield every problem that keeps a server from starting."""
    problems = deployment.reading.problems
    for problem in problems:
        found, _, example = problem.removeprefix("environment variable ").partition(
            ", for example: "
        )
        if not example:
            found, _, example = problem.partition("; ")
        yield deployment.grave("settings", found, f"set it right, for example: {example}")
    if not problems:
        yield passed("settings", "a server can start with them")


def environment(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether the server runs in production."""
    if deployment.settings.production:
        yield passed("environment", "RACHEL_ENV is production")
    elif "RACHEL_ENV" not in deployment.reading.unusable:
        yield deployment.grave(
            "environment",
            "RACHEL_ENV is not production: HTTPS is not required",
            "for strangers set RACHEL_ENV=production",
        )


def public_name(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether links in mails and on pages lead to the server."""
    host = deployment.settings.public_host
    if not is_loopback(host):
        yield passed("public name", f"RACHEL_HOST is {host}")
    elif "RACHEL_HOST" not in deployment.reading.unusable:
        yield deployment.grave(
            "public name",
            f"links and mail lead to {host}",
            "set RACHEL_HOST to the name players know, such as cards.example.org",
        )


def secret_key(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether forms can be forged."""
    name, cure = "secret key", 'set SECRET_KEY_BASE="$(rachel secret)"'
    key = deployment.settings.secret_key_base
    if "SECRET_KEY_BASE" in deployment.reading.unusable:
        return
    if key is None:
        if deployment.strict:
            yield deployment.grave(name, "SECRET_KEY_BASE is not set", cure)
        else:
            yield passed(name, "one is kept in the data folder, for development")
    elif weak := weakness(key.reveal(), _KEY_BITS):
        yield deployment.grave(name, f"SECRET_KEY_BASE {weak}", cure)
    else:
        yield passed(name, f"SECRET_KEY_BASE has {len(key.reveal())} random characters")


def way_in(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether requests over HTTPS can reach a server that requires them."""
    settings = deployment.settings
    if not settings.production or {"HTTPS_PORT", "TRUSTED_PROXIES"} & deployment.reading.unusable:
        return
    if settings.https_port is None and not settings.trusted_proxies:
        yield deployment.grave(
            "way in",
            "nobody gets in: HTTPS is required, but there is no HTTPS port and no trusted proxy",
            "set HTTPS_PORT with TLS_CERT and TLS_KEY, or the proxy in TRUSTED_PROXIES",
        )
    else:
        yield passed(
            "way in",
            "through a trusted proxy"
            if settings.trusted_proxies
            else "by HTTPS of the server's own",
        )


def networks(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether strangers are in the networks that are trusted or not limited."""
    settings = deployment.settings
    for variable, chosen, power in (
        ("TRUSTED_PROXIES", settings.trusted_proxies, "anybody can claim any address"),
        ("UNLIMITED_NETWORKS", settings.unlimited_networks, "no limit holds for anybody"),
    ):
        check = variable.lower().replace("_", " ")
        wide = [network for network in chosen if _is_wide(network)]
        if wide:
            yield deployment.grave(
                check,
                f"{wide[0]} is in {variable}: {power}",
                f"leave only your own addresses in {variable}",
            )
        elif chosen:
            yield passed(check, ", ".join(map(str, chosen)))


def listen_address(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether the trusted proxies, and only they, can reach the server."""
    check, settings = "listen address", deployment.settings
    proxies = settings.trusted_proxies
    if not proxies or "LISTEN_ADDRESS" in deployment.reading.unusable:
        return
    inside = is_loopback(settings.host)
    if inside and not any(_includes_here(network) for network in proxies):
        yield deployment.grave(
            check,
            f"{settings.host} cannot be reached by the trusted proxies, which are elsewhere",
            "set LISTEN_ADDRESS to an address of this machine that they can reach",
        )
    elif not inside and all(network.is_loopback for network in proxies):
        yield warned(
            check,
            "the proxy is on this machine, but others can go past it",
            "set LISTEN_ADDRESS=127.0.0.1 if games pass the proxy, too; else close PORT outside",
        )
    else:
        yield passed(check, settings.host or "every address, for proxies elsewhere")


def metrics_token(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether a token protects the metrics."""
    check, cure = "metrics token", 'set METRICS_TOKEN="$(rachel secret)"'
    token = deployment.settings.metrics_token
    if "METRICS_TOKEN" in deployment.reading.unusable:
        return
    if token is None:
        found = "METRICS_TOKEN is not set: every user of this machine sees the metrics"
        yield warned(check, found, cure)
    elif weak := weakness(token.reveal(), _TOKEN_BITS):
        yield deployment.grave(check, f"METRICS_TOKEN {weak}", cure)
    else:
        yield passed(check, f"METRICS_TOKEN has {len(token.reveal())} random characters")


def error_reports(deployment: Deployment) -> Finding:
    """Tell whether errors are reported."""
    if deployment.settings.sentry_dsn is not None:
        return passed("error reports", "errors go to Sentry")
    return warned(
        "error reports",
        "SENTRY_DSN is not set: errors are in the log only",
        "set SENTRY_DSN to what Sentry shows for your project",
    )


def mail(deployment: Deployment) -> Iterator[Finding]:
    """Tell whether mails are sent."""
    settings = deployment.settings
    if {"MAILGUN_API_KEY", "MAILGUN_DOMAIN"} & deployment.reading.unusable:
        return
    if settings.mailgun_api_key is not None:
        yield passed("mail", f"through Mailgun, from {settings.mailgun_domain}")
    else:
        yield warned(
            "mail",
            f"mails are not sent: they stay in {settings.data_dir / 'outbox'}",
            "set MAILGUN_API_KEY and MAILGUN_DOMAIN",
        )


def _is_wide(network: Network) -> bool:
    if isinstance(network, IPv6Network):
        own = any(network.subnet_of(private) for private in _PRIVATE_V6)
        return network.prefixlen < _PREFIX_V6_MIN and not own
    return network.prefixlen < _PREFIX_V4_MIN


def _includes_here(network: Network) -> bool:
    return any(network.version == here.version and network.overlaps(here) for here in _HERE)
