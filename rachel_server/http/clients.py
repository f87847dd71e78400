"""Who sends a request: the address behind trusted proxies, and whether the way there is safe.

A stranger can write anything into X-Forwarded headers. They are believed only when the connection
comes from a trusted proxy (TRUSTED_PROXIES), and then only as far as trusted proxies wrote them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from rachel_server.edge.limits import Address, address_key, parse_address
from rachel_server.ops.settings import Network

_FORWARDED: Final = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
"""Headers that only come with requests that somebody passed on."""

_HOPS_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Client:
    """Who sent a request.

    Attributes:
        address: where from; None where a connection has no address.
        secure: whether it came over TLS as far as it went through strangers' hands.
        local: whether a program on this machine sent it. What a proxy passed on never is local,
            not even when the proxy is on this machine and nobody has declared it trusted.
    """

    address: Address | None
    secure: bool
    local: bool

    @property
    def key(self) -> str:
        """What limits per address count by: the address, of IPv6 addresses the network."""
        return address_key(self.address)


CLIENT: Final = web.RequestKey("CLIENT", Client)


def client_of(request: web.BaseRequest, trusted: Sequence[Network]) -> Client:
    """Return who sent a request, given the networks of the trusted proxies."""
    transport = request.transport
    peer = None if transport is None else _peer(transport.get_extra_info("peername"))
    if peer is None:
        return Client(None, secure=request.secure, local=False)
    if not is_in(peer, trusted):
        passed_on = any(name in request.headers for name in _FORWARDED)
        return Client(peer, secure=request.secure, local=peer.is_loopback and not passed_on)
    addresses = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    schemes = ",".join(request.headers.getall("X-Forwarded-Proto", ())).split(",")
    return Client(
        _behind(peer, addresses, trusted),
        # The last one is what the proxy itself says; those before it came with the request.
        secure=request.secure or schemes[-1].strip().lower() == "https",
        local=False,
    )


def _peer(peername: object) -> Address | None:
    """Return the address of a socket's other side; one that is IPv4 in IPv6 dress as IPv4."""
    if isinstance(peername, tuple) and peername:
        return parse_address(str(peername[0]))
    return None


def is_in(address: Address, networks: Sequence[Network]) -> bool:
    """Tell whether an address belongs to one of the networks."""
    return any(address in network for network in networks)


def _behind(peer: Address, hops: Sequence[str], trusted: Sequence[Network]) -> Address:
    """Return the last address on the way that is no trusted proxy's.

    Each proxy appends where a request came from, so that everything to the left of the first
    stranger, read from the right, is the stranger's invention.
    """
    address = peer
    for hop in reversed(hops[-_HOPS_MAX:]):
        sender = parse_address(_without_port(hop.strip()))
        if sender is None:
            break
        address = sender
        if not is_in(sender, trusted):
            break
    return address


def _without_port(hop: str) -> str:
    """Return the address in ``192.0.2.1:4711`` and ``[2001:db8::1]:4711``; some proxies add it."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
