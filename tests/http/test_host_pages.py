"""What the host has to say, words for machines, and what a messenger shows of a link."""

import json
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser import browser_at
from http_server import http_server

from rachel_server.http.assets import assets
from rachel_server.ops.secrets import Secret


@pytest.mark.parametrize("name", ["privacy", "terms"])
async def test_the_hosts_own_words_are_shown_as_they_stand(tmp_path: Path, name: str) -> None:
    async with (
        http_server(tmp_path, contact="mailto:us@example.org") as served,
        browser_at(served) as browser,
    ):
        page = await browser.open(f"/{name}")
        assert "us@example.org" in page.text
        own = "# Ours\n\n<script>alert(1)</script> {{ 7 * 7 }} Zoë & co."
        (tmp_path / f"{name}.txt").write_bytes(own.encode() + b"\xff")
        page = await browser.open(f"/{name}")
        assert own.partition("<")[2] in page.text
        assert "<script>alert" not in page.source
        assert "us@example.org" not in page.text


async def test_privacy_tells_where_mail_and_errors_go(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        quiet = (await served.ask("/privacy")).text
    settings = {
        "mailgun_api_key": Secret("k"),
        "mailgun_domain": "mg.example.org",
        "sentry_dsn": Secret("https://k@sentry.example.org/1"),
    }
    async with http_server(tmp_path, **settings) as served:
        telling = (await served.ask("/privacy")).text
    for name in ("Mailgun", "Sentry"):
        assert (name in quiet, name in telling) == (False, True)
    for cookie in ("rachel_session", "rachel_form"):
        assert cookie in quiet


async def test_a_contact_for_security(tmp_path: Path) -> None:
    path = "/.well-known/security.txt"
    async with http_server(tmp_path) as served:
        assert (await served.ask(path)).status == 404
    contact = "https://example.org/security"
    async with http_server(tmp_path, contact=contact, public_host="cards.example.org") as served:
        answer = await served.ask(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == contact
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)
    assert fields["Canonical"] == f"http://cards.example.org:{served.port}{path}"


async def test_the_page_can_be_put_on_a_home_screen(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, browser_at(served) as browser:
        page = await browser.open("/")
        answer = await served.ask(page.tag("link", rel="manifest")["href"])
        assert answer.headers["Content-Type"].startswith("application/manifest+json")
        manifest = json.loads(answer.text)
        for icon in manifest["icons"]:
            assert await browser.fetch(icon["src"]) == 200
            if icon["type"] == "image/png":
                assert icon["sizes"] == "{}x{}".format(*size_of(icon["src"]))
        assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}
        robots = (await served.ask("/robots.txt")).text
        assert "Disallow: /account" in robots
        assert "Disallow: /t" not in robots  # messengers would show no preview


def size_of(url: str) -> tuple[int, ...]:
    """Return width and height of a PNG among the files."""
    body = assets()[url.rpartition("/")[2]].body
    assert len(body) < 60 * 1024
    return struct.unpack(">II", body[16:24])


@pytest.mark.parametrize(
    ("host", "asked", "base"),
    [
        ("localhost", "192.0.2.7:4000", "http://192.0.2.7:4000"),
        ("localhost", "[2001:db8::1]", "http://[2001:db8::1]"),
        ("localhost", 'a"><b>', "http://localhost:{port}"),
        ("cards.example.org", "evil.example.org", "http://cards.example.org:{port}"),
    ],
)
async def test_links_name_the_server_as_people_reach_it(
    tmp_path: Path, host: str, asked: str, base: str
) -> None:
    async with http_server(tmp_path, public_host=host) as served, browser_at(served) as browser:
        page = await browser.open("/rules", Host=asked)
    base = base.format(port=served.port)
    assert page.tag("meta", property="og:url")["content"] == f"{base}/rules"
    image = page.tag("meta", property="og:image")["content"]
    assert image.startswith(f"{base}/static/preview.")
    assert size_of(image) == (1200, 630)
    assert "<b>" not in page.tag("meta", property="og:title")["content"]
