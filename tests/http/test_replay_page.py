"""The page of a finished game: in words for everybody, and replayed and checked in a browser."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from browser import browser_at
from chromium import chromium, complaints_of
from http_server import HttpServer, http_server
from playwright.async_api import Page, expect
from tcp_player import TcpPlayer, sit_down, together

from rachel.formats.json_shapes import load
from rachel.formats.record import GameRecord
from rachel_server.http.pages.replay import moves_in_words


async def played(served: HttpServer) -> tuple[str, str]:
    """Play a game at this server; return its id and its record."""
    pair = TcpPlayer("Ann"), TcpPlayer("Bob")
    await sit_down(pair, served.server.rubp_ports[0])
    await together(player.until_over() for player in pair)
    (result,) = (await served.json("/api/v1/games"))["items"]
    return result["id"], (await served.ask(f"/api/v1/games/{result['id']}")).text


@asynccontextmanager
async def visit(url: str) -> AsyncIterator[Page]:
    """Open a page in which nothing may go wrong."""
    async with chromium() as browser, await browser.new_context() as context:
        page = await context.new_page()
        complaints = complaints_of(page)
        await page.goto(url)
        yield page
        assert complaints == []


async def test_the_page_tells_every_move_without_scripts(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, browser_at(served) as browser:
        game, text = await played(served)
        record = GameRecord.from_json(load(text))
        page = await browser.open(f"/games/{game}")
        for move in moves_in_words(record):
            assert move in page.text
        assert f"{record.seats[record.places[0]].name} won" in page.text
        assert f"/api/v1/games/{game}" in page.links
        assert (await browser.open("/games/nothing")).status == 404


async def test_a_game_is_stepped_through_and_proven_in_the_browser(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        game, text = await played(served)
        record = GameRecord.from_json(load(text))
        words = moves_in_words(record)
        async with visit(f"{served.url}/games/{game}") as page:
            proof = f"The deal was fair: commitment, shuffle and {len(words)} states"
            await expect(page.locator("#verdict")).to_contain_text(proof)
            moves = page.get_by_role("region", name="Moves").get_by_role("listitem")
            assert await moves.all_inner_texts() == words
            now = page.locator("#now")
            await expect(now).to_have_text("The cards are dealt.")
            await page.get_by_role("button", name="Forward").click()
            await expect(now).to_have_text(f"1. {words[0]}")
            await page.keyboard.press("End")
            await expect(now).to_have_text(f"{len(words)}. {words[-1]}")
            await moves.nth(2).get_by_role("button").click()
            await expect(now).to_have_text(f"3. {words[2]}")
            await page.get_by_role("slider", name="Move").fill("0")
            await expect(now).to_have_text("The cards are dealt.")

            hands = page.get_by_role("list", name="Players").get_by_role("img")
            await expect(hands).to_have_count(2)
            ann = page.get_by_role("button", name="Hand of Ann")
            await ann.click()
            await expect(ann).to_have_attribute("aria-pressed", "false")
            await expect(hands).to_have_count(1)
            await page.get_by_role("button", name="Open hands").click()
            await expect(hands).to_have_count(2)
            await page.get_by_role("button", name="Open hands").click()
            await expect(hands).to_have_count(0)

            await page.get_by_role("button", name="Play", exact=True).click()
            await expect(now).to_have_text(f"2. {words[1]}")
            await page.get_by_role("button", name="Pause").click()


async def test_a_file_is_checked_where_it_is(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        _, text = await played(served)
        false = json.loads(text)
        false["replay"]["steps"][6]["expectedStateHash"] ^= 1
        files = {"true.json": text, "false.json": json.dumps(false), "no.json": "{"}
        for name, content in files.items():
            await asyncio.to_thread((tmp_path / name).write_text, content)
        async with visit(f"{served.url}/replay") as page:
            requests: list[str] = []
            page.on("request", lambda request: requests.append(request.url))
            verdict, table = page.locator("#verdict"), page.get_by_role("region", name="Table")
            for name, words in (
                ("true.json", "The deal was fair"),
                ("false.json", "This record is not true. Step 7 leads to another state"),
                ("no.json", "This file is not JSON."),
                ("true.json", "The deal was fair"),
            ):
                await page.get_by_label("Record of a game").set_input_files(tmp_path / name)
                await expect(verdict).to_contain_text(words)
                await expect(table).to_be_visible(visible=name != "no.json")
            # The page's icon comes whenever the browser likes.
            assert [url for url in requests if "/static/icon." not in url] == []
