"""What every answer carries, whatever it answers; and the nonce that pages really use."""

import io
import json
import logging
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from http_server import Answer, http_server
from raw_http import raw_connection

from rachel_server.http.assets import web_folder
from rachel_server.http.requests import BODY_BYTES_MAX
from rachel_server.ops.secrets import Secret
from rachel_server.ops.telemetry import log_handler

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "Rachel",
}


def check_headers(headers: dict[str, str]) -> None:
    """Check what an answer carries; the names are in lower case."""
    for name, value in EXPECTED.items():
        assert headers[name.lower()] == value
    assert "camera=()" in headers["permissions-policy"]
    csp = directives(headers["content-security-policy"])
    assert csp["default-src"] == ["'none'"]
    assert csp["frame-ancestors"] == csp["base-uri"] == ["'none'"]
    for sources in csp.values():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(sources)
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])


def directives(csp: str) -> dict[str, list[str]]:
    """Return the directives of a Content-Security-Policy."""
    parts = (part.split() for part in csp.split(";"))
    return {name: sources for name, *sources in parts}


def lowered(answer: Answer) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/health", 200),
        ("GET", "/metrics", 401),
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/health", 405),
        ("PROPFIND", "/", 405),
        ("OPTIONS", "/", 405),
    ],
)
async def test_every_answer_carries_them(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with http_server(tmp_path, metrics_token=Secret("open sesame")) as served:
        answer = await served.ask(path, method)
    assert answer.status == status
    check_headers(lowered(answer))


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a" * 9000 + b": b\r\n\r\n", 431),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n", 417),
        (b"GET /nothing HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n", 417),
        (b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
    ],
)
async def test_so_does_the_answer_to_what_is_no_request(
    tmp_path: Path, request_bytes: bytes, status: int
) -> None:
    async with http_server(tmp_path) as served, raw_connection(served.port) as connection:
        await connection.send(request_bytes)
        answer = await connection.answer()
    assert answer.status == status
    check_headers(answer.headers)
    assert set(answer.json) == {"error", "message", "details"}


async def test_errors_are_json_with_identifiers(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        unknown = await served.ask("/api/v1/nothing")
        wrong_method = await served.ask("/health", "DELETE")
        too_large = await served.ask("/health", "POST", data=bytes(BODY_BYTES_MAX + 1))
    assert unknown.text == (
        '{"error": "not_found", "message": "There is nothing here.", "details": null}'
    )
    assert unknown.headers["Content-Type"] == "application/json; charset=utf-8"
    assert '"method_not_allowed"' in wrong_method.text
    assert set(wrong_method.headers["Allow"].split(",")) == {"GET", "HEAD"}
    assert (too_large.status, '"body_too_large"' in too_large.text) == (413, True)


async def test_no_request_id_is_taken_from_strangers(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        answers = [
            await served.ask("/health", headers={"X-Request-Id": "0123456789abcdef"})
            for _ in range(2)
        ]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 2
    assert "0123456789abcdef" not in ids


class Tags(HTMLParser):
    """The tags of a page, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


async def test_pages_use_the_nonce_of_their_policy(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        answers = [await served.ask("/") for _ in range(3)]
    nonces = set()
    for answer in answers:
        csp = directives(answer.headers["Content-Security-Policy"])
        (allowed,) = csp["style-src"]
        assert csp["script-src"] == [allowed]
        nonce = allowed.removeprefix("'nonce-").removesuffix("'")
        assert len(nonce) >= 22
        nonces.add(nonce)
        tags = Tags(answer.text).found
        inline = [attributes for tag, attributes in tags if tag in {"style", "script"}]
        assert inline
        assert {attributes["nonce"] for attributes in inline} == {nonce}
    assert len(nonces) == len(answers)


@pytest.mark.parametrize("template", sorted(web_folder().rglob("*.html")), ids=lambda it: it.name)
def test_no_template_asks_for_what_the_policy_forbids(template: Path) -> None:
    for tag, attributes in Tags(template.read_text()).found:
        if tag in {"style", "script"}:
            assert attributes.get("nonce") == "{{ nonce }}"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action"):
            target = attributes.get(name) or "/"
            assert target.startswith(("/", "{{", "#", "data:image/svg+xml,"))
            assert not target.startswith("//")


async def test_what_the_host_chose_is_text_in_a_page(tmp_path: Path) -> None:
    async with http_server(tmp_path, app_version="<script>1</script>&$nonce") as served:
        page = (await served.ask("/")).text
    assert "&lt;script&gt;1&lt;/script&gt;&amp;$nonce" in page
    assert "script" not in {tag for tag, _ in Tags(page).found}


async def test_start_page_says_how_to_play(tmp_path: Path) -> None:
    async with http_server(tmp_path, public_host="cards.example.org") as served:
        page = (await served.ask("/")).text
        port = served.server.rubp_ports[0]
    assert f"rachel play cards.example.org:{port}" in page
    assert 'href="/health"' in page


@pytest.mark.parametrize(
    "sent",
    [b"\x00\r\n\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n"],
    ids=["noise", "expectation"],
)
async def test_the_log_names_what_never_became_a_request_by_its_id(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    caplog.handler.setFormatter(log_handler(io.StringIO(), "json", {}).formatter)
    caplog.set_level(logging.INFO, "rachel_server.http.connection")
    answered = []
    async with http_server(tmp_path) as served:
        for _ in range(2):
            async with raw_connection(served.port) as connection:
                await connection.send(sent)
                answered.append((await connection.answer()).headers["x-request-id"])
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert [line["request_id"] for line in lines if "unmatched" in line["event"]] == answered
    assert len(set(answered)) == 2
