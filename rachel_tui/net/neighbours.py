"""Hosts on the local network, found by mDNS (docs/PROTOCOL.md, Reaching a host)."""

import asyncio
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rachel.address import address_text
from rachel_tui.net.host_request import HostTrouble, in_thread, one_line
from rachel_tui.paths import path_text

SERVICE: Final = "_rachel._tcp.local."
LISTEN_S: Final = 2.0
"""How long to listen: hosts answer within a second."""
_RESOLVE_MS: Final = 1000
_NEIGHBOURS_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A host on the local network.

    Attributes:
        name: what it calls itself, cleaned.
        address: where its games are, HOST:PORT.
        machine: the addresses of its machine; those for loopback, too, if it is this one.
    """

    name: str
    address: str
    machine: frozenset[str] = frozenset()


async def neighbours() -> list[Neighbour]:
    """Return the hosts that answer on the local network, each once; takes two seconds.

    Raises:
        HostTrouble: nobody can be heard here, and why.
    """
    return await in_thread(_listen)


async def addresses_of(host: str) -> frozenset[str]:
    """Return the addresses of a host's name, none when it has none or nobody can tell soon."""

    def ask() -> frozenset[str]:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(host, None))

    try:
        return await asyncio.wait_for(in_thread(ask), LISTEN_S)
    except (OSError, UnicodeError):  # TimeoutError is an OSError
        return frozenset()


def _listen() -> list[Neighbour]:
    import time

    try:
        from ifaddr import get_adapters
        from zeroconf import IPVersion, ServiceBrowser, Zeroconf
    except ImportError:
        python = path_text(Path(sys.executable))
        needed = (
            f"without zeroconf, none are found on this network ({python} -m pip install zeroconf)"
        )
        raise HostTrouble(needed) from None
    names: set[str] = set()

    def heard(*, name: str, **_: object) -> None:
        names.add(name)

    try:
        with Zeroconf(ip_version=IPVersion.V4Only) as zeroconf:
            ServiceBrowser(zeroconf, SERVICE, handlers=[heard])
            time.sleep(LISTEN_S)
            own = {str(ip.ip) for adapter in get_adapters() for ip in adapter.ips}
            found: dict[str, Neighbour] = {}
            for name in sorted(names)[:_NEIGHBOURS_MAX]:
                info = zeroconf.get_service_info(SERVICE, name, _RESOLVE_MS)
                addresses = info.parsed_addresses(IPVersion.V4Only) if info else []
                if info and info.port and addresses:
                    short = one_line(name.removesuffix(f".{SERVICE}")).partition(" port ")[0]
                    address = address_text(addresses[0], info.port)
                    machine = own if own & set(addresses) else addresses
                    found.setdefault(address, Neighbour(short, address, frozenset(machine)))
            return list(found.values())
    except (OSError, RuntimeError) as problem:  # zeroconf raises RuntimeError without a network
        raise HostTrouble(f"the local network cannot be asked: {problem}") from None
