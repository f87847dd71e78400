"""Forms that did not come from a page of ours, or not as a browser sends them."""

import random
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from accounts_harness import PASSWORD
from api_client import Api, api_on
from browser import FORM_TYPE, Browser, Page, browser_at
from databases import Database
from itsdangerous import TimestampSigner
from raw_http import raw_connection

from rachel_server.http.login import SESSION_COOKIE
from rachel_server.http.pages import forms
from rachel_server.http.pages.forms import FORM_COOKIE, FORM_TOKEN
from rachel_server.http.requests import BODY_BYTES_MAX
from rachel_server.ops.secrets import Secret, fresh_secret

FIELDS = {
    "/account/register": {"username": "Eve", "email": "eve@example.org", "new_password": PASSWORD},
    "/account/confirm": {"token": 43 * "a"},
    "/account/login": {"name": "Ann", "password": PASSWORD},
    "/account/logout": {"everywhere": "yes"},
    "/account/password": {"password": PASSWORD, "new_password": 2 * PASSWORD},
    "/account/forgot": {"email": "ann@example.org"},
    "/account/reset": {"token": 43 * "a", "new_password": 2 * PASSWORD},
    "/account/delete": {"password": PASSWORD},
}
"""Every form, and what an attacker would like to be sent with it."""


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """Run a server with an account in it."""
    async with api_on(database) as api:
        await api.register("Ann")
        yield api


@pytest.fixture
async def browser(api: Api) -> AsyncIterator[Browser]:
    """Open a browser in which Ann is logged in."""
    async with browser_at(api.served) as browser:
        assert (await browser.log_in("Ann")).path == "/account"
        yield browser


async def form_token(browser: Browser) -> str:
    """Return a token that the browser may send."""
    page = await browser.open("/account/forgot")
    return page.form("/account/forgot").fields[FORM_TOKEN]


def check_refusal(page: Page) -> None:
    assert (page.status, page.path in FIELDS) == (403, True)
    assert "Set-Cookie" not in page.headers
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"


async def nothing_happened(api: Api, browser: Browser) -> bool:
    """Tell whether Ann is as she was, logged in with her password, and nobody got a mail."""
    assert (await browser.open("/account")).path == "/account"
    assert await api.log_in("Ann")
    assert api.database.rows("SELECT username FROM accounts") == [("Ann",)]
    return len(list(api.outbox.glob("*.eml"))) == 1  # the one that made the account


async def test_every_form_of_every_page_is_tried_here(browser: Browser) -> None:
    pages = [await browser.open(path) for path in ("/account", "/account/password")]
    pages += [await browser.open(path) for path in ("/account/delete", "/account/forgot")]
    pages += [
        await browser.open(f"{path}?token={43 * 'a'}") for path in FIELDS if "token" in FIELDS[path]
    ]
    await browser.send(pages[0], "/account/logout")
    pages += [await browser.open(path) for path in ("/account/login", "/account/register")]
    assert {form.action for page in pages for form in page.forms} == set(FIELDS)
    for page in pages:
        for form in page.forms:
            assert form.fields[FORM_TOKEN]


async def test_form_without_a_right_token_does_nothing(api: Api, browser: Browser) -> None:
    right = await form_token(browser)
    async with browser_at(api.served) as stranger:
        strangers = await form_token(stranger)
    timestamp = right.split(".")[1]
    forged = TimestampSigner(fresh_secret(), b"form").sign(b"form").decode()
    wrong = [
        None, "", "x", "form", strangers, forged, right[:-1], f"{right}x", right.swapcase(),
        right.replace(timestamp, timestamp[::-1]), f"form.{right}", "\x00", "ü", "." * 1000,
    ]  # fmt: skip
    for action, fields in FIELDS.items():
        for token in wrong if action == "/account/logout" else wrong[:6]:
            body = urlencode(fields if token is None else {**fields, FORM_TOKEN: token})
            page = await browser.post(action, body)
            if page.status == 429:
                break
            check_refusal(page)
            assert "reload the form" in page.text
    assert await nothing_happened(api, browser)


async def test_token_is_for_one_browser_and_one_session(api: Api, browser: Browser) -> None:
    token = await form_token(browser)
    body = urlencode({FORM_TOKEN: token, "everywhere": "yes"})
    kept = browser.cookies
    for name in (FORM_COOKIE, SESSION_COOKIE):
        for value in ("", "x", kept[name][::-1], 43 * "a"):
            browser.plant(name, value)
            check_refusal(await browser.post("/account/logout", body))
        browser.plant(name, kept[name])
    async with browser_at(api.served) as attacker:
        planted = await form_token(attacker)
        browser.plant(FORM_COOKIE, attacker.cookies[FORM_COOKIE])
    check_refusal(await browser.post("/account/logout", urlencode({FORM_TOKEN: planted})))
    browser.plant(FORM_COOKIE, kept[FORM_COOKIE])
    assert await nothing_happened(api, browser)
    assert (await browser.post("/account/logout", body)).path == "/account/login?done=logged-out"


async def test_token_of_before_the_login_is_worth_nothing_after_it(api: Api) -> None:
    async with browser_at(api.served) as browser:
        before = await form_token(browser)
        await browser.log_in("Ann")
        check_refusal(await browser.post("/account/logout", urlencode({FORM_TOKEN: before})))


async def test_form_may_be_left_open_only_so_long(
    api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await form_token(browser)
    monkeypatch.setattr(forms, "FORM_AGE_S", -1)
    check_refusal(await browser.post("/account/logout", urlencode({FORM_TOKEN: token})))
    monkeypatch.undo()
    assert await nothing_happened(api, browser)


async def test_form_sent_from_elsewhere_does_nothing(api: Api, browser: Browser) -> None:
    token = await form_token(browser)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://attacker.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": api.served.url},
    ):
        for action, fields in FIELDS.items():
            page = await browser.post(action, urlencode({**fields, FORM_TOKEN: token}), **headers)
            check_refusal(page)
            assert "on this server's own pages" in page.text
    assert await nothing_happened(api, browser)


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}], ids=["w3m", "plain HTTP"])
async def test_token_decides_where_no_header_says_from_where(
    api: Api, browser: Browser, headers: dict[str, str]
) -> None:
    token = await form_token(browser)
    sent = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "Content-Type": FORM_TYPE,
        **headers,
    }
    for shown, status in ((token[::-1], 403), (token, 303)):
        fields = urlencode({FORM_TOKEN: shown, "everywhere": "yes"}).encode()
        answer = await api.served.ask("/account/logout", "POST", headers=sent, data=fields)
        assert answer.status == status
    assert api.database.rows("SELECT * FROM sessions") == []


async def test_only_forms_are_forms(browser: Browser) -> None:
    body = urlencode({FORM_TOKEN: await form_token(browser)})
    for other in ("application/json", "multipart/form-data; boundary=x", "text/plain", "odd", ""):
        page = await browser.post("/account/logout", body, **{"Content-Type": other})
        assert page.status == 415, other
    assert (await browser.open("/account")).path == "/account"


async def test_what_cannot_be_read_is_refused(browser: Browser) -> None:
    for body, status in (
        (b"", 403),
        (b"&&&&", 403),
        (b"=", 403),
        (b"name=\xff\xfe", 400),
        (b"name=%FF", 400),
        (b"name=%ED%A0%80", 400),
        (b"%C0%AF=name", 400),
        (urlencode({f"a{n}": n for n in range(100)}).encode(), 400),
        (b"a" * (BODY_BYTES_MAX + 1), 413),
    ):
        assert (await browser.post("/account/logout", body)).status == status, body
    for charset in ("utf-16", "utf-7", "idna", "base64", "nonsense", "\xe9"):
        content_type = {"Content-Type": f"{FORM_TYPE}; charset={charset}"}
        page = await browser.post("/account/logout", "name=Ann", **content_type)
        assert page.status == 400, charset


async def test_odd_values_are_refused_or_harmless(browser: Browser) -> None:
    """Whatever is typed, with a right token: an answer of ours, and no error of ours."""
    rng = random.Random("odd")
    odd = ["", "\x00", "a\x00b", "'; DROP TABLE accounts; --", "ü" * 3000, "\U0010ffff", "\r\n: x",
           "{{ 7 * 7 }}", "<script>", "\u202e", "%", "\ud7ff", 200 * "a", "٣٣٣"]  # fmt: skip
    for action in FIELDS:
        for _ in range(10):
            fields = {name: rng.choice(odd) for name in FIELDS[action]}
            token = await form_token(browser)
            page = await browser.post(action, urlencode({**fields, FORM_TOKEN: token}))
            assert page.status in {200, 422, 429}, fields
            assert "<script" not in page.source
            assert "49" not in page.text


async def test_odd_cookies_are_no_cookies(api: Api) -> None:
    for cookies in (
        b"rachel_form=\xff\xfe; rachel_session=\xff",
        b'rachel_form="\\012\\000"; rachel_session="\\012Set-Cookie: x"',
        b"rachel_form=" + 8000 * b"a",
        b"rachel_session=" + 8000 * b"a",
        b";;;=;=;rachel_form;rachel_session",
        b"rachel_form=" + 22 * b"a" + b"; rachel_session=" + 43 * b"a",
    ):
        for path in (b"/", b"/leaderboard", b"/account", b"/account/login", b"/account/forgot"):
            async with raw_connection(api.served.port) as connection:
                await connection.send(
                    b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nCookie: " + cookies + b"\r\n\r\n"
                )
                assert (await connection.answer()).status in {200, 303}, cookies
        async with raw_connection(api.served.port) as connection:
            await connection.send(
                b"POST /account/logout HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n"
                b"Cookie: " + cookies + b"\r\n\r\nform_token=x"
            )
            assert (await connection.answer()).status == 403, cookies


async def test_another_key_logs_nobody_out_but_forms_must_be_reloaded(database: Database) -> None:
    async with api_on(database) as api, browser_at(api.served) as browser:
        await api.register("Ann")
        old = await browser.log_in("Ann")
        kept = browser.cookies
    async with (
        api_on(database, secret_key_base=Secret(fresh_secret())) as api,
        browser_at(api.served) as browser,
    ):
        for name, value in kept.items():
            browser.plant(name, value)
        page = await browser.open("/account")
        assert (page.status, page.path) == (200, "/account")
        assert (await browser.send(old, "/account/logout")).status == 403
        assert (await browser.send(page, "/account/logout")).status == 200
