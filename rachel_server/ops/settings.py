"""The settings of a server as one typed object.

`rachel_server.ops.environment` makes it from environment variables; a solo game makes it directly,
so that this module must be cheap to import.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final, Literal, TypeAlias

import platformdirs

from rachel import __version__
from rachel.address import address_text
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.secrets import Secret

DEFAULT_RUBP_PORT: Final = 1982
"""The default TCP port (docs/PROTOCOL.md)."""

DEFAULT_HTTP_PORT: Final = 4000
"""As with the Phoenix server, whose hosts bring their environment along."""

_HTTPS_PORT: Final = 443

Network: TypeAlias = IPv4Network | IPv6Network
Environment = Literal["development", "production"]
LogFormat = Literal["text", "json"]


def default_data_dir() -> Path:
    """Return the data folder of a server that RACHEL_DATA and ``--data`` do not name.

    Raises:
        RuntimeError: this user has no home folder.
    """
    return platformdirs.user_data_path("rachel") / "server"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of one server. Optional ones are None where they are not set.

    Attributes:
        data_dir: the folder of the embedded database, `ports.json` and the lock; made if missing.
        host: the address to listen on; empty for all addresses of this machine.
        rubp_ports: TCP ports for games; 0 picks a free one, here and below.
        table: the size and clocks of tables.
        mdns: whether to advertise the server on the local network.
        rubp_tls_port: the port for games over TLS.
        http_port: the port for HTTP; None for a server without HTTP.
        https_port: the port for HTTP over TLS of the server's own.
        ssh_port: the port for people who play over SSH.
        ssh_public_port: the one that they come to, where something passes it on to that.
        tls_cert: the PEM file with the certificate and its chain; set whenever a TLS port is.
        tls_key: the PEM file with its key, likewise.
        environment: production requires some settings, and HTTPS from browsers.
        public_host: the host name in links to the server.
        contact: how people reach the host, as a URL, ``mailto:`` included; None to tell nobody.
        trusted_proxies: the networks whose X-Forwarded headers are believed.
        proxy_protocol: whether these say in the PROXY protocol whose games they pass on.
        reserved_names: words that no name at a table or of an account may have.
        unlimited_networks: the networks whose addresses are not limited; requests of this machine's
            own are, unless they are among them.
        database_url: in any form that `rachel_server.store.database_url` reads; None for the SQLite
            database in the data folder.
        pool_size: the most connections to PostgreSQL, apart from the journal's.
        secret_key_base: signs the forms of pages, 64 characters or more; None in development for
            one that is kept in the data folder.
        metrics_token: the bearer token for /metrics; None to show them to this machine only.
        mailgun_api_key: set together with the domain; without them mails go to the outbox.
        mailgun_domain: the domain from which mails are sent.
        mailgun_base_url: the URL of Mailgun's API, which depends on the domain's region.
        sentry_dsn: the Sentry project to which errors are reported.
        sentry_environment: the environment's name in Sentry; None for ``environment``.
        app_version: the release, as /health and Sentry show it.
        log_format: lines of text for people, or of JSON for programs.
    """

    data_dir: Path
    host: str = ""
    rubp_ports: tuple[int, ...] = (DEFAULT_RUBP_PORT,)
    table: TableSettings = field(default_factory=TableSettings)
    mdns: bool = True
    rubp_tls_port: int | None = None
    http_port: int | None = None
    https_port: int | None = None
    ssh_port: int | None = None
    ssh_public_port: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    environment: Environment = "development"
    public_host: str = "localhost"
    contact: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    proxy_protocol: bool = False
    reserved_names: tuple[str, ...] = ()
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
        """Whether ``environment`` is production."""
        return self.environment == "production"

    @property
    def sends_mail(self) -> bool:
        """Whether mails leave this machine; else the host must hand their links out."""
        return self.mailgun_api_key is not None

    @property
    def public_url(self) -> str:
        """The URL of the server's pages, as links name it: in production HTTPS."""
        if self.production or self.http_port is None:
            return self.https_url(self.public_host)
        return f"http://{address_text(self.public_host, self.http_port)}"

    def https_url(self, host: str) -> str:
        """Return the URL of the server's pages by HTTPS under a host name or address.

        It has the server's own HTTPS port, unless that is the usual one or a proxy's TLS is used.
        """
        netloc = f"[{host}]" if ":" in host else host
        own = None if self.trusted_proxies else self.https_port
        return f"https://{netloc}" if own in (None, _HTTPS_PORT) else f"https://{netloc}:{own}"
