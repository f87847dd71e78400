"""What axe-core has to say about every page, in both colour schemes: nothing."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from accounts_harness import PASSWORD, open_site
from axe_playwright_python.async_playwright import Axe
from browser_player import BrowserPlayer
from chromium import chromium
from databases import SqliteDatabase
from http_server import http_server
from playwright.async_api import BrowserContext, Page, ViewportSize, expect
from sqlalchemy.engine import make_url
from tcp_player import TcpPlayer, sit_down

from rachel_server.core.table_settings import TableSettings
from rachel_server.store.database_url import sqlite_url
from rachel_server.store.ready import make_ready

TOKEN = 43 * "a"
PUBLIC = (
    "/", "/t", "/t/TEA42", "/rules", "/leaderboard", "/players/Ann", "/privacy", "/terms",
    "/replay", "/account/register", "/account/register/sent", f"/account/confirm?token={TOKEN}",
    "/account/login", "/account/login?done=logged-out", "/account/forgot", "/account/forgot/sent",
    f"/account/reset?token={TOKEN}", "/nothing-there",
)  # fmt: skip
OWN = ("/", "/t", "/account", "/account/password", "/account/delete", "/players/Ann")
LOOKS: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (
    ("light", {"width": 390, "height": 844}),
    ("dark", {"width": 844, "height": 390}),
)


@asynccontextmanager
async def open_browser() -> AsyncIterator[BrowserContext]:
    """Open a browser in which axe-core may run and nothing moves."""
    async with (
        chromium() as browser,
        await browser.new_context(reduced_motion="reduce", bypass_csp=True) as context,
    ):
        yield context


async def check(page: Page, what: str) -> None:
    """Let axe-core judge what a phone shows now, upright and in light, on its side and in the dark.

    It cannot see through gradients: the colour beneath, which is their lightest, is judged.
    """
    await page.add_style_tag(content="* { background-image: none !important }")
    for scheme, screen in LOOKS:
        await page.set_viewport_size(screen)
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{what}, {scheme}: {found.generate_report()}"


async def test_pages(tmp_path: Path) -> None:
    make_ready(make_url(sqlite_url(tmp_path)))
    async with open_site(SqliteDatabase(tmp_path)) as site:
        accounts = [await site.account(name) for name in ("Ann", "Bob")]
        for number in range(1, 5):
            await site.play(number, dict(enumerate(accounts)))
    async with (
        http_server(tmp_path) as served,
        open_browser() as context,
    ):
        page = await context.new_page()
        player = TcpPlayer("RAW", plays=False)
        await sit_down([player], served.server.rubp_ports[0])  # so that a table can be seen
        finished = (await served.json("/api/v1/games"))["items"][0]["id"]
        for path in (*PUBLIC, f"/games/{finished}"):
            await page.goto(served.url + path)
            await check(page, path)
        await page.goto(f"{served.url}/account/login")
        for password in ("wrong, all wrong", PASSWORD):
            await page.get_by_label("Username or e-mail address").fill("Ann")
            await page.get_by_label("Password").fill(password)
            await page.get_by_role("button", name="Log in").click()
            title = "Ann" if password == PASSWORD else "Log in"
            await expect(page.get_by_role("heading", level=1)).to_have_text(title)
            await check(page, f"logging in with {password}")
        for path in OWN:
            await page.goto(served.url + path)
            await check(page, f"{path}, logged in")
        player.cut()


async def test_states_of_the_table(tmp_path: Path) -> None:
    """Look at each state once; if the deals give no ace or no attack, in another game."""
    settings = TableSettings(seats=2, start_delay_s=60.0, bot_delay_s=0.0, turn_time_s=None)
    async with (
        http_server(tmp_path, table=settings) as served,
        open_browser() as context,
    ):
        ann = BrowserPlayer(await context.new_page())
        seen = set[str]()
        rooms = map("TEA{}".format, itertools.count())

        async def look(what: str, page: Page = ann.page) -> None:
            if what not in seen:
                seen.add(what)
                await check(page, what)

        while not seen >= {"an ace and its suit", "an attack"}:
            raw = TcpPlayer("RAW", room=next(rooms), plays=False)
            url = f"{served.url}/t/{raw.session.room}"
            await ann.sit_down(url, "Ann")
            await look("waiting")
            await raw.connect(served.server.rubp_ports[0])
            async with await context.new_page() as eve:  # closed, as pages behind others are slow
                await eve.goto(f"{url}?watch=1")
                await expect(eve.get_by_role("status")).to_contain_text("is to act")
                await look("watching", eve)
            await ann.until_somebody_acts()
            await context.set_offline(True)
            await expect(ann.status).to_contain_text("The connection is lost")
            await look("a lost link")
            await context.set_offline(False)
            while (status := await ann.until_somebody_acts()) != "The game is over.":
                if "unless" in await ann.page.get_by_role("region", name="Table").inner_text():
                    await look("an attack")
                if status.startswith("RAW"):
                    await look("others' turn")
                    await raw.until_prompt()
                    await ann.mark_story()
                    raw.act()
                    await ann.until_news()
                else:
                    await look("the turn")
                    await ann.choose()
                    if await ann.page.get_by_role("button", name="Hearts", exact=True).count():
                        await look("an ace and its suit")
                    await look("picked cards")
                    await ann.confirm()
            await look("result")
