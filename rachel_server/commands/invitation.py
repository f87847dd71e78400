"""What a host who runs a server in a terminal is told: how friends come, and how it ends."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rachel.address import DEFAULT_PORT, address_text

if TYPE_CHECKING:
    from rachel_server.ops.settings import ServerSettings

_ELSEWHERE: Final = "192.0.2.1", 9
"""An address that is nobody's (RFC 5737): the way there begins at this machine's own address."""


def invitation(settings: "ServerSettings", rubp_port: int, http_port: int | None) -> Iterator[str]:
    """Yield lines about how friends come to a server and how it is stopped.

    Args:
        settings: those of the server.
        rubp_port: where it listens for games.
        http_port: where it has its pages, None for nowhere.
    """
    from rachel_server.ops.setting_values import is_loopback

    host = settings.host or settings.public_host
    only_here = is_loopback(host) and bool(settings.host)
    if not only_here and is_loopback(host):
        host = _own_address()
    player = host if rubp_port == DEFAULT_PORT else address_text(host, rubp_port)
    page = "" if http_port is None else f"http://{address_text(host, http_port)}"
    if only_here:
        yield f"Only this machine reaches it, at {page or player}: it listens on {host} alone."
    elif page:
        yield f"Friends join with: rachel play {page}   or in a browser: {page}/"
    else:
        yield f"Friends join with: rachel play {player}"
    yield "Ctrl-C stops it; games that run are kept, and go on when it is started again."


def _own_address() -> str:
    """Return the address by which others on the network reach this machine, or its name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(_ELSEWHERE)  # sends nothing
        except OSError:
            return socket.gethostname()
        return str(way.getsockname()[0])
