"""Accounts as people with a browser have them, from registration to deletion."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
from accounts_harness import PASSWORD, open_site
from api_client import Api, api_on
from browser import Browser, Page, browser_at
from databases import Database, SqliteDatabase
from http_server import DEADLINE_S
from mailgun_stand_in import DOMAIN, KEY, mailgun_stand_in

from rachel_server.http.login import SESSION_COOKIE
from rachel_server.http.pages.forms import FORM_COOKIE
from rachel_server.http.pages.owner import GAMES_PER_PAGE
from rachel_server.ops.secrets import Secret

NEW_PASSWORD = "staple battery correct"
HOSTILE = '"><script>alert(1)</script>\x1b[2J\u202e{{ 7 * 7 }}$nonce'
SHOWN = '"><script>alert(1)</script>[2J{{ 7 * 7 }}$nonce'
"""What is left of it: characters that can be seen, and text all the same."""


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """Run a server whose mails can be read."""
    async with api_on(database) as api:
        yield api


@pytest.fixture
async def browser(api: Api) -> AsyncIterator[Browser]:
    """Open a browser."""
    async with browser_at(api.served) as browser:
        yield browser


async def come_in(api: Api, browser: Browser, username: str = "Ann") -> Page:
    """Register, confirm and log in; return the page of the account."""
    await api.register(username)
    page = await browser.log_in(username)
    assert page.path == "/account"
    return page


async def link_in_mail(api: Api, path: str) -> str:
    """Return the link in the next mail, which leads to this page."""
    return f"{path}?token={await api.link_token(path)}"


def accounts_in(api: Api) -> list[str]:
    return [name for (name,) in api.database.rows("SELECT username FROM accounts ORDER BY id")]


async def is_in(browser: Browser) -> bool:
    """Tell whether a browser is logged in."""
    return (await browser.open("/account")).path == "/account"


async def test_registering_says_who_has_the_link(api: Api, browser: Browser) -> None:
    page = await browser.open("/account/register")
    assert "its host has the link and gives it to you." in page.text
    assert "You get a link there" not in page.text


async def test_from_registering_to_logging_out(api: Api, browser: Browser) -> None:
    sent = await browser.register("Ann")
    assert (browser.redirects, sent.path) == ([303], "/account/register/sent")
    assert "This server sends no mail: its host has the link" in sent.text
    assert "on its way" not in sent.text

    link = await link_in_mail(api, "/account/confirm")
    asked = await browser.open(link)
    confirmed = await browser.send(asked, "/account/confirm")
    assert (browser.redirects, confirmed.path) == ([303], "/account/login?done=confirmed")
    assert "Your account is ready" in confirmed.text

    own = await browser.send(confirmed, "/account/login", name="ann@EXAMPLE.org", password=PASSWORD)
    assert (browser.redirects, own.path, own.status) == ([303], "/account", 200)
    for what in ("Ann", "Ann@example.org", "1000", "not rated yet", "None yet"):
        assert what in own.text
    start = await browser.open("/")
    assert "You are logged in as Ann" in start.text
    assert "/account/login" not in start.links

    out = await browser.send(own, "/account/logout")
    assert (browser.redirects, out.path) == ([303], "/account/login?done=logged-out")
    assert SESSION_COOKIE not in browser.cookies
    assert not await is_in(browser)
    assert "/account/login" in (await browser.open("/")).links


async def test_a_mail_that_mailgun_refuses_is_told_to_the_host(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        mailgun_stand_in() as mailgun,
        api_on(
            SqliteDatabase(tmp_path),
            mailgun_api_key=Secret(KEY),
            mailgun_domain=DOMAIN,
            mailgun_base_url=mailgun.url,
        ) as api,
        browser_at(api.served) as browser,
    ):
        mailgun.statuses = [401]
        assert "A mail is on its way" in (await browser.register("Ann")).text
        assert (await api.next_mail())[0] == "Ann@example.org"
        async with asyncio.timeout(DEADLINE_S):
            shown = ""
            while 'rachel_mails_total{outcome="kept"} 1.0' not in shown:
                shown = (await api.served.ask("/metrics")).text
    # Errors are what Sentry gets.
    (error,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "Mailgun answers 401" in error.getMessage()


async def test_opening_the_link_alone_confirms_nothing(api: Api, browser: Browser) -> None:
    await browser.register("Ann")
    link = await link_in_mail(api, "/account/confirm")
    for method in ("GET", "HEAD", "GET"):
        assert (await api.served.ask(link, method)).status == 200  # a mail scanner
    assert accounts_in(api) == []
    page = await browser.open(link)
    await browser.send(page, "/account/confirm")
    assert accounts_in(api) == ["Ann"]
    again = await browser.send(page, "/account/confirm")
    assert again.status == 422
    assert "used or is too old" in again.tag("p", role="alert")["class"] + again.text
    assert not [form for form in again.forms if form.action == "/account/confirm"]


@pytest.mark.parametrize("link", ["/account/confirm", "/account/reset"])
@pytest.mark.parametrize(
    "token", ["", "?token=", "?token=abc", "?token=%FF%00", f"?token={44 * 'a'}"]
)
async def test_link_that_cannot_be_right_says_so(browser: Browser, link: str, token: str) -> None:
    page = await browser.open(link + token)
    assert page.status == 422
    assert "The link has been used or is too old" in page.text
    assert not page.forms


async def test_who_has_an_account_is_not_told_to_strangers(api: Api, browser: Browser) -> None:
    await api.register("Ann")
    pages = []
    for username, email in (("Bob", "ann@example.org"), ("Cid", "cid@example.org")):
        page = await browser.open("/account/register")
        page = await browser.send(
            page, "/account/register", username=username, email=email, new_password=PASSWORD
        )
        pages.append((browser.redirects, page.path, page.status, page.text))
    assert pages[0] == pages[1]
    assert (await api.next_mail())[1] == "Rachel: You have an account already"

    pages = []
    for email in ("ann@example.org", "nobody@example.org"):
        page = await browser.open("/account/forgot")
        page = await browser.send(page, "/account/forgot", email=email)
        pages.append((browser.redirects, page.path, page.status, page.text))
    assert pages[0] == pages[1]

    refusals = set()
    for name in ("Ann", "Nobody", "ann@example.org", "?"):
        page = await browser.log_in(name, "not the password")
        refusals.add((page.path, page.status, page.text))
    assert len(refusals) == 1


async def test_login_begins_a_session_that_nobody_can_have_planted(
    api: Api, browser: Browser
) -> None:
    await api.register("Ann")
    planted = await api.newcomer("Mallory")
    browser.plant(SESSION_COOKIE, planted)
    assert "Mallory" in (await browser.open("/account")).text

    fresh = await browser.open("/account/forgot")  # any form of this browser and session
    body = {**fresh.form("/account/forgot").fields, "name": "Ann", "password": PASSWORD}
    page = await browser.post("/account/login", urlencode(body))
    assert "Ann@example.org" in page.text
    assert browser.cookies[SESSION_COOKIE] != planted
    async with browser_at(api.served) as elsewhere:
        elsewhere.plant(SESSION_COOKIE, planted)
        assert not await is_in(elsewhere)


async def test_logging_out_ends_the_session_on_the_server(api: Api, browser: Browser) -> None:
    page = await come_in(api, browser)
    session = browser.cookies[SESSION_COOKIE]
    await browser.send(page, "/account/logout")
    browser.plant(SESSION_COOKIE, session)
    assert not await is_in(browser)


async def test_logging_out_everywhere_ends_the_other_sessions(api: Api, browser: Browser) -> None:
    page = await come_in(api, browser)
    async with browser_at(api.served) as other:
        await other.log_in("Ann")
        await browser.send(page, "/account/logout")
        assert await is_in(other)
        page = await browser.log_in("Ann")
        page.tag("button", name="everywhere", value="yes")
        await browser.send(page, "/account/logout", everywhere="yes")
        assert not await is_in(other)
        assert not await is_in(browser)


async def test_changing_the_password_keeps_only_this_session(api: Api, browser: Browser) -> None:
    await come_in(api, browser)
    before = browser.cookies[SESSION_COOKIE]
    async with browser_at(api.served) as other:
        await other.log_in("Ann")
        page = await browser.open("/account/password")
        page = await browser.send(
            page, "/account/password", password="not the password", new_password=NEW_PASSWORD
        )
        assert page.status == 422
        assert page.tag("input", name="password")["aria-invalid"] == "true"
        assert await is_in(other)
        page = await browser.send(
            page, "/account/password", password=PASSWORD, new_password=NEW_PASSWORD
        )
        assert (browser.redirects, page.path) == ([303], "/account?done=password-changed")
        assert "Your password is changed" in page.text
        assert not await is_in(other)
    assert await is_in(browser)
    after = browser.cookies[SESSION_COOKIE]
    browser.plant(SESSION_COOKIE, before)
    assert before != after
    assert not await is_in(browser)
    assert (await browser.log_in("Ann")).status == 422
    assert (await browser.log_in("Ann", NEW_PASSWORD)).path == "/account"


async def test_who_forgot_the_password_gets_a_link(api: Api, browser: Browser) -> None:
    await api.register("Ann")
    async with browser_at(api.served) as other:
        await other.log_in("Ann")
        page = await browser.open("/account/forgot")
        page = await browser.send(page, "/account/forgot", email="ann@example.org")
        assert (browser.redirects, page.path) == ([303], "/account/forgot/sent")
        page = await browser.open(await link_in_mail(api, "/account/reset"))
        page = await browser.send(page, "/account/reset", new_password="too short")
        assert page.status == 422
        assert page.tag("input", name="new_password")["aria-invalid"] == "true"
        assert await is_in(other)
        done = await browser.send(page, "/account/reset", new_password=NEW_PASSWORD)
        assert (browser.redirects, done.path) == ([303], "/account/login?done=password-reset")
        assert not await is_in(other)
    assert (await browser.log_in("Ann", NEW_PASSWORD)).path == "/account"
    used = await browser.open("/account/forgot")
    body = {**page.form("/account/reset").fields, **used.form("/account/forgot").fields}
    again = await browser.post("/account/reset", urlencode({**body, "new_password": PASSWORD}))
    assert again.status == 422
    assert "/account/forgot" in again.links


async def test_deleting_asks_for_the_password(api: Api, browser: Browser) -> None:
    await come_in(api, browser)
    page = await browser.open("/account/delete")
    page = await browser.send(page, "/account/delete", password="not the password")
    assert page.status == 422
    assert accounts_in(api) == ["Ann"]
    page = await browser.send(page, "/account/delete", password=PASSWORD)
    assert (browser.redirects, page.path) == ([303], "/?done=deleted")
    assert "Your account is deleted" in page.text
    assert accounts_in(api) == []
    assert SESSION_COOKIE not in browser.cookies
    assert (await browser.log_in("Ann")).status == 422


async def test_export_is_a_file_for_its_owner(api: Api, browser: Browser) -> None:
    page = await come_in(api, browser)
    assert "/account/export" in page.links
    cookie = f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"
    answer = await api.served.ask("/account/export", headers={"Cookie": cookie})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rachel-Ann.json"'
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    stored = json.loads(answer.text)
    assert stored["account"]["email"] == "Ann@example.org"
    assert len(stored["sessions"]) == 1
    assert browser.cookies[SESSION_COOKIE] not in answer.text


@pytest.mark.parametrize("path", ["", "/password", "/delete", "/export"])
async def test_pages_of_the_owner_send_others_to_log_in(browser: Browser, path: str) -> None:
    for kept in (None, 43 * "a", "nonsense"):
        if kept is not None:
            browser.plant(SESSION_COOKIE, kept)
        page = await browser.open(f"/account{path}")
        assert (browser.redirects, page.path) == ([303], "/account/login")
    for action in ("/account/password", "/account/delete"):
        token = page.form("/account/login").fields["form_token"]
        page = await browser.post(action, urlencode({"form_token": token, "password": PASSWORD}))
        assert (browser.redirects, page.path) == ([303], "/account/login")


@pytest.mark.parametrize("path", ["/account/login", "/account/register"])
async def test_who_is_logged_in_need_not_log_in(api: Api, browser: Browser, path: str) -> None:
    await come_in(api, browser)
    assert (await browser.open(path)).path == "/account"


async def test_what_was_typed_is_kept_except_passwords(browser: Browser) -> None:
    page = await browser.open("/account/register")
    page = await browser.send(
        page, "/account/register", username=HOSTILE, email="me@example.org", new_password=PASSWORD
    )
    assert page.status == 422
    fields = page.form("/account/register").fields
    assert (fields["username"], fields["email"]) == (SHOWN, "me@example.org")
    assert fields["new_password"] == ""
    assert PASSWORD not in page.source
    assert {tag for tag, _ in page.tags if tag == "script"} == set()
    wrong = page.tag("input", name="username")
    assert wrong["aria-invalid"] == "true"
    assert "autofocus" in wrong
    described = wrong["aria-describedby"].split()
    assert described[0] == "username-wrong"
    assert {page.tag("span", id=name)["id"] for name in described} == set(described)
    assert "A username has 3 to 20 letters" in page.text
    assert page.title.startswith("Error: ")

    page = await browser.log_in(HOSTILE * 100)
    assert len(page.form("/account/login").fields["name"].encode()) <= 254
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.tag("p", role="alert")


async def test_history_comes_in_pages(database: Database) -> None:
    async with open_site(database) as site:
        ann = await site.account("Ann")
        for number in range(1, GAMES_PER_PAGE + 4):
            await site.play(number, {0: ann})
    async with api_on(database) as api, browser_at(api.served) as browser:
        page = await browser.log_in("Ann")
        assert f"Games {GAMES_PER_PAGE + 3}, won" in page.text
        assert page.text.count(" of 4 ") == GAMES_PER_PAGE
        (older,) = [link for link in page.links if "after=" in link]
        page = await browser.open(older)
        assert page.text.count(" of 4 ") == 3
        assert not [link for link in page.links if "after=" in link]
        for wrong in ("x", "%FF", "'", "1e999-A"):
            assert (await browser.open(f"/account?after={wrong}")).status == 400


async def test_cookies_are_private(database: Database) -> None:
    here = (ip_network("127.0.0.0/8"),)
    async with api_on(database, trusted_proxies=here) as api:
        for scheme, secure in (("http", False), ("https", True)):
            headers = {"X-Forwarded-Proto": scheme}
            answer = await api.served.ask("/account/login", headers=headers)
            (cookie,) = answer.headers.getall("Set-Cookie")  # type: ignore[attr-defined]
            assert cookie.startswith(f"{'__Host-' if secure else ''}{FORM_COOKIE}=")
            parts = set(cookie.split("; ")[1:])
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
            assert ("Secure" in parts) == secure


async def test_a_session_that_is_used_is_kept_for_longer(api: Api, browser: Browser) -> None:
    await come_in(api, browser)
    kept = f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"
    page = await browser.open("/leaderboard")
    assert f"{kept}; HttpOnly; Max-Age=1209600" in page.headers["Set-Cookie"]
    stranger = await api.served.ask("/leaderboard", headers={"Cookie": f"{SESSION_COOKIE}=nobody"})
    assert "Set-Cookie" not in stranger.headers


async def test_log_never_holds_what_a_link_or_form_proves(
    api: Api, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await browser.register("Ann")
    link = await link_in_mail(api, "/account/confirm")
    page = await browser.open(link)
    form_token = page.form("/account/confirm").fields["form_token"]
    await browser.send(page, "/account/confirm")
    await browser.log_in("Ann")
    await browser.open("/account")
    kept = browser.cookies
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("rachel")
    )
    assert "GET /account/confirm 200" in logged
    for secret in (link.partition("=")[2], form_token, PASSWORD, *kept.values()):
        assert secret not in logged
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"


LOGGED_OUT = (
    "/", "/leaderboard", "/rules", "/privacy", "/terms",
    "/account/register", "/account/register/sent", "/account/confirm",
    f"/account/confirm?token={43 * 'a'}", "/account/login", "/account/login?done=confirmed",
    "/account/forgot", "/account/forgot/sent", f"/account/reset?token={43 * 'a'}", "/nothing",
)  # fmt: skip
LOGGED_IN = (
    "/",
    "/leaderboard",
    "/players/Ann",
    "/account",
    "/account/password",
    "/account/delete",
)


async def test_pages_are_sound(api: Api, browser: Browser) -> None:
    for path in LOGGED_OUT:
        check(await browser.open(path))
    await come_in(api, browser)
    for path in LOGGED_IN:
        check(await browser.open(path))


def check(page: Page) -> None:
    """Check what every page owes to browsers and screen readers."""
    nonce = page.headers["Content-Security-Policy"].partition("style-src 'nonce-")[2][:22]
    for tag, attributes in page.tags:
        assert tag != "script"
        assert not {"style", "onclick", "onload"} & set(attributes)
        if tag == "style":
            assert attributes["nonce"] == nonce
        if tag == "input" and attributes["type"] not in {"hidden"} and "hidden" not in attributes:
            assert page.tag("label", **{"for": attributes["id"]})
            assert attributes["type"] == "radio" or attributes["autocomplete"]
    assert page.tag("html")["lang"] == "en"
    assert page.tag("style")
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3"}]
    assert levels.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise([0, *levels]))
    assert page.tag("main")["id"] == "content"
    assert page.tag("header") == page.tag("footer") == {}
    assert all(attributes.get("aria-label") for tag, attributes in page.tags if tag == "nav")
    assert page.title.removesuffix(" · Rachel")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.links:
        assert link.startswith(("/", "#"))
        assert not link.startswith("//")
