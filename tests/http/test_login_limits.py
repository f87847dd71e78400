"""Guessing passwords is slow, from however many addresses, and locks no owner out."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from accounts_harness import PASSWORD
from api_client import Api, api_on
from browser import browser_at
from databases import SqliteDatabase

from rachel_server.http.login_limits import LOGINS_BY_ALL, LOGINS_TOGETHER, LOGINS_WHILE_GUESSED

HERE = (ip_network("127.0.0.0/8"),)
STRANGER, OWNER = "192.0.2.1", "198.51.100.1"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """Run a server behind a proxy, with Carol's account and Bob's."""
    async with api_on(SqliteDatabase(tmp_path), trusted_proxies=HERE) as api:
        await api.register("carol")
        await api.register("bob")
        yield api


async def log_in(api: Api, address: str, password: str, *, device: str = "") -> tuple[int, str]:
    """Log in as Carol from an address; return the status and the device's new mark."""
    body = {"name": "carol", "password": password, "device": device}
    headers = {"X-Forwarded-For": address}
    answer = await api.call("POST", "/sessions", body, headers=headers)
    return answer.status, answer.body.get("device", "")


async def guess(api: Api, *addresses: str) -> list[int]:
    """Try a wrong password from each address; return the statuses."""
    return [(await log_in(api, address, "wrong"))[0] for address in addresses]


async def test_wrong_passwords_from_one_address_lock_nobody_else_out(api: Api) -> None:
    statuses = await guess(api, *[STRANGER] * 12)
    assert statuses == [401] * LOGINS_TOGETHER.burst + [429] * 2
    assert (await log_in(api, STRANGER, PASSWORD))[0] == 429
    assert (await log_in(api, OWNER, PASSWORD))[0] == 201


async def test_a_device_that_has_logged_in_before_is_let_in_beside_strangers(api: Api) -> None:
    _, carols = await log_in(api, STRANGER, PASSWORD)
    bobs = (await api.good("POST", "/sessions", {"name": "bob", "password": PASSWORD}))["device"]
    async with browser_at(api.served) as browser:
        await browser.log_in("carol")
        await browser.send(await browser.open("/account"), "/account/logout")
        for address in (STRANGER, "127.0.0.1"):
            assert 429 in await guess(api, *[address] * 12)
        assert (await browser.log_in("carol")).path == "/account"
    for mark, status in ((bobs, 429), (carols[:-1], 429), ("1.x", 429), (carols, 201)):
        assert (await log_in(api, STRANGER, PASSWORD, device=mark))[0] == status, mark
    tries = [(await log_in(api, STRANGER, "wrong", device=carols))[0] for _ in range(12)]
    assert tries[-1] == 429  # a stolen mark is worth few attempts, too


async def test_guessing_from_many_addresses_leaves_few_attempts_to_each(api: Api) -> None:
    first = [f"203.0.113.{number}" for number in range(LOGINS_BY_ALL.burst)]
    assert set(await guess(api, *first)) == {401}
    few = LOGINS_WHILE_GUESSED.burst
    for address in ("192.0.2.7", "192.0.2.8"):
        assert await guess(api, *[address] * (few + 1)) == [401] * few + [429]
    assert await guess(api, *[OWNER] * (few - 1)) == [401] * (few - 1)
    assert (await log_in(api, OWNER, PASSWORD))[0] == 201
