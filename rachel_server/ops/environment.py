"""The environment of a server: its variables, read into `ServerSettings`.

The table `VARIABLES` lists them; `.env.example` and docs/DEPLOYMENT.md (Settings) explain them.
All problems are found at once, and none repeats a value, because many are secret. Why there is no
settings library is in docs/ARCHITECTURE.md (Decisions, 10).
"""

import difflib
import io
import ssl
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rachel_server.ops import setting_values as value
from rachel_server.ops.settings import DEFAULT_HTTP_PORT, ServerSettings, default_data_dir


class SettingsError(Exception):
    """A server cannot start with these settings.

    Attributes:
        problems: each in one line, with an example of a good value.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings in an environment, and what is wrong with them.

    Attributes:
        settings: the settings, with defaults for variables that cannot be read.
        problems: why a server cannot start with them; empty if it can.
        unusable: the variables that are missing or cannot be read.
    """

    settings: ServerSettings
    problems: tuple[str, ...]
    unusable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable.

    Attributes:
        name: its name in the environment.
        field: the field of `ServerSettings` that it sets.
        read: turns its text into the field's value, or raises ValueError.
        example: a good value, shown when something is wrong.
        alias: an older name, which ``name`` overrules.
    """

    name: str
    field: str
    read: Callable[[str], object]
    example: str
    alias: str = ""


VARIABLES: Final = (
    Variable("RACHEL_ENV", "environment", value.one_of("development", "production"), "production"),
    Variable("RACHEL_HOST", "public_host", value.host, "cards.example.org", alias="PHX_HOST"),
    Variable("RACHEL_CONTACT", "contact", value.contact, "games@example.org"),
    Variable("RACHEL_DATA", "data_dir", value.folder, "/var/lib/rachel"),
    Variable(
        "DATABASE_URL",
        "database_url",
        value.database_url,
        "ecto://rachel:PASSWORD@db.example.org/rachel",
    ),
    Variable("POOL_SIZE", "pool_size", value.number(1, 1000), "10"),
    Variable("SECRET_KEY_BASE", "secret_key_base", value.secret_key, '"$(rachel secret)"'),
    Variable("LISTEN_ADDRESS", "host", value.host, "127.0.0.1"),
    Variable("RUBP_PORT", "rubp_ports", value.ports, "1982,6502"),
    Variable("RUBP_TLS_PORT", "rubp_tls_port", value.port, "1983"),
    Variable("PORT", "http_port", value.port, "4000"),
    Variable("HTTPS_PORT", "https_port", value.port, "4443"),
    Variable("SSH_PORT", "ssh_port", value.port, "2222"),
    Variable("SSH_PUBLIC_PORT", "ssh_public_port", value.port, "22"),
    Variable("TLS_CERT", "tls_cert", value.file, "/etc/rachel/fullchain.pem"),
    Variable("TLS_KEY", "tls_key", value.file, "/etc/rachel/privkey.pem"),
    Variable("TRUSTED_PROXIES", "trusted_proxies", value.networks, "127.0.0.1,10.0.0.0/8"),
    Variable("PROXY_PROTOCOL", "proxy_protocol", value.yes_or_no, "yes"),
    Variable("UNLIMITED_NETWORKS", "unlimited_networks", value.networks, "192.0.2.0/24"),
    Variable("RESERVED_NAMES", "reserved_names", value.reserved_names, "sheriff,rascal"),
    Variable("METRICS_TOKEN", "metrics_token", value.secret, "a-long-random-text"),
    Variable("MAILGUN_API_KEY", "mailgun_api_key", value.secret, "key-from-mailgun"),
    Variable("MAILGUN_DOMAIN", "mailgun_domain", value.host, "mg.example.org"),
    Variable("MAILGUN_BASE_URL", "mailgun_base_url", value.http_url, "https://api.eu.mailgun.net"),
    Variable("SENTRY_DSN", "sentry_dsn", value.sentry_dsn, "https://KEY@sentry.example.org/1"),
    Variable("SENTRY_ENVIRONMENT", "sentry_environment", value.line, "staging"),
    Variable("APP_VERSION", "app_version", value.line, "2026-07-01"),
    Variable("LOG_FORMAT", "log_format", value.one_of("text", "json"), "json"),
)

_BY_NAME: Final = {variable.name: variable for variable in VARIABLES}

# Which variables need which others.
_NEEDS: Final = {
    "TLS_CERT": ("TLS_KEY",),
    "TLS_KEY": ("TLS_CERT",),
    "HTTPS_PORT": ("TLS_CERT", "TLS_KEY"),
    "RUBP_TLS_PORT": ("TLS_CERT", "TLS_KEY"),
    "MAILGUN_API_KEY": ("MAILGUN_DOMAIN",),
    "MAILGUN_DOMAIN": ("MAILGUN_API_KEY",),
    "MAILGUN_BASE_URL": ("MAILGUN_API_KEY", "MAILGUN_DOMAIN"),
}

_OURS: Final = ("RACHEL_", "RUBP_")
"""Beginnings of names that nobody else in an environment has; a file beside it is all ours."""
_ALIKE: Final = 0.84

_PRODUCTION_NEEDS: Final = ("DATABASE_URL", "SECRET_KEY_BASE")
_PORTS: Final = ("RUBP_PORT", "RUBP_TLS_PORT", "PORT", "HTTPS_PORT", "SSH_PORT")


def load_settings(
    environ: Mapping[str, str],
    *,
    dotenv: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    only: Set[str] = frozenset(_BY_NAME),
) -> ServerSettings:
    """Return the settings that an environment, a file beside it and a command line ask for.

    Reads files that the settings name, and writes nothing. An empty variable counts as not set.

    Args:
        environ: variables and their texts; unknown ones are ignored, unless they look like a known
            one that is not set, in the file or with a beginning of ours.
        dotenv: a file with more variables, a ``NAME=value`` on each line, which ``environ``
            overrules; it need not exist. Values are literal: ``$NAME`` in them is not replaced.
        overrides: values for fields of `ServerSettings` that overrule both; None overrules nothing.
        only: the variables to read; the others are neither read nor reported as missing.

    Raises:
        SettingsError: a server cannot start with them; all the reasons at once.
    """
    reading = read_settings(environ, dotenv=dotenv, overrides=overrides, only=only)
    if reading.problems:
        raise SettingsError(list(reading.problems))
    return reading.settings


def read_settings(
    environ: Mapping[str, str],
    *,
    dotenv: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    only: Set[str] = frozenset(_BY_NAME),
) -> Reading:
    """Return the same settings together with what is wrong with them; see `load_settings`."""
    problems: list[str] = []
    in_file = _read_dotenv(dotenv, problems)
    texts = _given(in_file) | _given(environ)
    texts = {name: text for name, text in texts.items() if name in only}
    names = {*in_file, *(name for name in environ if name.startswith(_OURS))}
    problems += _typos(names, only - texts.keys())
    chosen = {field: it for field, it in (overrides or {}).items() if it is not None}
    fields: dict[str, Any] = {"http_port": DEFAULT_HTTP_PORT}
    unreadable = set()
    for variable in VARIABLES:
        if variable.name in texts and variable.field not in chosen:
            try:
                fields[variable.field] = variable.read(texts[variable.name])
            except ValueError as error:
                problems.append(_problem(variable.name, str(error)))
                unreadable.add(variable.name)
    fields |= chosen
    if "data_dir" not in fields:
        try:
            fields["data_dir"] = default_data_dir()
        except RuntimeError:
            fields["data_dir"] = Path()
            problems.append(_problem("RACHEL_DATA", "is needed where there is no home folder"))
            unreadable.add("RACHEL_DATA")
    settings = ServerSettings(**fields)
    given = {it.name for it in VARIABLES if it.name in texts or it.field in chosen}
    missing = _missing(given, only, production=settings.production)
    problems += [_problem(name, reason) for name, reason in missing.items()]
    problems += _shared_ports(settings, [name for name in _PORTS if name not in unreadable])
    problems += _unusable_certificate(settings)
    return Reading(settings, tuple(problems), frozenset(unreadable | missing.keys()))


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of known variables by name, those of aliases included."""
    texts = {}
    for variable in VARIABLES:
        for name in (variable.alias, variable.name):  # the alias first: the name overrules it
            if text := environ.get(name, "").strip():
                texts[variable.name] = text
    return texts


def _typos(names: Iterable[str], unset: Iterable[str]) -> list[str]:
    """Return a problem for each unknown name that looks like a variable that is not set."""
    known = {*_BY_NAME, *(variable.alias for variable in VARIABLES)}
    return [
        f"environment variable {name} is unknown; perhaps {meant} is meant, "
        f"for example: {meant}={_BY_NAME[meant].example}"
        for name in sorted(set(names) - known)
        for meant in difflib.get_close_matches(name.upper(), unset, n=1, cutoff=_ALIKE)
    ]


def _read_dotenv(path: Path | None, problems: list[str]) -> dict[str, str]:
    if path is None or not path.exists():
        return {}
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        problems.append(f"{path} cannot be read ({error.strerror}); make it readable or remove it")
        return {}
    except UnicodeDecodeError:
        problems.append(f"{path} is not a text in UTF-8; save it as one")
        return {}
    from dotenv.parser import parse_stream

    texts = {}
    for binding in parse_stream(io.StringIO(content)):
        if binding.error or (binding.key and binding.value is None):
            line = binding.original.line
            problems.append(f"{path}, line {line} is not a setting, for example: PORT=4000")
        elif binding.key and binding.value is not None:
            texts[binding.key] = binding.value
    return texts


def _problem(name: str, what: str) -> str:
    return f"environment variable {name} {what}, for example: {name}={_BY_NAME[name].example}"


def _missing(given: set[str], only: Set[str], *, production: bool) -> dict[str, str]:
    """Return the variables that are required and not given, and what to say of each."""
    reasons: dict[str, str] = {}
    if production:
        reasons = {name: "is missing" for name in _PRODUCTION_NEEDS if name not in given}
    for name, needed in _NEEDS.items():
        if name in given:
            for other in needed:
                if other not in given:
                    reasons.setdefault(other, f"is missing ({name} is of no use without it)")
    return {name: reason for name, reason in reasons.items() if name in only}


def _shared_ports(settings: ServerSettings, names: Iterable[str]) -> list[str]:
    """Return a problem for each port that is asked for twice."""
    problems = []
    owners: dict[int, str] = {}
    for name in names:
        ports = getattr(settings, _BY_NAME[name].field)
        for port in ports if isinstance(ports, tuple) else (ports,):
            if port and port in owners:
                problems.append(_problem(name, f"has port {port}, which {owners[port]} has, too"))
            elif port:
                owners[port] = name
    return problems


def _unusable_certificate(settings: ServerSettings) -> list[str]:
    if settings.tls_cert is None or settings.tls_key is None:
        return []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # With an empty password an encrypted key fails; without one OpenSSL would ask for it.
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")
    except (OSError, ValueError):
        return [_problem("TLS_CERT", "and TLS_KEY are not a PEM certificate and its open key")]
    return []
