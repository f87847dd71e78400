"""The file of hosts that the player has visited, to find them again."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from rachel.text import ascii_name
from rachel_tui.keep.private_file import read_private, user_folder, write_private
from rachel_tui.net.host_urls import HostUrl, check_host, parse_url

_KEPT_MAX: Final = 20
_LATEST: Final = 1e11
"""Unix time in some thousand years: what is later is no time."""


class VisitedHost(NamedTuple):
    """A host that the player has visited.

    Attributes:
        address: what was typed for it, ``example.org`` or ``example.org:2000``.
        tls: whether it was visited inside TLS.
        name: what the player was called there.
        at: when it was visited last, Unix time in seconds.
        port: the port of its games then; None where that is not known.
        pages: where its pages were; None where it has not said so.
    """

    address: str
    tls: bool
    name: str
    at: float
    port: int | None = None
    pages: HostUrl | None = None


def default_path() -> Path:
    """Return where the hosts of this user are kept."""
    return user_folder("data") / "hosts.json"


def load_all(path: Path) -> list[VisitedHost]:
    """Return the hosts, that of the latest visit first."""
    found = (_read_host(address, entry) for address, entry in read_private(path).items())
    return sorted((host for host in found if host), key=lambda host: -host.at)


def remember(path: Path, host: VisitedHost) -> None:
    """Keep a visit; where the file cannot be written, it is not kept."""
    _write(path, [host, *_others(path, host.address)])


def forget(path: Path, address: str) -> None:
    """Keep no visit at an address any more; where the file cannot be written, it is still kept."""
    _write(path, _others(path, address))


def _others(path: Path, address: str) -> list[VisitedHost]:
    return [host for host in load_all(path) if host.address != address]


def _write(path: Path, hosts: Sequence[VisitedHost]) -> None:
    entries = {
        each.address: {
            "tls": each.tls,
            "name": each.name,
            "at": each.at,
            "port": each.port,
            "pages": None if each.pages is None else str(each.pages),
        }
        for each in hosts[:_KEPT_MAX]
    }
    with suppress(OSError):
        write_private(path, entries)


def _read_host(address: str, entry: object) -> VisitedHost | None:
    match entry:
        case {"tls": bool(tls), "name": str(name), "at": int(at) | float(at), **rest} if (
            0 <= at < _LATEST
        ):
            try:
                check_host(address)
            except ValueError:
                return None
            port = rest.get("port")
            port = port if isinstance(port, int) and 0 < port <= 0xFFFF else None
            pages = _read_pages(rest.get("pages"))
            return VisitedHost(address, tls, ascii_name(name), at, port, pages)
    return None


def _read_pages(entry: object) -> HostUrl | None:
    try:
        return parse_url(entry) if isinstance(entry, str) else None
    except ValueError:
        return None
