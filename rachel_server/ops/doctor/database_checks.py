"""Checks of the database: whether it can be reached, safely, and has the right schema."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError

from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, passed, warned
from rachel_server.ops.setting_values import is_loopback
from rachel_server.store.backup_files import BackupFailed
from rachel_server.store.database_url import shown_url, sqlite_file
from rachel_server.store.engine import create_blocking_engine, server_version
from rachel_server.store.migrate import UnknownSchema, require_known, revision_of
from rachel_server.store.postgres_dump import require_recent_pg_dump
from rachel_server.store.refusal import reason
from rachel_server.store.revisions import head

_POSTGRESQL_MIN: Final = 14
"""The oldest major version that still gets fixes."""

_VERIFIED: Final = frozenset({"verify-ca", "verify-full"})
_ENCRYPTED: Final = "require"
_SAFE_CURE: Final = "add ?sslmode=verify-full&sslrootcert=FILE to DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Way:
    """How PostgreSQL is reached.

    Attributes:
        host: its address if there is a connection, else its name; empty or a folder for a socket.
        mode: PostgreSQL's ``sslmode``.
        encrypted: whether the connection is encrypted; None if there is no connection.
    """

    host: str
    mode: str
    encrypted: bool | None = None


def check_database(deployment: Deployment) -> Iterator[Finding]:
    """Yield findings about the database of a deployment; none if its URL cannot be read.

    The database is only read.
    """
    url = deployment.database
    if url is None:
        return
    file = sqlite_file(url)
    try:
        if file is not None and not file.exists():
            cure = "start the server, or run rachel migrate as its user"
            yield deployment.grave("database", f"{file} does not exist yet", cure)
            return
        with create_blocking_engine(url).connect() as connection:
            yield from _connected(deployment, url, connection)
    except (SQLAlchemyError, OSError) as error:
        if file is None:
            cure = "start PostgreSQL, or mend DATABASE_URL"
            yield from encryption(deployment, _way_by_url(url))
        else:
            cure = "run this as the server's user; if the file is damaged, run rachel restore"
        yield deployment.grave("database", f"cannot be used: {reason(error)}", cure)


def _connected(deployment: Deployment, url: URL, connection: Connection) -> Iterator[Finding]:
    revision = revision_of(connection)
    yield passed("database", f"answers: {shown_url(url)}")
    if connection.dialect.name == "postgresql":
        major = server_version(connection)
        yield version(deployment, major)
        yield copies(deployment, major)
        yield from encryption(deployment, _way(connection))
        before = time.time()
        theirs = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar()
        ahead_s = float(theirs or 0) - (before + time.time()) / 2
        yield deployment.clock("database clock", ahead_s)
    yield schema(deployment, revision)


def version(deployment: Deployment, major: int) -> Finding:
    """Tell whether this version of PostgreSQL still gets fixes."""
    if major >= _POSTGRESQL_MIN:
        return passed("database version", f"PostgreSQL {major}")
    return deployment.grave(
        "database version",
        f"PostgreSQL {major} gets no fixes any more",
        f"move to PostgreSQL {_POSTGRESQL_MIN} or newer: rachel backup here, rachel restore there",
    )


def copies(deployment: Deployment, major: int) -> Finding:
    """Tell whether `rachel backup` can copy a server of that version from this machine."""
    try:
        ours = require_recent_pg_dump(major)
    except BackupFailed as error:
        cure = f"install PostgreSQL's client programs, version {major} or newer, where backups run"
        return deployment.grave("pg_dump", str(error), cure)
    return passed("pg_dump", f"version {ours}, for PostgreSQL {major}")


def encryption(deployment: Deployment, way: Way) -> Iterator[Finding]:
    """Tell whether others on the network can read or change what is sent to PostgreSQL."""
    check = "database TLS"
    if _is_here(way.host):
        yield passed(check, "not needed: PostgreSQL is on this machine")
    elif way.mode in _VERIFIED:
        yield passed(check, f"sslmode={way.mode}")
    elif way.mode == _ENCRYPTED:
        found = "encrypted, but the server's certificate is not checked (sslmode=require)"
        yield warned(check, found, _SAFE_CURE)
    else:
        now = {True: "need not be", False: "is not", None: "need not be"}[way.encrypted]
        found = f"the way to {way.host} {now} encrypted (sslmode={way.mode})"
        if _is_private(way.host):
            yield warned(check, found, _SAFE_CURE)
        else:
            yield deployment.grave(check, found, _SAFE_CURE)


def schema(deployment: Deployment, revision: str | None) -> Finding:
    """Tell whether a database has the tables that this Rachel needs."""
    try:
        require_known(revision, "this database")
    except UnknownSchema as newer:
        return deployment.grave("schema", str(newer), "install the Rachel that made it, or newer")
    if revision == head():
        return passed("schema", f"at {revision}, as this Rachel needs it")
    at = "there are no tables" if revision is None else f"at {revision}"
    return deployment.grave("schema", f"{at}, this Rachel needs {head()}", "run rachel migrate")


def _way(connection: Connection) -> Way:
    driver: Any = connection.connection.driver_connection
    mode = driver.info.get_parameters().get("sslmode", _default("sslmode"))
    # From the driver: behind a pooler, pg_stat_ssl would tell of the pooler's connection.
    return Way(driver.info.hostaddr or driver.info.host, mode, bool(driver.pgconn.ssl_in_use))


def _way_by_url(url: URL) -> Way:
    parts = {name: str(value) for name, value in url.query.items()}
    host = parts.get("hostaddr") or parts.get("host") or url.host or _default("host")
    return Way(host, parts.get("sslmode") or _default("sslmode"))


def _default(parameter: str) -> str:
    """Return the default of PostgreSQL's library for a connection parameter."""
    from psycopg.pq import Conninfo

    for option in Conninfo.get_defaults():
        if option.keyword.decode() == parameter:
            return (option.val or b"").decode()
    return ""


def _is_here(host: str) -> bool:
    return not host or host.startswith(("/", "@")) or is_loopback(host)


def _is_private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return False
