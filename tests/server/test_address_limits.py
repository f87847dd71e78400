"""How many connections one address may hold, and what comes of its floods."""

from ipaddress import ip_network

import pytest

from rachel_server.core.limits import PROXIED
from rachel_server.edge.limits import (
    CONNECTIONS_PER_ADDRESS_MAX,
    FLOODS,
    KEPT_OUT_S,
    WAIT_S,
    AddressLimits,
)

NETWORK = [ip_network("192.0.2.0/24")]


def test_address_has_a_limit_of_its_own() -> None:
    limits = AddressLimits(per_address_max=2)
    assert [limits.connect("192.0.2.1", 0.0) for _ in range(3)] == [True, True, False]
    assert limits.connect("192.0.2.2", 0.0)


def test_connection_that_ends_makes_room_for_one() -> None:
    limits = AddressLimits(per_address_max=1)
    assert limits.connect("192.0.2.1", 0.0)
    assert not limits.connect("192.0.2.1", 0.0)
    limits.disconnect("192.0.2.1")
    assert [limits.connect("192.0.2.1", 0.0) for _ in range(2)] == [True, False]


def test_who_has_a_network_of_ipv6_addresses_counts_once() -> None:
    limits = AddressLimits(per_address_max=2)
    addresses = ["2001:db8::1", "2001:db8:0:ff::1%eth0", "2001:db8:0:ff00::2"]
    assert [limits.connect(address, 0.0) for address in addresses] == [True, True, False]
    assert limits.connect("2001:db8:1::1", 0.0)
    limits.disconnect("2001:db8::1")
    assert limits.connect("2001:db8::3", 0.0)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_not_limited(address: str) -> None:
    limits = AddressLimits()
    assert all(limits.connect(address, 0.0) for _ in range(2 * CONNECTIONS_PER_ADDRESS_MAX))


@pytest.mark.parametrize(
    "address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "", "nonsense"]
)
def test_everybody_else_is_limited(address: str) -> None:
    limits = AddressLimits()
    allowed = [limits.connect(address, 0.0) for _ in range(CONNECTIONS_PER_ADDRESS_MAX + 1)]
    assert allowed == [True] * CONNECTIONS_PER_ADDRESS_MAX + [False]


@pytest.mark.parametrize(
    "limits", [AddressLimits(1, proxies=NETWORK), AddressLimits(1, unlimited=NETWORK)]
)
def test_networks_that_are_exempt_are_not_limited(limits: AddressLimits) -> None:
    assert all(limits.connect(address, 0.0) for address in ("192.0.2.1", "::ffff:192.0.2.1") * 5)
    assert [limits.connect("198.51.100.1", 0.0) for _ in range(2)] == [True, False]


def test_what_counts_an_address_is_its_customer_and_nothing_where_nobody_counts() -> None:
    limits = AddressLimits(
        proxies=[ip_network("192.0.2.0/24"), ip_network("127.0.0.9")],
        unlimited=[ip_network("192.0.2.128/25"), ip_network("203.0.113.7")],
    )
    assert limits.counts_as("198.51.100.1") == limits.counts_as("::ffff:198.51.100.1")
    assert limits.counts_as("2001:db8::1") == limits.counts_as("2001:db8:0:ffff::2")
    assert limits.counts_as("2001:db8::1") != limits.counts_as("2001:db8:1::1")
    free = ("127.0.0.1", "::1", "203.0.113.7", "192.0.2.200")
    assert [limits.counts_as(it) for it in free] == [None] * 4
    assert [limits.counts_as(it) for it in ("192.0.2.7", "127.0.0.9")] == [PROXIED] * 2


def flood(limits: AddressLimits, address: str, times: int) -> None:
    for _ in range(times):
        limits.flooded(address, 0.0)


def test_an_address_that_floods_again_and_again_is_kept_out_for_a_while() -> None:
    limits = AddressLimits()
    flood(limits, "192.0.2.1", FLOODS.burst)
    assert limits.connect("192.0.2.1", 0.0), "once may be bad luck"
    flood(limits, "192.0.2.1", 1)
    assert not limits.connect("192.0.2.1", KEPT_OUT_S - 1)
    assert limits.connect("192.0.2.2", 1.0)
    assert limits.connect("192.0.2.1", KEPT_OUT_S)


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_where_all_may_have_one_address_it_waits_instead(address: str) -> None:
    limits = AddressLimits(proxies=[ip_network("192.0.2.0/24")])
    flood(limits, address, FLOODS.burst)
    assert limits.wait_s(address, 1.0) == 0
    flood(limits, address, 1)
    assert limits.connect(address, 1.0)
    assert limits.wait_s(address, KEPT_OUT_S - 1) == WAIT_S
    assert limits.wait_s(address, KEPT_OUT_S) == 0
    assert limits.wait_s("127.0.0.2", 1.0) == 0
