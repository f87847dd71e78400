"""How often a browser's forms may be sent: as often as a program may ask, and not once more."""

from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_network
from urllib.parse import urlencode

import pytest
from accounts_harness import PASSWORD
from api_client import Api, api_on
from browser import Page, browser_at
from databases import Database

from rachel_server.core.limits import RateLimit
from rachel_server.http import rate_limits
from rachel_server.http.login_limits import LOGINS_BY_ADDRESS, LOGINS_TOGETHER


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """Run a server with an account in it."""
    async with api_on(database) as api:
        await api.register("Ann")
        yield api


async def until_refused(attempt: Callable[[int], Awaitable[Page]], limit: RateLimit) -> Page:
    """Try until it was too often; that must be when the limit says so."""
    number = 0
    while (page := await attempt(number)).status != 429:
        number += 1
        assert number < 1.5 * limit.burst  # beyond burst: a slow machine earns some meanwhile
    assert number >= limit.burst - 1  # below burst: the fixture has used one up
    assert "Too many requests: wait" in page.text
    assert int(page.headers["Retry-After"]) >= 1
    return page


async def test_logins_to_one_account(api: Api) -> None:
    async with browser_at(api.served) as browser:

        async def attempt(number: int) -> Page:
            return await browser.log_in(["Ann", "ann"][number % 2], "not the password")

        await until_refused(attempt, LOGINS_TOGETHER)
        assert (await browser.log_in("Ann")).status == 429  # not even with the right one
        assert (await browser.log_in("Bob")).status == 422
    await api.refused(429, "rate_limited", "POST", "/sessions", {"name": "Ann", "password": "x"})


@pytest.mark.parametrize("exempt", [False, True], ids=["limited", "exempt"])
async def test_logins_from_one_address(database: Database, exempt: bool) -> None:
    networks = (ip_network("127.0.0.0/8"),) if exempt else ()
    limit = LOGINS_BY_ADDRESS
    async with (
        api_on(database, unlimited_networks=networks) as api,
        browser_at(api.served) as browser,
    ):

        async def attempt(number: int) -> Page:
            return await browser.log_in(f"Nobody{number}", "not the password")

        if exempt:
            pages = [await attempt(number) for number in range(limit.burst + 2)]
            assert {page.status for page in pages} == {422}
        else:
            await until_refused(attempt, limit)


async def test_every_other_form(api: Api) -> None:
    async with browser_at(api.served) as browser:

        def form(path: str, action: str, **typed: str) -> Callable[[int], Awaitable[Page]]:
            async def attempt(number: int) -> Page:
                page = await browser.open(path)
                fields = {name: value.format(number) for name, value in typed.items()}
                return await browser.send(page, action, **fields)

            return attempt

        link = f"?token={43 * 'a'}"
        for path, limit, typed in (
            ("/account/forgot", rate_limits.RESETS.per_account, {"email": "ann@example.org"}),
            (
                "/account/register",
                rate_limits.REGISTRATIONS.per_account,
                {"username": "!", "email": "bob@example.org", "new_password": PASSWORD},
            ),
            (f"/account/confirm{link}", rate_limits.LINKS.per_account, {}),
        ):
            await until_refused(form(path, path.partition("?")[0], **typed), limit)
        # The links are the same, and so count together.
        page = await browser.open(f"/account/reset{link}")
        page = await browser.send(page, "/account/reset", new_password=PASSWORD)
        assert page.status == 429

        await browser.log_in("Ann")
        change = form(
            "/account/password", "/account/password", password="wrong", new_password=PASSWORD
        )
        await until_refused(change, rate_limits.CHANGES.per_account)
        page = await browser.open("/account/delete")
        page = await browser.send(page, "/account/delete", password=PASSWORD)
        assert page.status == 429
        assert (await browser.open("/account")).status == 200


async def test_addresses_are_limited_whatever_they_ask_for(api: Api) -> None:
    async with browser_at(api.served) as browser:
        for actions, limit, typed in (
            (["/account/forgot"], rate_limits.RESETS.per_address, "email"),
            (["/account/register"], rate_limits.REGISTRATIONS.per_address, "email"),
            (["/account/confirm", "/account/reset"], rate_limits.LINKS.per_address, "token"),
            # Nobody is logged in: there is no account that could be limited.
            (["/account/password", "/account/delete"], rate_limits.CHANGES.per_address, "password"),
        ):

            async def attempt(
                number: int, actions: list[str] = actions, typed: str = typed
            ) -> Page:
                page = await browser.open("/account/login")
                token = page.form("/account/login").fields["form_token"]
                value = f"{number}@example.org" if typed == "email" else f"{number:043}"
                action = actions[number % len(actions)]
                return await browser.post(action, urlencode({"form_token": token, typed: value}))

            await until_refused(attempt, limit)

        async def export(_: int) -> Page:
            return await browser.open("/account/export")

        await until_refused(export, rate_limits.EXPORTS.per_address)


async def test_exports(api: Api) -> None:
    limit = rate_limits.EXPORTS.per_account
    async with browser_at(api.served) as browser:
        await browser.log_in("Ann")
        statuses = [(await browser.fetch("/account/export")) for _ in range(limit.burst + 1)]
    assert statuses == [200] * limit.burst + [429]
