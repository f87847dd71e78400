"""Where people reach a server, as far as its settings and this machine tell it."""

import socket
from typing import Final

from rachel.address import address_text
from rachel_server.ops.setting_values import is_loopback
from rachel_server.ops.settings import ServerSettings

_ANY: Final = frozenset({"", "0.0.0.0", "::"})
"""Addresses to listen on that mean all that this machine has."""
_ELSEWHERE: Final = "192.0.2.1", 9
"""An address that is nobody's (RFC 5737): the way there begins at this machine's own address."""


def reached_host(settings: ServerSettings) -> str:
    """Return the name or address by which others reach a server: its own, if it was given one.

    A server that listens on loopback is reached from this machine alone, by that address.
    """
    if settings.public_host != "localhost":
        return settings.public_host
    return _own_address() if settings.host in _ANY else settings.host


def pages_url(settings: ServerSettings) -> str:
    """Return the URL of a server's pages, as links that people send to each other name it."""
    unnamed = settings.public_host == "localhost" and not is_loopback(settings.host)
    if settings.production or settings.http_port is None or not unnamed:
        return settings.public_url
    return f"http://{address_text(reached_host(settings), settings.http_port)}"


def _own_address() -> str:
    """Return the address by which others on the network reach this machine, or its name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(_ELSEWHERE)  # sends nothing
        except OSError:
            return socket.gethostname()
        return str(way.getsockname()[0])
