"""What one address may do: hold connections, and come back after it has flooded the server."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from rachel_server.core.limits import KEYS_MAX, PROXIED, Buckets, RateLimit

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

CONNECTIONS_PER_ADDRESS_MAX: Final = 64
"""Enough for a school behind one address, too few to crowd others out."""
FLOODS: Final = RateLimit("floods", burst=3, per_minute=1)
"""Connections of one address that may be cut for a flood, before the address is kept out."""
KEPT_OUT_S: Final = 60.0
"""How long it is."""
WAIT_S: Final = 1.0
"""How long its connections wait meanwhile until they are heard, where limits per address do not
count: behind a proxy everybody has one address, and must not be kept out for one of them."""

_PREFIX_V6: Final = 48
"""The bits of an IPv6 address that are one customer's, who may choose the others at will.

Providers give out a /64, a /56 or a /48. Neighbours in a /48 share limits that a whole school fits
into, as those behind one IPv4 address do; with longer prefixes some would have 65,536 times as much
as others."""


class AddressLimits:
    """Counts connections and floods per address.

    This machine's own addresses are not limited, nor are those in the networks ``unlimited`` and
    ``proxies``; their connections wait a moment after floods. Who comes from one of ``proxies``
    counts as `PROXIED`, unless its network is unlimited. With ``headers``, those proxies say in the
    PROXY protocol whom they pass on.

    Attributes:
        turned_away: how many connections were refused for their address, or cut for a flood.
    """

    def __init__(
        self,
        per_address_max: int = CONNECTIONS_PER_ADDRESS_MAX,
        *,
        proxies: Sequence[Network] = (),
        unlimited: Sequence[Network] = (),
        headers: bool = False,
    ) -> None:
        self._per_address_max = per_address_max
        self._proxies = proxies
        self._unlimited = unlimited
        self._headers = headers
        self.turned_away: Counter[str] = Counter()
        self._connections: Counter[str] = Counter()
        self._floods = Buckets(FLOODS)
        self._out_until: OrderedDict[str, float] = OrderedDict()

    def connect(self, address: str, now: float) -> bool:
        """Count a new connection; tell whether the address may have it."""
        parsed = parse_address(address)
        key = address_key(parsed)
        if not self._is_exempt(parsed):
            full = self._connections[key] >= self._per_address_max
            if full or now < self._out_until.get(key, 0.0):
                self.turned_away["address"] += 1
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
        if parsed is None or not self._is_exempt(parsed):
            return address_key(parsed)
        shared = is_in(parsed, self._proxies) and not is_in(parsed, self._unlimited)
        return PROXIED if shared else None

    def flooded(self, address: str, now: float) -> None:
        """Note that a connection of this address was cut for a flood."""
        self.turned_away["flood"] += 1
        key = address_key(parse_address(address))
        if self._floods.take(key, now):
            self._out_until[key] = now + KEPT_OUT_S
            self._out_until.move_to_end(key)
            if len(self._out_until) > KEYS_MAX:
                self._out_until.popitem(last=False)

    def wait_s(self, address: str, now: float) -> float:
        """Return how long a new connection of this address waits until it is heard."""
        out_until = self._out_until.get(address_key(parse_address(address)), 0.0)
        return WAIT_S if now < out_until else 0.0

    def speaks_for_others(self, address: str) -> bool:
        """Tell whether an address is a proxy's, and proxies say whom they pass on."""
        if not self._headers:
            return False
        parsed = parse_address(address)
        return parsed is not None and is_in(parsed, self._proxies)

    def _is_exempt(self, address: Address | None) -> bool:
        if address is None:
            return False
        return (
            address.is_loopback or is_in(address, self._proxies) or is_in(address, self._unlimited)
        )


def is_in(address: Address, networks: Sequence[Network]) -> bool:
    """Tell whether an address belongs to one of the networks."""
    return any(address in network for network in networks)


def parse_address(text: str) -> Address | None:
    """Return the address that a text is, None if it is none.

    An IPv4 address that is written as an IPv6 one (``::ffff:192.0.2.1``) is the IPv4 address.
    """
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
