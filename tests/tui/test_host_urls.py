"""Finding a host's HTTP side: what a player may type, and where no password may go."""

import pytest

from rachel_tui.net.host_urls import HostUrl, called_host, invitation_in, parse_url, possible_urls


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("example.org", ["https://example.org"]),
        (" Example.ORG ", ["https://example.org"]),
        ("example.org.", ["https://example.org"]),
        ("example.org:4000", ["https://example.org:4000"]),
        ("192.0.2.7", ["https://192.0.2.7"]),
        ("10.0.0.1:4000", ["https://10.0.0.1:4000"]),
        ("bücher.example", ["https://xn--bcher-kva.example"]),
        ("localhost", ["https://localhost", "http://localhost:4000"]),
        ("localhost:8080", ["https://localhost:8080", "http://localhost:8080"]),
        ("127.0.0.1", ["https://127.0.0.1", "http://127.0.0.1:4000"]),
        ("::1", ["https://[::1]", "http://[::1]:4000"]),
        ("[::1]:4001", ["https://[::1]:4001", "http://[::1]:4001"]),
        ("localhost.example.org", ["https://localhost.example.org"]),
        ("https://example.org", ["https://example.org"]),
        ("https://example.org/", ["https://example.org"]),
        ("https://example.org:443", ["https://example.org"]),
        ("HTTPS://Example.org:8443/Cards/", ["https://example.org:8443/Cards"]),
        ("http://example.org", ["http://example.org"]),
        ("http://localhost:4000.", ["http://localhost:4000"]),
        ("https://localhost", ["https://localhost"]),
        ("http://[2001:db8::7]:4000", ["http://[2001:db8::7]:4000"]),
    ],
)
def test_where_a_host_may_be(typed: str, urls: list[str]) -> None:
    found = possible_urls(typed)
    assert [str(url) for url in found] == urls
    assert [parse_url(str(url)) for url in found] == found


@pytest.mark.parametrize(
    "typed",
    [
        "", "a b", "example.org:0", "example.org:x", "example.org/cards", "ftp://example.org",
        "https://", "https://a:b@example.org", "https://example.org/?q", "https://example.org/#f",
        "https://example.org/a b", "https://example.org/a\r\nX: y", "https://[::1", "//example.org",
        "https://example.org:99999", "https://exa\x1b[mmple.org",
    ],
)  # fmt: skip
def test_what_is_no_host_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not an address; write it like|names no port"
    ) as error:
        possible_urls(typed)
    assert "\n" not in str(error.value)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "typed"),
    [
        ("https://example.org", "example.org"),
        ("https://example.org:8443", "example.org:8443"),
        ("https://[::1]", "[::1]"),
        ("https://example.org/cards", "https://example.org/cards"),
        ("http://localhost:4000", "http://localhost:4000"),
    ],
)
def test_the_least_to_type_means_the_same(url: str, typed: str) -> None:
    meant = parse_url(url)
    assert meant.typed == typed
    assert possible_urls(typed)[0] == meant


def test_what_the_host_header_says() -> None:
    assert HostUrl("http", "::1", 80).authority == "[::1]"
    assert HostUrl("https", "example.org", 80).authority == "example.org:80"


@pytest.mark.parametrize(
    ("text", "host", "room"),
    [
        ("http://example.org:4000/t/tea42", "http://example.org:4000", "TEA42"),
        ("https://example.org/cards/t/CAKE/.", "https://example.org/cards", "CAKE"),
        ("example.org/t/CAKE", "example.org", "CAKE"),
        ("https://example.org/t/CAKE?watch=1", "https://example.org", "CAKE"),
        ("http://example.org/t/CAKE?watch=2", "http://example.org/t/CAKE?watch=2", ""),
        ("example.org", "example.org", ""),
        ("http://example.org/t/", "http://example.org/t/", ""),
        ("http://example.org/t/NINELETTER", "http://example.org/t/NINELETTER", ""),
    ],
)
def test_the_link_of_a_table_names_host_and_room(text: str, host: str, room: str) -> None:
    assert invitation_in(text) == (host, room)


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("http://127.0.0.1:4000", "127.0.0.1"),
        ("https://cards.example.org/rachel", "cards.example.org"),
        ("http://[2001:db8::7]:4000", "2001:db8::7"),
        ("http://localhost:8080", "localhost:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("cards.example.org", "cards.example.org"),
        ("192.168.1.7:1982", "192.168.1.7:1982"),
    ],
)
def test_what_a_player_reads_for_a_host(typed: str, called: str) -> None:
    assert called_host(typed) == called
