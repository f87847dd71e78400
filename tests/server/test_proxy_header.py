"""Headers of the PROXY protocol, as proxies write them, and as nobody should."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proxied import SIGNATURE, header_v1, header_v2

from rachel_server.edge.proxy_header import BrokenHeader, ProxyHeader, read_header

ADDRESSES = st.ip_addresses()
NONE = ProxyHeader(0, "")


@given(ADDRESSES, st.binary(max_size=300), st.binary(max_size=50), st.sampled_from([1, 2]))
def test_a_header_is_read_once_it_is_whole_and_ends_where_it_ends(
    source: IPv4Address | IPv6Address, more: bytes, rest: bytes, version: int
) -> None:
    header = header_v1(source) if version == 1 else header_v2(source, more=more)
    assert [read_header(header[:end]) for end in range(len(header))] == [None] * len(header)
    assert read_header(header + rest) == ProxyHeader(len(header), str(source))


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n",
        SIGNATURE + b"\x20\x00\x00\x00",
        SIGNATURE + b"\x20\x11\x00\x0c" + bytes(12),
        SIGNATURE + b"\x20\xff\x00\x03abc",
        SIGNATURE + b"\x21\x00\x00\x07\x04\x00\x04abcd",
        SIGNATURE + b"\x21\x12\x00\x0c" + bytes(12),
        SIGNATURE + b"\x21\x31\x00\xd8" + bytes(216),
    ],
)
def test_a_proxy_may_speak_for_itself(header: bytes) -> None:
    assert read_header(header) == ProxyHeader(len(header), "")
    assert read_header(header[:-1]) is None


@pytest.mark.parametrize(
    "data",
    [b"RACH", b"SSH-2.0-x", b"\x16\x03\x01", b"POST / HTTP/1.1", b"PROXY\r\n", b"\r\n\r\n\x00\n"],
)
def test_other_beginnings_are_no_header(data: bytes) -> None:
    assert read_header(data) == NONE


@pytest.mark.parametrize(
    "data",
    [
        b"PROXY \r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        b"PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        b"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY TCP6 fe80::1%\x1b[2J fe80::2 1 2\r\n",
        b"PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n" + b"x" * 99,
        b"PROXY UNKNOWN " + b"x" * 92 + b"\r\n",
        SIGNATURE + b"\x11\x11\x00\x0c",
        SIGNATURE + b"\x22\x11\x00\x0c",
        SIGNATURE + b"\x21\x11\x00\x0b",
        SIGNATURE + b"\x21\x21\x00\x23",
        SIGNATURE + b"\x21\x41\x00\xff",
        SIGNATURE + b"\x21\x11\x0f\xf1",
        SIGNATURE + b"\x20\x00\xff\xff",
    ],
)
def test_what_is_malformed_or_too_long_is_broken_at_once(data: bytes) -> None:
    with pytest.raises(BrokenHeader):
        read_header(data)


@given(st.sampled_from([b"PROXY ", SIGNATURE]), st.binary(max_size=200))
def test_no_bytes_raise_anything_else(start: bytes, data: bytes) -> None:
    try:
        header = read_header(start + data)
    except BrokenHeader:
        return
    assert header is None or header.size <= len(start + data)
