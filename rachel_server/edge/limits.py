"""How many connections one address may hold, and what counts as one."""

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

CONNECTIONS_PER_ADDRESS_MAX: Final = 64
"""Enough for a school behind one address, too few to crowd others out."""

_PREFIX_V6: Final = 64
"""The bits of an IPv6 address that are one customer's; the others they may choose at will."""


class AddressLimits:
    """Counts connections per address.

    This machine's own addresses are not limited, nor are those of the networks in ``exempt``.
    """

    def __init__(
        self,
        per_address_max: int = CONNECTIONS_PER_ADDRESS_MAX,
        *,
        exempt: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        self._per_address_max = per_address_max
        self._exempt = exempt
        self._connections: Counter[str] = Counter()

    def connect(self, address: str) -> bool:
        """Count a new connection; tell whether the address may have it."""
        parsed = parse_address(address)
        key = address_key(parsed)
        if self._connections[key] >= self._per_address_max and not self._is_exempt(parsed):
            return False
        self._connections[key] += 1
        return True

    def disconnect(self, address: str) -> None:
        """Count a connection less."""
        key = address_key(parse_address(address))
        self._connections[key] -= 1
        if self._connections[key] <= 0:
            del self._connections[key]

    def counts_as(self, address: str) -> str | None:
        """Return what limits per address count an address by, None if they do not."""
        parsed = parse_address(address)
        return None if self._is_exempt(parsed) else address_key(parsed)

    def _is_exempt(self, address: Address | None) -> bool:
        if address is None:
            return False
        return address.is_loopback or any(address in network for network in self._exempt)


def parse_address(text: str) -> Address | None:
    """Return an address, one that is IPv4 in IPv6 dress as IPv4; None for anything else."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def address_key(address: Address | None) -> str:
    """Return what limits per address count by: the address, of IPv6 addresses the network."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _PREFIX_V6), strict=False))
    return str(address)
