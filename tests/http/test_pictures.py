"""Pictures that the server draws: the same cards as in scripts, QR codes that can be read."""

import re
from pathlib import Path

import pytest
import zxingcpp
from chromium import chromium, complaints_of
from http_server import http_server
from playwright.async_api import expect

from rachel.rules.cards import DECK
from rachel_server.http.assets import asset_url
from rachel_server.http.pages.pictures import cards, draw_card, plot, qr_svg
from rachel_server.http.pages.templates import environment

HTML = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; script-src 'nonce-x'; style-src 'nonce-x'",
}
DRAW = """async ([url, cards]) => {
  const { drawCard } = await import(url);
  return cards.map((card) => drawCard(card ?? undefined).outerHTML);
}"""


async def test_cards_look_as_in_scripts(tmp_path: Path) -> None:
    asked = [*DECK, None]
    async with (
        http_server(tmp_path) as served,
        chromium() as browser,
        await browser.new_context(bypass_csp=True) as context,
    ):
        page = await context.new_page()
        await page.goto(f"{served.url}/robots.txt")
        drawn = await page.evaluate(DRAW, [asset_url("cards.js"), asked])
    for card, there in zip(asked, drawn, strict=True):
        assert re.sub(r"></(rect|use)>", "/>", there) == draw_card(card)


def test_a_row_of_cards_is_named() -> None:
    assert 'role="img" aria-label="10 of hearts, ace of spades"' in cards("10H AS")
    with pytest.raises(ValueError, match="1H"):
        cards("1H")


@pytest.mark.parametrize("text", ["http://[::1]:4000/t/A", f"https://{'a' * 63}.org/t/ABCDEFGH"])
def test_a_qr_code_can_be_read(text: str) -> None:
    svg = qr_svg(text)
    scale, size = 4, int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    side = scale * size
    pixels = bytearray(b"\xff" * side * side)
    x, top = 0, 0
    for step, first, second in re.findall(r"([Mmh])(\d+)(?: (\d+))?", svg.partition("#000")[2]):
        if step == "M":
            x, top = int(first), int(second)
            continue
        if step == "h":
            for line in range(scale * top, scale * top + scale):
                left = line * side + scale * x
                pixels[left : left + scale * int(first)] = bytes(scale * int(first))
        x += int(first)
    (read,) = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", (side, side)))
    assert read.text == text


def test_a_plot_goes_from_the_first_value_to_the_last() -> None:
    drawn = plot([1000, 1016, 984])
    assert 'points="0,80 300,0 600,160"' in drawn
    assert "From 1000 to 984; lowest 984, highest 1016" in drawn
    assert 'points="0,0 600,0"' in plot([1000, 1000])


async def test_an_invitation_can_be_copied(tmp_path: Path) -> None:
    """The panel as a page of the server includes it, with its own script."""
    panel = '{% from "invite.html" import invite with context %}<main>{{ invite("ANNE") }}</main>'
    async with (
        http_server(tmp_path) as served,
        chromium() as browser,
        await browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context,
    ):
        page = await context.new_page()
        complaints = complaints_of(page)
        known = {"base_url": served.url, "address": "cards.example.org:6502", "nonce": "x"}
        shown = environment().from_string(panel).render(known)
        await page.route("**/t/ANNE", lambda route: route.fulfill(body=shown, headers=HTML))
        await page.goto(f"{served.url}/t/ANNE")
        for number, text in enumerate(
            (f"{served.url}/t/ANNE", "rachel play cards.example.org:6502 --room ANNE")
        ):
            assert await page.locator("code").nth(number).inner_text() == text
            await page.get_by_role("button", name="Copy", exact=True).first.click()
            await expect(page.get_by_role("button", name="Copied")).to_have_count(1 + number)
            assert await page.evaluate("navigator.clipboard.readText()") == text
        await expect(page.get_by_text("works on this machine alone")).to_be_visible()
        assert complaints == []
