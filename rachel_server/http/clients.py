"""The client of a request: its address behind trusted proxies, and whether it uses HTTPS.

A stranger can write anything into X-Forwarded headers. They are believed only if the connection
comes from a trusted proxy (TRUSTED_PROXIES), and only the parts that trusted proxies wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from rachel_server.edge.limits import Address, Network, address_key, is_in, parse_address

_FORWARDED: Final = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
"""Headers that only proxies add."""

_HOPS_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Client:
    """Who sent a request.

    Attributes:
        address: the client's address; None where a connection has none.
        secure: whether the request came over TLS, to this server or to a trusted proxy.
        local: whether a program on this machine sent it. A request that a proxy passed on is never
            local, not even if the proxy is on this machine and not in TRUSTED_PROXIES.
    """

    address: Address | None
    secure: bool
    local: bool

    @property
    def key(self) -> str:
        """The key of limits per address: the address, or an IPv6 address's network."""
        return address_key(self.address)


CLIENT: Final = web.RequestKey("CLIENT", Client)


def client_of(request: web.BaseRequest, trusted: Sequence[Network]) -> Client:
    """Return the client of a request, given the networks of the trusted proxies."""
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
        # The proxy that connects to us appended the last one; those before came with the request.
        secure=request.secure or schemes[-1].strip().lower() == "https",
        local=False,
    )


def _peer(peername: object) -> Address | None:
    """Return the address of a socket's peer; an IPv4-mapped IPv6 address as IPv4."""
    if isinstance(peername, tuple) and peername:
        return parse_address(str(peername[0]))
    return None


def _behind(peer: Address, hops: Sequence[str], trusted: Sequence[Network]) -> Address:
    """Return the last address in ``hops`` that is no trusted proxy's.

    Each proxy appends the address a request came from. Read from the right, the first address that
    is not trusted is the client's, and whatever is left of it the client may have made up.
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
