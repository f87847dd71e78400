"""Who a request comes from: nobody is believed about themselves, and proxies only when trusted."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from rachel_server.http.clients import Client, client_of

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"))


def request_from(
    peer: object, headers: Mapping[str, str] | CIMultiDict[str] | None = None, *, tls: bool = False
) -> web.BaseRequest:
    """Return a request with nothing but what says where it comes from."""
    transport = SimpleNamespace(get_extra_info={"peername": peer}.get)
    request: Any = SimpleNamespace(
        transport=transport, headers=CIMultiDictProxy(CIMultiDict(headers or {})), secure=tls
    )
    return cast(web.BaseRequest, request)


def client(peer: str, headers: Mapping[str, str] | CIMultiDict[str] | None = None) -> Client:
    return client_of(request_from((peer, 4711), headers), TRUSTED)


@pytest.mark.parametrize(
    ("peer", "hops", "expected"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),  # a stranger's own invention
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.9, 192.0.2.1", "192.0.2.1"),  # what came with it is not believed
        ("10.0.0.1", "127.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.9, 192.0.2.1, 10.0.0.3, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "192.0.2.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ",,,", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
        ("10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
        ("10.0.0.1", "2001:db8::9", "2001:db8::9"),
        ("::ffff:10.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1::1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8:2::1", "192.0.2.1", "2001:db8:2::1"),
        ("10.0.0.1", ", ".join(["192.0.2.1"] + 100 * ["10.0.0.2"]), "10.0.0.2"),
    ],
)
def test_address_is_the_last_that_no_trusted_proxy_has(
    peer: str, hops: str | None, expected: str
) -> None:
    headers = {} if hops is None else {"X-Forwarded-For": hops}
    assert client(peer, headers).address == ip_address(expected)


def test_header_lines_count_in_their_order() -> None:
    lines = CIMultiDict(
        [("X-Forwarded-For", "198.51.100.9"), ("X-Forwarded-For", "192.0.2.1, 10.0.0.2")]
    )
    assert client("10.0.0.1", lines).address == ip_address("192.0.2.1")


@pytest.mark.parametrize(
    ("peer", "said", "secure"),
    [
        ("192.0.2.1", None, False),
        ("192.0.2.1", "https", False),
        ("10.0.0.1", None, False),
        ("10.0.0.1", "http", False),
        ("10.0.0.1", "https", True),
        ("10.0.0.1", "HTTPS ", True),
        ("10.0.0.1", "https, http", False),  # the proxy's own word is the last
        ("10.0.0.1", "http, https", True),
        ("10.0.0.1", "https nonsense", False),
    ],
)
def test_scheme_is_what_a_trusted_proxy_says(peer: str, said: str | None, secure: bool) -> None:
    headers = {} if said is None else {"X-Forwarded-Proto": said}
    assert client(peer, headers).secure is secure


def test_tls_of_our_own_is_secure() -> None:
    assert client_of(request_from(("192.0.2.1", 1), tls=True), ()).secure
    behind = request_from(("10.0.0.1", 1), {"X-Forwarded-Proto": "http"}, tls=True)
    assert client_of(behind, TRUSTED).secure


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_program_on_this_machine_is_local(peer: str) -> None:
    assert client(peer).local


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Proto", "X-Forwarded-Host"],
)
def test_what_a_proxy_on_this_machine_passes_on_is_not_local(header: str) -> None:
    assert not client("127.0.0.1", {header: "127.0.0.1"}).local


def test_what_a_trusted_proxy_passes_on_is_not_local() -> None:
    here = (ip_network("127.0.0.0/8"),)
    for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}):
        assert not client_of(request_from(("127.0.0.1", 1), headers), here).local


def test_connection_without_an_address() -> None:
    for peer in (None, "", ()):
        nobody = client_of(request_from(peer), TRUSTED)
        assert (nobody.address, nobody.local) == (None, False)


def test_customers_of_one_ipv6_network_count_as_one() -> None:
    for mine in ("2001:db8:9::2", "2001:db8:9:ff::1", "2001:db8:9:ffff::1"):  # of a /64, /56, /48
        assert client("2001:db8:9::1").key == client(mine).key
    assert client("2001:db8:9::1").key != client("2001:db8:a::1").key
    assert client("192.0.2.1").key != client("192.0.2.2").key
    assert client("192.0.2.1").key == client("::ffff:192.0.2.1").key
    assert client("fe80::1%eth0").address == ip_address("fe80::1")
