"""Database URLs: the forms that hosts write, made into the one form that SQLAlchemy takes."""

import re
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from rachel_server.store.sqlite_file import DATABASE_FILE, LOCK_WAIT_S

_TWICE_AT: Final = re.compile(r"(?!sqlite)[^:]*://[^@]*@.*@", re.DOTALL)
"""The first one would end the password, and the rest of it pass for the host, for all to see."""

_DRIVERS: Final = {
    "ecto": "postgresql+psycopg",  # what DATABASE_URL of a Phoenix server begins with
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}

_DEFAULTS: Final = {
    "sqlite": {
        "timeout": str(LOCK_WAIT_S),  # seconds
    },
    "postgresql": {
        "application_name": "rachel",
        "connect_timeout": "4",  # seconds, for each address of the host
        # A dead connection is noticed after about ten seconds (the first is in milliseconds).
        "tcp_user_timeout": "10000",
        "keepalives_idle": "5",
        "keepalives_interval": "3",
        "keepalives_count": "2",
    },
}
"""Parameters that a URL gets unless it sets them itself."""


class BadDatabaseUrl(ValueError):  # noqa: N818 - says what is the matter
    """A text is not the URL of a database that Rachel can use.

    The exception's text continues a sentence that begins with the name of the setting. It repeats
    nothing of the URL, which may hold a password.
    """


def database_url(url: str | URL) -> URL:
    """Return a database URL in the form that SQLAlchemy's engines take.

    ``postgres://``, ``postgresql://`` and ``ecto://`` mean PostgreSQL, ``sqlite:`` means SQLite.
    Parameters after the question mark are passed to PostgreSQL's client library, such as
    ``sslmode=verify-full`` and ``host=/run/postgresql``; Ecto's ``ssl=true`` asks for TLS, too.

    Raises:
        BadDatabaseUrl: the URL has another form.
    """
    if isinstance(url, str) and _TWICE_AT.match(url):
        raise BadDatabaseUrl("has an @ in its user name or password: write %40 for it")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise BadDatabaseUrl("is not a database URL") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise BadDatabaseUrl("is not a URL of PostgreSQL or SQLite")
    parsed = parsed.set(drivername=driver)
    if parsed.get_backend_name() == "sqlite":
        if parsed.host or parsed.database in {None, "", ":memory:"}:
            raise BadDatabaseUrl(
                "names no file for SQLite: there are three or four slashes before it"
            )
    else:
        if not parsed.database and "service" not in parsed.query:
            raise BadDatabaseUrl("names no database: it comes after the host and a slash")
        parsed = _with_tls(parsed)
        _require_known_parameters(parsed)
        # Whatever the database is in: one of SQL_ASCII, made under LANG=C, would hand out bytes.
        parsed = parsed.update_query_dict({"client_encoding": "utf8"})
    defaults = _DEFAULTS[parsed.get_backend_name()]
    return parsed.update_query_dict(
        {name: value for name, value in defaults.items() if name not in parsed.query}
    )


def sqlite_url(data_dir: Path) -> URL:
    """Return the URL of the database in a server's data folder.

    It is no text: a path may hold bytes that no text can.
    """
    return file_url(data_dir / DATABASE_FILE)


def file_url(file: Path) -> URL:
    """Return the URL of a SQLite file; it is no text, either."""
    return URL.create("sqlite+aiosqlite", database=str(file.absolute()))


def sqlite_file(url: str | URL) -> Path | None:
    """Return the file of a SQLite database, None for any other database."""
    url = make_url(url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database)


def lock_wait_s(url: URL) -> float:
    """Return how long another process's lock on a SQLite database is waited for.

    Args:
        url: as `database_url` returns it.
    """
    return float(str(url.query["timeout"]))


def shown_url(url: str | URL) -> str:
    """Return a database's place as it may be shown: its file, or its URL without secrets."""
    file = sqlite_file(url)
    if file is not None:
        return str(file)
    url = make_url(url)
    sockets = {name: url.query[name] for name in ("host", "port") if name in url.query}
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, sockets)
    return shown.render_as_string()


def _with_tls(url: URL) -> URL:
    """Return the URL with Ecto's ``ssl`` replaced by the ``sslmode`` of PostgreSQL's library."""
    wanted = url.query.get("ssl") == "true" and "sslmode" not in url.query
    url = url.difference_update_query(["ssl"])
    return url.update_query_dict({"sslmode": "require"}) if wanted else url


def _require_known_parameters(url: URL) -> None:
    """Refuse parameters that PostgreSQL's client library would refuse later, when connecting.

    Raises:
        BadDatabaseUrl: there is one.
    """
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name in url.query:
        if name not in known:
            raise BadDatabaseUrl("has a parameter after its ? that PostgreSQL does not know")
