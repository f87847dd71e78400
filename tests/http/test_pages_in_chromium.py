"""The pages in a real browser, on a phone and on a desk."""

import shutil
from pathlib import Path

import pytest
from accounts_harness import PASSWORD, open_site
from api_client import Api
from certificate import write_certificate
from chromium import LAN_NAME, chromium, complaints_of
from databases import SqliteDatabase
from http_server import HOST, http_server
from playwright.async_api import Page, expect

from rachel_server.http.login import SESSION_COOKIE
from rachel_server.http.pages.owner import GAMES_PER_PAGE
from rachel_server.store.sqlite_file import DATABASE_FILE

LONG_NAME = "W" * 20


async def check_layout(page: Page, width: int) -> None:
    """Check that a page is styled and that nothing of it is beyond the edge."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    styled = "getComputedStyle(document.body).getPropertyValue('--felt')"
    assert (await page.evaluate(styled)).strip()


@pytest.mark.parametrize(
    ("width", "height", "scheme", "host"),
    [(390, 844, "light", LAN_NAME), (320, 640, "dark", HOST), (1280, 800, "dark", HOST)],
    ids=["phone", "small phone", "desk"],
)
async def test_account_from_beginning_to_end(
    tmp_path: Path, width: int, height: int, scheme: str, host: str
) -> None:
    """Register, follow the mail's link, confirm, log in, look at the account, log out."""
    async with (
        http_server(tmp_path) as served,
        chromium() as browser,
        await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        ) as context,
    ):
        api = Api(served, SqliteDatabase(tmp_path))
        page = await context.new_page()
        complaints = complaints_of(page)

        async def at(title: str) -> None:
            await expect(page.get_by_role("heading", level=1)).to_have_text(title)
            await check_layout(page, width)

        url = f"http://{host}:{served.port}"
        await page.goto(url)
        await at("Lose your cards before they do.")
        await page.get_by_role("navigation").get_by_role("link", name="Register").click()
        await at("Register")
        await page.get_by_label("Username").fill(f"{LONG_NAME} ")
        await page.get_by_label("E-mail address").fill(f"{LONG_NAME}@example.org ")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await at("Ask the host for your link")

        token = await api.link_token("/account/confirm")
        await page.goto(f"{url}/account/confirm?token={token}")
        await at("Confirm your e-mail address")
        await page.get_by_role("button", name="Confirm").click()
        await at("Log in")
        await expect(page.get_by_role("status")).to_have_text("Your account is ready: log in.")

        await page.get_by_label("Username or e-mail address").fill(f"{LONG_NAME} ")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await at(LONG_NAME)
        assert await page.evaluate("document.cookie") == ""
        kept = {cookie["name"]: cookie for cookie in await context.cookies()}
        assert kept[SESSION_COOKIE]["httpOnly"]
        for link, title in (
            ("Leaderboard", "Leaderboard"),
            (LONG_NAME, LONG_NAME),
            ("Change your password", "Change your password"),
            ("Back to your account", LONG_NAME),
            ("Delete your account", "Delete your account"),
            ("Back to your account", LONG_NAME),
        ):
            await page.get_by_role("link", name=link, exact=True).click()
            await at(title)
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download your data").click()
        assert (await download.value).suggested_filename == f"rachel-{LONG_NAME}.json"

        await page.get_by_role("button", name="Log out", exact=True).click()
        await at("Log in")
        assert SESSION_COOKIE not in {cookie["name"] for cookie in await context.cookies()}
        assert complaints == []


async def test_login_over_https_leaves_plain_http_usable(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    async with http_server(tmp_path, https_port=0, tls_cert=certificate, tls_key=key) as served:
        await Api(served, SqliteDatabase(tmp_path)).register("Ann")
        async with (
            chromium() as browser,
            await browser.new_context(ignore_https_errors=True) as context,
        ):
            page = await context.new_page()
            for scheme in ("https", "http"):
                port = served.server.ports[scheme][0]
                await page.goto(f"{scheme}://{LAN_NAME}:{port}/account/login")
                await page.get_by_label("Username or e-mail address").fill("Ann")
                await page.get_by_label("Password").fill(PASSWORD)
                await page.keyboard.press("Enter")
                await expect(page.get_by_role("heading", level=1)).to_have_text("Ann")


async def test_long_names_and_lists_fit(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copy2(migrated_file, tmp_path / DATABASE_FILE)
    async with open_site(SqliteDatabase(tmp_path)) as site:
        accounts = [await site.account(f"{number}{LONG_NAME[1:]}") for number in range(4)]
        for number in range(1, GAMES_PER_PAGE + 2):
            await site.play(number, dict(enumerate(accounts)))
    async with (
        http_server(tmp_path) as served,
        chromium() as browser,
        await browser.new_context() as context,
    ):
        page = await context.new_page()
        complaints = complaints_of(page)
        await page.goto(f"{served.url}/account/login")
        await page.get_by_label("Username or e-mail address").fill(accounts[0].username)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/account")
        for width in (320, 390, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(f"{served.url}/account")
            await expect(page.get_by_role("row")).to_have_count(1 + GAMES_PER_PAGE)
            await check_layout(page, width)
            await page.goto(f"{served.url}/leaderboard")
            await expect(page.get_by_role("row")).to_have_count(1 + len(accounts))
            await check_layout(page, width)
        assert complaints == []
