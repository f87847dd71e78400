"""Reads the values of environment variables: text in, typed value out.

Each function raises ValueError with a text that continues "environment variable NAME ...". The text
never repeats the value, which may be a secret that was put into the wrong variable.
"""

import re
import warnings
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from rachel_server.ops.secrets import SECRET_KEY_LENGTH_MIN, Secret
from rachel_server.ops.settings import Network

_PORT_MAX: Final = 65535
_WORD_MIN: Final = 3
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST_NAME: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)


def line(text: str) -> str:
    """Return a text of one line."""
    if not text.isprintable():
        raise ValueError("has characters that cannot be printed")
    return text


def secret(text: str) -> Secret:
    """Return a secret of one line."""
    return Secret(line(text))


def secret_key(text: str) -> Secret:
    """Return a key that is long enough for signing."""
    if len(text) < SECRET_KEY_LENGTH_MIN:
        raise ValueError(f"is shorter than {SECRET_KEY_LENGTH_MIN} characters")
    return secret(text)


def number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in a range."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"is not a number from {least} to {most}")
        return int(text)

    return read


port: Final = number(0, _PORT_MAX)
"""A TCP port; 0 is any free one."""


def ports(text: str) -> tuple[int, ...]:
    """Return ports from a list with commas."""
    try:
        return tuple(port(part.strip()) for part in text.split(","))
    except ValueError:
        raise ValueError(f"is not a list of port numbers from 0 to {_PORT_MAX}") from None


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of one of some words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"is none of {', '.join(choices)}")
        return text

    return read


def yes_or_no(text: str) -> bool:
    """Return whether a text says yes."""
    return one_of("yes", "no")(text) == "yes"


def host(text: str) -> str:
    """Return a host name or an address."""
    if not _HOST_NAME.fullmatch(text):
        try:
            ip_address(text)
        except ValueError:
            raise ValueError("is not a host name or address (no https://, port or path)") from None
    return text


def networks(text: str) -> tuple[Network, ...]:
    """Return networks from a list with commas; a single address is a network of one."""
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in text.split(","))
    except ValueError:
        raise ValueError("is not a list of addresses or networks") from None


def reserved_names(text: str) -> tuple[str, ...]:
    """Return words from a list with commas; a shorter one would be in every other name."""
    words = tuple(part.strip() for part in line(text).split(","))
    if any(sum(map(str.isalnum, word)) < _WORD_MIN for word in words):
        raise ValueError(f"has a word of fewer than {_WORD_MIN} letters or digits")
    return words


def folder(text: str) -> Path:
    """Return a folder, which need not exist; ``~`` is the user's home."""
    path = _path(text)
    try:
        is_other = path.exists() and not path.is_dir()
    except OSError as error:  # its name is too long, for example
        raise ValueError(f"cannot be a folder ({error.strerror})") from None
    if is_other:
        raise ValueError("is not a folder")
    return path


def file(text: str) -> Path:
    """Return a file that can be read."""
    path = _path(text)
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise ValueError(f"names a file that cannot be read ({error.strerror})") from None


def contact(text: str) -> str:
    """Return how people reach the host, as a URL: of a page, or ``mailto:`` for a mail address."""
    if re.fullmatch(r"[^@\s:/?#]+@[^@\s:/?#]+", line(text)):
        return f"mailto:{text}"
    try:
        return http_url(text)
    except ValueError:
        raise ValueError("is neither an e-mail address nor a URL") from None


def _path(text: str) -> Path:
    try:
        return Path(line(text)).expanduser()
    except RuntimeError:
        raise ValueError("names the home folder of an unknown user") from None


def database_url(text: str) -> Secret:
    """Return the URL of a SQLite file or of a PostgreSQL database."""
    from rachel_server.store.database_url import database_url as complete

    url = complete(line(text))
    if "\0" in unquote(text):
        raise ValueError("has characters that cannot be printed")
    if url.get_backend_name() == "sqlite":
        try:
            with warnings.catch_warnings(action="error"):
                url.get_dialect()().create_connect_args(url)
        except (ValueError, Warning):
            raise ValueError("has parameters after ? that SQLite does not take") from None
    return Secret(text)


def sentry_dsn(text: str) -> Secret:
    """Return a DSN as Sentry hands them out: ``https://KEY@HOST/PROJECT``."""
    try:
        url = urlsplit(line(text))
        ok = url.scheme in {"http", "https"} and url.username and url.hostname and url.port != 0
    except ValueError:
        ok = False
    if not ok or not url.path.rpartition("/")[2].isdecimal():
        raise ValueError("is not a DSN of Sentry")
    return Secret(text)


def http_url(text: str) -> str:
    """Return a URL of HTTP or HTTPS, without a slash at the end."""
    try:
        url = urlsplit(line(text))
        ok = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    except ValueError:
        ok = False
    if not ok or url.query or url.fragment or url.username:
        raise ValueError("is not a URL that begins with https://")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address always means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
