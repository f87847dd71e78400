"""How many connections one address may hold."""

from collections import Counter
from ipaddress import ip_address
from typing import Final

CONNECTIONS_PER_ADDRESS_MAX: Final = 64
"""Enough for a school behind one address, too few to crowd others out."""


class AddressLimits:
    """Counts connections per address; this machine's own addresses are not limited."""

    def __init__(self, per_address_max: int = CONNECTIONS_PER_ADDRESS_MAX) -> None:
        self._per_address_max = per_address_max
        self._connections: Counter[str] = Counter()

    def connect(self, address: str) -> bool:
        """Count a new connection; tell whether the address may have it."""
        if self._connections[address] >= self._per_address_max and not _is_loopback(address):
            return False
        self._connections[address] += 1
        return True

    def disconnect(self, address: str) -> None:
        """Count a connection less."""
        self._connections[address] -= 1
        if self._connections[address] <= 0:
            del self._connections[address]


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return parsed.is_loopback or (mapped is not None and mapped.is_loopback)
