"""Errors as pages for browsers, and as JSON for everybody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from browser import ACCEPT, FORM_TYPE, Page
from http_server import HttpServer, http_server
from sqlalchemy.exc import OperationalError

from rachel_server.core.limits import RateLimit
from rachel_server.http.errors import ApiError
from rachel_server.http.limiting import limited
from rachel_server.http.pages import public
from rachel_server.http.requests import BODY_BYTES_MAX

ONCE = RateLimit("once", burst=1, per_minute=1)


async def fail(request: web.Request) -> web.Response:
    raise LookupError("7H")


async def lose_database(request: web.Request) -> web.Response:
    raise OperationalError("SELECT secret", {}, OSError("gone"))


async def refuse(request: web.Request) -> web.Response:
    raise ApiError(409, "seat_taken", "<b>Somebody</b> sits there.", details={"seat": 2})


@limited(ONCE)
async def rarely(request: web.Request) -> web.Response:
    return web.Response(text="this once")


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpServer]:
    """Run a server where more goes wrong."""
    more = [
        *public.ROUTES,
        web.get("/fail", fail),
        web.get("/lose", lose_database),
        web.get("/refuse", refuse),
        web.get("/rarely", rarely),
        web.get("/api/v1/fail", fail),
    ]
    monkeypatch.setattr(public, "ROUTES", more)
    async with http_server(tmp_path) as server:
        yield server


async def page_at(
    served: HttpServer, path: str, method: str = "GET", *, data: bytes | None = None
) -> Page:
    """Return what a browser is shown."""
    headers = {"Accept": ACCEPT, "Sec-Fetch-Site": "same-origin", "Content-Type": FORM_TYPE}
    answer = await served.ask(path, method, headers=headers, data=data)
    return Page(answer.status, path, answer.headers, answer.text)


async def test_browsers_see_pages(served: HttpServer) -> None:
    await served.ask("/rarely")
    shown = [
        (await page_at(served, "/nothing"), 404, "There is nothing here."),
        (await page_at(served, "/leaderboard", "DELETE"), 405, "does not answer to that method"),
        (await page_at(served, "/rarely"), 429, "Too many requests: wait 60 s."),
        (await page_at(served, "/fail"), 500, "Something went wrong on the server's side."),
        (await page_at(served, "/lose"), 503, "try again in a moment"),
        (await page_at(served, "/refuse"), 409, "<b>Somebody</b> sits there."),
        (await page_at(served, "/account/login", "POST"), 403, "reload the form"),
        (
            await page_at(served, "/account/login", "POST", data=bytes(BODY_BYTES_MAX + 1)),
            413,
            "larger than this server accepts",
        ),
    ]
    for page, status, text in shown:
        assert page.status == status, page.source
        assert text in page.text
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Request-Id"]
        nonce = str(page.tag("style")["nonce"])
        assert nonce in page.headers["Content-Security-Policy"]
        assert "b" not in {tag for tag, _ in page.tags}
        for telling in ("7H", "LookupError", "SELECT", "Traceback", "aiohttp"):
            assert telling not in page.source.replace(nonce, "")
        assert "/" in page.links


async def test_pages_carry_the_headers_of_their_errors(served: HttpServer) -> None:
    await served.ask("/rarely")
    assert (await page_at(served, "/rarely")).headers["Retry-After"] == "60"
    assert (await page_at(served, "/lose")).headers["Retry-After"] == "5"
    allowed = (await page_at(served, "/leaderboard", "DELETE")).headers["Allow"]
    assert set(allowed.split(",")) == {"GET", "HEAD"}
    assert (await served.ask("/nothing", "HEAD", headers={"Accept": ACCEPT})).text == ""


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (ACCEPT, True),
        ("text/html", True),
        ("Text/HTML;charset=utf-8;q=0.3", True),
        ("application/json;q=0.5, text/html", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("text/html;q=nan", False),
        ("text/html;q=", False),
        ("text/plain", False),
        (";;;,,,=;q=;", False),
        ("text/*", False),
    ],
)
async def test_who_prefers_what(tmp_path: Path, accept: str, html: bool) -> None:
    async with http_server(tmp_path) as served:
        answer = await served.ask("/nothing", headers={"Accept": accept})
    assert answer.status == 404
    assert answer.text.startswith("<!doctype html>" if html else '{"error": "not_found"')


async def test_addresses_for_programs_answer_programs(served: HttpServer) -> None:
    for path, method, status in (
        ("/api/v1/nothing", "GET", 404),
        ("/api/v2/tables", "GET", 404),
        ("/api/v1/fail", "GET", 500),
        ("/health", "POST", 405),
        ("/health/live", "DELETE", 405),
        ("/metrics", "POST", 405),
    ):
        answer = await served.ask(path, method, headers={"Accept": "text/html"})
        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
