"""How the pages look in a real browser, on three screens, dark and light; and what can be read."""

import re
from pathlib import Path
from typing import Literal

import pytest
from accounts_harness import open_site
from chromium import chromium, complaints_of
from databases import SqliteDatabase
from http_server import http_server
from sqlalchemy.engine import make_url
from tcp_player import TcpPlayer, sit_down

from rachel_server.http.assets import web_folder
from rachel_server.store.database_url import sqlite_url
from rachel_server.store.ready import make_ready

PAGES = (
    "/", "/rules", "/leaderboard", "/players/Ann", "/privacy", "/terms", "/account/login",
    "/account/register", "/account/forgot",
)  # fmt: skip
SCREENS = ((390, 844), (844, 390), (1440, 900))
NAMELESS = """() => [...document.querySelectorAll("a, button, input, [role=img]")]
  .filter((it) => it.type !== "hidden")
  .filter((it) => !(it.ariaLabel || it.textContent.trim() || it.labels?.[0]?.textContent.trim()))
  .map((it) => it.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_and_say_what_everything_is(
    tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    make_ready(make_url(sqlite_url(tmp_path)))
    async with open_site(SqliteDatabase(tmp_path)) as site:
        accounts = [await site.account(name) for name in ("Ann", "W" * 20)]
        for number in range(1, 5):
            await site.play(number, dict(enumerate(accounts)))
    async with (
        http_server(tmp_path) as served,
        chromium() as browser,
        await browser.new_context(color_scheme=scheme) as context,
    ):
        player = TcpPlayer("W" * 15, plays=False)
        await sit_down([player], served.server.rubp_ports[0])
        page = await context.new_page()
        complaints = complaints_of(page)
        for path in PAGES:
            for width, height in SCREENS:
                await page.set_viewport_size({"width": width, "height": height})
                await page.goto(served.url + path)
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
                for landmark in ("banner", "main", "contentinfo"):
                    assert await page.get_by_role(landmark).count() == 1
            assert await page.evaluate(NAMELESS) == []
        assert complaints == []
        player.cut()


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rgb`` or ``#rrggbb``, as WCAG defines it."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out(scheme: int) -> None:
    css = (web_folder() / "style.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[scheme]))
    grounds = ("ground", "raised", "good-ground")
    pairs = [(text, ground) for text in ("ink", "quiet", "felt") for ground in grounds]
    pairs += [("on-felt", "felt"), ("wrong", "raised"), ("ink", "wrong-ground")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    # A field's edge is all that shows where it is.
    assert contrast(colours["quiet"], colours["ground"]) >= 3
