"""Production is HTTPS only, and only trusted proxies can say that a request came that way."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from http_server import http_server
from raw_http import raw_connection

HERE = (ip_network("127.0.0.0/8"),)
ELSEWHERE = (ip_network("10.0.0.0/8"),)
PUBLIC = "cards.example.org"


@pytest.mark.parametrize("trusted", [(), ELSEWHERE, HERE])
@pytest.mark.parametrize("environment", ["development", "production"])
async def test_redirect_and_hsts(
    tmp_path: Path, environment: str, trusted: tuple[Any, ...]
) -> None:
    chosen = {"environment": environment, "trusted_proxies": trusted, "public_host": PUBLIC}
    answers = {}
    async with http_server(tmp_path, **chosen) as served:
        for said in ("", "http", "https", "https, http"):
            headers = {"X-Forwarded-Proto": said} if said else {}
            answers[said] = await served.ask("/?a=b", headers=headers)
    for said, answer in answers.items():
        if environment == "development":
            assert answer.status == 200
            assert "Strict-Transport-Security" not in answer.headers
        elif trusted is HERE and said == "https":
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        else:
            assert answer.status == 308
            assert answer.headers["Location"] == f"https://{PUBLIC}/?a=b"
            assert "Strict-Transport-Security" not in answer.headers  # would not count anyway
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_machines_inside_are_not_redirected(tmp_path: Path) -> None:
    async with http_server(tmp_path, environment="production", public_host=PUBLIC) as served:
        for path in ("/health", "/health/live", "/health/ready", "/metrics"):
            assert (await served.ask(path)).status == 200, path


async def test_everything_else_is(tmp_path: Path) -> None:
    async with http_server(tmp_path, environment="production", public_host=PUBLIC) as served:
        for path in ("/healthy", "/health/", "/nothing", "/api/v1/nothing"):
            answer = await served.ask(path)
            assert answer.headers["Location"] == f"https://{PUBLIC}{path}"


async def test_methods_survive_the_redirect(tmp_path: Path) -> None:
    async with http_server(tmp_path, environment="production", public_host=PUBLIC) as served:
        answer = await served.ask("/api/v1/nothing", "POST", data=b"{}")
    assert answer.status == 308


@pytest.mark.parametrize(
    ("host", "location"),
    [
        (b"cards.example.net:4000", "https://cards.example.net/x"),
        (b"evil.example\\@x", None),
        (b"-", None),
        (b"", None),
    ],
)
async def test_without_a_public_name_the_one_asked_for_is_taken(
    tmp_path: Path, host: bytes, location: str | None
) -> None:
    async with (
        http_server(tmp_path, environment="production") as served,
        raw_connection(served.port) as connection,
    ):
        await connection.send(b"GET /x HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        answer = await connection.answer()
    if location is None:
        assert (answer.status, answer.json["error"]) == (400, "https_required")
    else:
        assert (answer.status, answer.headers["location"]) == (308, location)


@pytest.mark.parametrize("path", [b"//evil.example/", b"/\\evil.example", b"/%0d%0aX-Evil:%201"])
async def test_redirect_leads_nowhere_else(tmp_path: Path, path: bytes) -> None:
    async with (
        http_server(tmp_path, environment="production", public_host=PUBLIC) as served,
        raw_connection(served.port) as connection,
    ):
        await connection.send(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await connection.answer()
    assert "x-evil" not in answer.headers
    if answer.status == 308:
        assert answer.headers["location"].startswith(f"https://{PUBLIC}/")
    else:
        assert answer.status == 400
