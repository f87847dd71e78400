"""Addresses as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rachel.address import address_text, names_port, parse_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("example.org", "example.org", 1982),
        (" example.org:6502 ", "example.org", 6502),
        ("localhost:1", "localhost", 1),
        ("192.0.2.7:65535", "192.0.2.7", 65535),
        ("[::1]:6502", "::1", 6502),
        ("[::1]", "::1", 1982),
        ("::1", "::1", 1982),
        ("2001:db8::7:1982", "2001:db8::7:1982", 1982),
        ("fe80::1%eth0", "fe80::1%eth0", 1982),
        ("bücher.example:80", "xn--bcher-kva.example", 80),
    ],
)
def test_an_address_is_understood(text: str, host: str, port: int) -> None:
    assert parse_address(text) == (host, port)
    assert parse_address(address_text(host, port)) == (host, port)


def test_the_default_port_is_the_callers() -> None:
    assert parse_address("example.org", default_port=6502) == ("example.org", 6502)


@pytest.mark.parametrize(
    ("text", "names"),
    [("example.org", False), (" example.org:1982 ", True), ("::1", False), ("[::1]:6502", True)],
)
def test_whether_the_port_is_named(text: str, names: bool) -> None:
    assert names_port(text) is names


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ":1982", "[]", "[]:1982", "[example.org]:1982", "[::1", "::1]:1982", "[::1]1982",
        "::g", "a b", "a/b", "a@b", "rubp://example.org", ".", "a..b", "x" * 64 + ".org", "a\x1b[m",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not an address; write it like|names no port"
    ) as error:
        parse_address(text)
    assert "\n" not in str(error.value)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("port", ["", "0", "65536", "x", "-1", "+1", "1_0", "٣", "123456"])
@pytest.mark.parametrize("host", ["example.org", "[::1]"])
def test_what_is_no_port_is_refused(host: str, port: str) -> None:
    with pytest.raises(ValueError, match="ports are 1 to 65535"):
        parse_address(f"{host}:{port}")


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        host, port = parse_address(text)
    except ValueError:
        return
    assert parse_address(address_text(host, port)) == (host, port)
