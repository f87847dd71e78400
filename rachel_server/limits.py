"""How many connections one address may hold."""

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

CONNECTIONS_PER_ADDRESS_MAX: Final = 64
"""Enough for a school behind one address, too few to crowd others out."""


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
        if self._connections[address] >= self._per_address_max and not self._is_exempt(address):
            return False
        self._connections[address] += 1
        return True

    def disconnect(self, address: str) -> None:
        """Count a connection less."""
        self._connections[address] -= 1
        if self._connections[address] <= 0:
            del self._connections[address]

    def _is_exempt(self, text: str) -> bool:
        try:
            parsed = ip_address(text)
        except ValueError:
            return False
        address: IPv4Address | IPv6Address = getattr(parsed, "ipv4_mapped", None) or parsed
        return address.is_loopback or any(address in network for network in self._exempt)
