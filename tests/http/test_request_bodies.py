"""Bodies and mistakes: what a handler meets that reads a body, or fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from http_server import HttpServer, http_server
from raw_http import raw_connection

from rachel_server.http import requests
from rachel_server.http.errors import ApiError
from rachel_server.http.pages import public
from rachel_server.http.requests import BODY_BYTES_MAX
from rachel_server.http.security import set_private_cookie

POST = b"POST /read HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


async def read(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def fail(request: web.Request) -> web.Response:
    hidden_card = "7H"
    raise LookupError(f"the card {hidden_card} is nowhere")


async def refuse(request: web.Request) -> web.Response:
    raise ApiError(409, "seat_taken", "Somebody sits there.", details={"seat": 2})


async def wait(request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def remember(request: web.Request) -> web.Response:
    answer = web.Response(text="remembered")
    set_private_cookie(request, answer, "session", "abc", max_age_s=60)
    return answer


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpServer]:
    """Run a server with some routes more."""
    more = [
        *public.ROUTES,
        web.post("/read", read),
        web.get("/fail", fail),
        web.get("/refuse", refuse),
        web.get("/wait", wait),
        web.get("/remember", remember),
    ]
    monkeypatch.setattr(public, "ROUTES", more)
    async with http_server(tmp_path) as server:
        yield server


@pytest.mark.parametrize(
    ("size", "status"), [(0, 200), (1, 200), (BODY_BYTES_MAX, 200), (BODY_BYTES_MAX + 1, 413)]
)
async def test_bodies_have_a_largest_size(served: HttpServer, size: int, status: int) -> None:
    answer = await served.ask("/read", "POST", data=bytes(size))
    assert answer.status == status
    if status == 200:
        assert answer.text == str(size)


async def test_size_counts_when_it_was_not_announced(served: HttpServer) -> None:
    chunk = b"8000\r\n" + bytes(0x8000) + b"\r\n"
    async with raw_connection(served.port) as connection:
        await connection.send(CHUNKED + 3 * chunk)
        answer = await connection.answer()
    assert (answer.status, answer.json["error"]) == (413, "body_too_large")


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloX\r\n"])
async def test_body_that_is_none(
    served: HttpServer, chunk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with raw_connection(served.port) as connection:
        await connection.send(CHUNKED + chunk)
        answer = await connection.answer()
        assert await connection.until_closed() == b""
    assert (answer.status, answer.json["error"]) == (400, "bad_request")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_body_that_stops_halfway(
    served: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with raw_connection(served.port) as connection:
        await connection.send(POST + b"Content-Length: 5\r\n\r\nhel")
        connection.end()
        await connection.until_closed()
    page = (await served.ask("/metrics")).text
    assert 'rachel_http_requests_total{method="POST",route="/read",status="400"} 1.0' in page
    assert 'status="5' not in page
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_body_that_is_too_slow(served: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "REQUEST_LIMIT_S", 0.5)
    async with raw_connection(served.port) as connection:
        await connection.send(POST + b"Content-Length: 5\r\n\r\nhel")
        answer = await connection.answer()
        assert await connection.until_closed() == b""
    assert (answer.status, answer.json["error"]) == (408, "request_timeout")


async def test_expected_continuation_is_given(served: HttpServer) -> None:
    async with raw_connection(served.port) as connection:
        await connection.send(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        await connection.send(b"hello")
        answer = await connection.answer()
    assert (answer.status, answer.body) == (200, b"5")


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
async def test_mistake_of_ours_tells_nothing(
    served: HttpServer, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await served.ask("/fail", headers={"Accept": accept})
    assert answer.status == 500
    if accept == "text/html":
        assert "Something went wrong on the server&#39;s side. Try again." in answer.text
        for telling in ("7H", "LookupError", "Traceback", ".py"):
            assert telling not in answer.text
    else:
        assert answer.text == (
            '{"error": "internal_error", '
            '"message": "Something went wrong on the server\'s side. Try again.", "details": null}'
        )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], LookupError)


async def test_handler_that_never_ends_is_given_up(
    served: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "REQUEST_LIMIT_S", 0.5)
    answer = await served.ask("/wait")
    assert (answer.status, '"unavailable"' in answer.text) == (503, True)


async def test_error_with_details(served: HttpServer) -> None:
    answer = await served.ask("/refuse")
    assert (answer.status, answer.text) == (
        409,
        '{"error": "seat_taken", "message": "Somebody sits there.", "details": {"seat": 2}}',
    )


async def test_log_knows_the_route_and_no_query(
    served: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await served.ask("/refuse?token=geheim", headers={"Authorization": "Bearer geheim"})
    await served.ask("/geheim")
    lines = [record.getMessage() for record in caplog.records if "rachel" in record.name]
    assert [line.partition(" in ")[0] for line in lines] == ["GET /refuse 409", "GET unmatched 404"]
    assert "geheim" not in caplog.text


async def test_cookies_are_private(served: HttpServer) -> None:
    cookie = (await served.ask("/remember")).headers["Set-Cookie"]
    assert set(cookie.split("; ")) == {
        "session=abc", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60",
    }  # fmt: skip


async def test_cookies_are_secure_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "ROUTES", [web.get("/remember", remember)])
    trusted = (ip_network("127.0.0.0/8"),)
    async with http_server(
        tmp_path, environment="production", trusted_proxies=trusted
    ) as production:
        answer = await production.ask("/remember", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")
