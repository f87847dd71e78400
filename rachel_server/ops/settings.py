"""What a host may choose when starting a server, as one typed object.

Nothing here looks at the environment: `rachel_server.ops.environment` reads it and returns these
settings, code that starts a server of its own writes them down. Whatever a solo game needs is here
and costs nothing to import.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final, Literal, TypeAlias

import platformdirs

from rachel import __version__
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.secrets import Secret

DEFAULT_RUBP_PORT: Final = 1982
"""The default TCP port (docs/PROTOCOL.md)."""

DEFAULT_HTTP_PORT: Final = 4000
"""As with the Phoenix server, whose hosts bring their environment along."""

Network: TypeAlias = IPv4Network | IPv6Network
Environment = Literal["development", "production"]
LogFormat = Literal["text", "json"]


def default_data_dir() -> Path:
    """Return the folder a server keeps its games in unless told otherwise."""
    return platformdirs.user_data_path("rachel") / "server"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of one server; those a server can do without are None.

    Attributes:
        data_dir: the folder of the embedded database, `ports.json` and the lock; made if missing.
        host: the address to listen on; empty for every one this machine has.
        rubp_ports: TCP ports for games; 0 picks a free one, here and below.
        table: how tables are run.
        mdns: whether to advertise the server on the local network.
        rubp_tls_port: the port for games over TLS.
        http_port: the port for HTTP; None for a server without HTTP.
        https_port: the port for HTTP over TLS of the server's own.
        tls_cert: the PEM file with the certificate and its chain; set whenever a TLS port is.
        tls_key: the PEM file with its key, likewise.
        environment: production is strict about what it starts with and how it is reached.
        public_host: the name under which players know the server, as it stands in links.
        trusted_proxies: the networks whose X-Forwarded headers are believed.
        unlimited_networks: the networks whose requests are not counted; not even this machine's own
            addresses are among them unless that is said.
        database_url: as given, with any of the forms that `rachel_server.ops.environment` accepts;
            None for the embedded SQLite database in the data folder.
        pool_size: connections to the database, at most.
        secret_key_base: signs cookies and links, 64 characters or more; None in development for
            one that is kept in the data folder.
        metrics_token: what a stranger must show to see the metrics; None: this machine only.
        mailgun_api_key: set together with the domain; without them mail goes to the outbox.
        mailgun_domain: the domain mail is sent from.
        mailgun_base_url: where Mailgun's API is, which depends on the domain's region.
        sentry_dsn: where errors are reported, if anywhere.
        sentry_environment: what Sentry calls this deployment; None for ``environment``.
        app_version: the release, as /health and Sentry name it.
        log_format: how the log is written.
    """

    data_dir: Path
    host: str = ""
    rubp_ports: tuple[int, ...] = (DEFAULT_RUBP_PORT,)
    table: TableSettings = field(default_factory=TableSettings)
    mdns: bool = True
    rubp_tls_port: int | None = None
    http_port: int | None = None
    https_port: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    environment: Environment = "development"
    public_host: str = "localhost"
    trusted_proxies: tuple[Network, ...] = ()
    unlimited_networks: tuple[Network, ...] = ()
    database_url: Secret | None = None
    pool_size: int = 10
    secret_key_base: Secret | None = None
    metrics_token: Secret | None = None
    mailgun_api_key: Secret | None = None
    mailgun_domain: str | None = None
    mailgun_base_url: str = "https://api.mailgun.net"
    sentry_dsn: Secret | None = None
    sentry_environment: str | None = None
    app_version: str = __version__
    log_format: LogFormat = "text"

    @property
    def production(self) -> bool:
        """Whether this is the real thing."""
        return self.environment == "production"
