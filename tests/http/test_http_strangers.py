"""What strangers send over HTTP: it gets the right error, and costs nobody else anything."""

import asyncio
import logging
import random
import socket
from pathlib import Path

import pytest
from http_server import DEADLINE_S, HOST, http_server
from raw_http import raw_connection
from strangers import (
    GROWTH_MAX_BYTES,
    Make,
    answers_to,
    check,
    drip,
    hurry,
    memory_bytes,
    table_of_others,
)

from rachel_server.http.requests import BODY_BYTES_MAX

REQUESTS = 4000
AT_ONCE = 20


def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randrange(1, 400)) + b"\r\n\r\n"


def tls_hello(rng: random.Random) -> bytes:
    return b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(500)


def rubp_frame(rng: random.Random) -> bytes:
    return b"RACH\x02\x01" + rng.randbytes(58) + b"\r\n\r\n"


def unknown_path(rng: random.Random) -> bytes:
    path = "".join(rng.choices("abc/%2e.\\~?&=;", k=rng.randrange(1, 200)))
    return f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def traversal(rng: random.Random) -> bytes:
    path = "/".join(rng.choices(["..", "%2e%2e", "etc", "passwd", ".env", ".git", "%00"], k=6))
    return f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def odd_method(rng: random.Random) -> bytes:
    method = rng.choice(["BREW", "get", "TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "\x00", ""])
    return f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def odd_version(rng: random.Random) -> bytes:
    version = rng.choice(["0.9", "1.2", "2.0", "9.9", "1", "x", ""])
    return f"GET / HTTP/{version}\r\nHost: x\r\n\r\n".encode()


def long_line(rng: random.Random) -> bytes:
    return b"GET /" + b"a" * rng.randrange(8200, 70000) + b" HTTP/1.1\r\nHost: x\r\n\r\n"


def long_header(rng: random.Random) -> bytes:
    return b"GET / HTTP/1.1\r\nX: " + b"a" * rng.randrange(8200, 70000) + b"\r\n\r\n"


def many_headers(rng: random.Random) -> bytes:
    headers = b"".join(b"X-%d: y\r\n" % number for number in range(rng.randrange(100, 3000)))
    return b"GET / HTTP/1.1\r\n" + headers + b"\r\n"


def broken_header(rng: random.Random) -> bytes:
    line = rng.choice(
        [b"no colon", b": no name", b"a b: c", b"X: a\x00b", b"X\xff: y", b" fold: x"]
    )
    return b"GET /health/live HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n"


def odd_length(rng: random.Random) -> bytes:
    length = rng.choice(["-1", "abc", "1e3", "99999999999999999999", "0x10", "5, 5", ""])
    return f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nhello".encode()


def two_lengths(rng: random.Random) -> bytes:
    return (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nhello"
    )


def large_body(rng: random.Random) -> bytes:
    size = BODY_BYTES_MAX + rng.randrange(1, 100_000)
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + bytes(size)


def promised_body(rng: random.Random) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\nthat is all"


def broken_chunks(rng: random.Random) -> bytes:
    chunk = rng.choice([b"zz\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloX", b"ffffffffffffffff\r\n"])
    return b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk


def zipped_body(rng: random.Random) -> bytes:
    return (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
        + rng.randbytes(20)
    )


def unwanted_upgrade(rng: random.Random) -> bytes:
    return (
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        + rng.randbytes(30)
    )


def expectation(rng: random.Random) -> bytes:
    return b"POST /x HTTP/1.1\r\nHost: x\r\nExpect: cake\r\nContent-Length: 4\r\n\r\ncake"


def forged_origin(rng: random.Random) -> bytes:
    return (
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n"
        b"X-Forwarded-Proto: https\r\nForwarded: for=127.0.0.1;proto=https\r\n"
        b"Authorization: Bearer " + rng.randbytes(8).hex().encode() + b"\r\n\r\n"
    )


FLOOD: tuple[Make, ...] = (
    noise, tls_hello, rubp_frame, unknown_path, traversal, odd_method, odd_version, long_line,
    long_header, many_headers, broken_header, odd_length, two_lengths, large_body, promised_body,
    broken_chunks, zipped_body, unwanted_upgrade, expectation, forged_origin,
)  # fmt: skip


@pytest.mark.parametrize("make", FLOOD)
async def test_each_kind_gets_an_error_or_nothing(tmp_path: Path, make: Make) -> None:
    rng = random.Random(make.__name__)
    harmless = {odd_version, unknown_path, odd_method, zipped_body, unwanted_upgrade}
    async with http_server(tmp_path) as served:
        for _ in range(10):
            for answer in await answers_to(served.port, make(rng)):
                check(make, answer)
                assert answer.status >= 400 or make in harmless, f"{make.__name__}: {answer}"


async def test_flood_changes_nothing_for_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    rng = random.Random("flood")
    statuses: set[int] = set()

    async def send_some(number: int) -> None:
        for _ in range(number):
            make = rng.choice(FLOOD)
            for answer in await answers_to(served.port, make(rng)):
                check(make, answer)
                statuses.add(answer.status)

    async with http_server(tmp_path) as served, table_of_others(served):
        await asyncio.gather(*(send_some(REQUESTS // 2 // AT_ONCE) for _ in range(AT_ONCE)))
        halfway = memory_bytes()
        await asyncio.gather(*(send_some(REQUESTS // 2 // AT_ONCE) for _ in range(AT_ONCE)))
        grown = memory_bytes() - halfway
        healthy = (await served.ask("/health")).status
    assert {400, 403, 404, 405, 413, 417, 429, 431} <= statuses
    assert grown < GROWTH_MAX_BYTES
    assert healthy == 200
    assert not caplog.records  # nothing of it is an error of ours


async def send_for_ever(sock: socket.socket, data: bytes) -> None:
    """Send the same again and again, and read nothing.

    Raises:
        ConnectionError: the other side has closed the connection.
    """
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await asyncio.get_running_loop().sock_sendall(sock, data)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.mark.usefixtures("impatient")
async def test_headers_that_never_end_are_cut(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path) as served,
        table_of_others(served),
        raw_connection(served.port) as silent,
        raw_connection(served.port) as slow,
    ):
        await silent.send(b"GET / HTTP/1.1\r\nHost: ")
        await slow.send(b"GET / HTTP/1.1\r\nX: ")
        await drip(slow, b"a")
        assert await silent.until_closed() == b""


@pytest.mark.usefixtures("impatient")
async def test_body_that_never_ends_is_given_up(tmp_path: Path) -> None:
    request = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
    async with (
        http_server(tmp_path) as served,
        table_of_others(served),
        raw_connection(served.port) as slow,
    ):
        await slow.send(request)
        assert (await slow.answer()).status == 404  # not worth waiting for
        await drip(slow, b"a")


@pytest.mark.usefixtures("impatient")
async def test_reader_that_never_reads_is_cut(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, table_of_others(served):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect((HOST, served.port))
            sock.setblocking(False)
            with pytest.raises(ConnectionError):
                await send_for_ever(sock, 100 * b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")


async def test_pipelined_requests_are_answered_in_order(tmp_path: Path) -> None:
    paths = ["/health/live", "/nothing", "/", "/health/ready", "/nothing"]
    async with http_server(tmp_path) as served, raw_connection(served.port) as connection:
        await connection.send(
            b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths)
        )
        statuses = [(await connection.answer()).status for _ in paths]
    assert statuses == [200, 404, 200, 200, 404]
