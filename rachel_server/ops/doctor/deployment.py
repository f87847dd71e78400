"""A deployment to examine: its settings, URL, database and backups."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import URL

from rachel.address import address_text
from rachel_server.ops.doctor.finding import Finding, failed, passed, warned
from rachel_server.ops.environment import Reading
from rachel_server.ops.setting_values import is_loopback
from rachel_server.ops.settings import ServerSettings
from rachel_server.store.data_dir import PORTS_FILE
from rachel_server.store.database_url import database_url, sqlite_url

_APART_MAX_S: Final = 5.0

_PORTS: Final = {
    "rubp_tls": "rubp_tls_port",
    "http": "http_port",
    "https": "https_port",
    "ssh": "ssh_port",
}
"""What `ports.json` calls the ports of settings."""

_ANY: Final = frozenset({"", "0.0.0.0", "::"})
"""Addresses that mean all addresses, to which not every machine can connect."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A server on this machine, or to be.

    Attributes:
        reading: its settings, and what is wrong with them.
        url: its public URL: ``https://HOST`` or ``http://HOST:PORT``.
        dotenv: the file that some of the settings may be from.
        backups: a folder of backups, or a pattern of their names; None if unknown.
    """

    reading: Reading
    url: str
    dotenv: Path
    backups: str | None

    @property
    def settings(self) -> ServerSettings:
        """Its settings, with defaults for those that cannot be read."""
        return self.reading.settings

    @property
    def strict(self) -> bool:
        """Whether it is meant for strangers, so that what is wrong is a failure."""
        asked = urlsplit(self.url)
        served = asked.scheme == "https" and not is_loopback(asked.hostname or "")
        return self.settings.production or served or "RACHEL_ENV" in self.reading.unusable

    @property
    def database(self) -> URL | None:
        """The URL of its database; None if the settings have none that can be read."""
        if "DATABASE_URL" in self.reading.unusable:
            return None
        given = self.settings.database_url
        return database_url(given.reveal() if given else sqlite_url(self.settings.data_dir))

    def clock(self, check: str, ahead_s: float) -> Finding:
        """Tell whether another clock agrees with this machine's.

        Args:
            check: the name of the check, which says whose clock it is.
            ahead_s: how many seconds it is ahead of this machine's.
        """
        if abs(ahead_s) <= _APART_MAX_S:
            return passed(check, "agrees with this machine's")
        way = "ahead of" if ahead_s > 0 else "behind"
        return self.grave(
            check,
            f"{abs(ahead_s):.0f} s {way} this machine's",
            "let both set their clocks by NTP: timedatectl set-ntp true",
        )

    def grave(self, check: str, found: str, cure: str) -> Finding:
        """Return a finding that is a failure if `strict`, and else a warning."""
        return (failed if self.strict else warned)(check, found, cure)


def implied_url(settings: ServerSettings) -> str:
    """Return the URL at which a server with these settings should be reached."""
    if settings.production and settings.public_host != "localhost":
        return settings.https_url(settings.public_host)
    host = "127.0.0.1" if settings.host in _ANY else settings.host
    return f"http://{address_text(host, settings.http_port or 0)}"


def as_it_runs(settings: ServerSettings) -> ServerSettings:
    """Return settings with the ports that a running server chose where they ask for free ones."""
    try:
        ports = json.loads((settings.data_dir / PORTS_FILE).read_text())
        chosen: dict[str, Any] = {
            field: int(ports[name][0])
            for name, field in _PORTS.items()
            if getattr(settings, field) == 0 and name in ports
        }
        if 0 in settings.rubp_ports:
            chosen["rubp_ports"] = tuple(map(int, ports["rubp"]))
    except (OSError, ValueError, LookupError, TypeError):
        return settings
    return replace(settings, **chosen)
