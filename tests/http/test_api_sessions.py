"""Logging in and out through the API, over real sockets."""

import json
from ipaddress import ip_network

from accounts_harness import DAY_S, PASSWORD
from api_client import API, Api, api_on
from browser import browser_at
from databases import Database

HERE = (ip_network("127.0.0.0/8"),)
WRONG = "wrong horse battery"


async def test_somebody_logs_in_and_out(database: Database) -> None:
    async with api_on(database) as api:
        await api.register("Ann")
        answer = await api.call("POST", "/sessions", {"name": "ann", "password": PASSWORD})
        assert answer.status == 201
        assert set(answer.body) == {"token", "expires_at", "account", "device"}
        token, account = answer.body["token"], answer.body["account"]
        assert len(token) == 43
        assert account == {
            "username": "Ann",
            "email": "Ann@example.org",
            "created_at": account["created_at"],
            "rating": 1000,
            "rated_games": 0,
            "rank": None,
        }
        ends_after = answer.body["expires_at"] - account["created_at"]
        assert 14 * DAY_S <= ends_after < 14 * DAY_S + 60
        assert await api.good("GET", "/account", token=token) == account
        out = await api.call("DELETE", "/sessions/current", token=token)
        assert (out.status, out.body) == (204, None)
        again = await api.refused(401, "login_required", "GET", "/account", token=token)
        assert again.headers["WWW-Authenticate"] == "Bearer"
        await api.refused(401, "login_required", "DELETE", "/sessions/current", token=token)


async def test_logging_out_everywhere_ends_every_session_of_the_account(
    database: Database,
) -> None:
    async with api_on(database) as api:
        first, other = await api.newcomer("Ann"), await api.newcomer("Bob")
        second = await api.log_in("ANN@example.org")
        await api.good("DELETE", "/sessions/current", token=first)
        assert (await api.good("GET", "/account", token=second))["username"] == "Ann"
        third = await api.log_in("Ann")
        await api.good("DELETE", "/sessions", token=second)
        for token in (first, second, third):
            await api.refused(401, "login_required", "GET", "/account", token=token)
        assert (await api.good("GET", "/account", token=other))["username"] == "Bob"


async def test_who_exists_cannot_be_told_from_a_refusal(database: Database) -> None:
    async with api_on(database) as api:
        await api.register("Ann")
        answers = [
            await api.refused(
                401, "wrong_credentials", "POST", "/sessions", {"name": name, "password": WRONG}
            )
            for name in ("Ann", "Bob", "Ann@example.org", "bob@example.org", "", "\0", "'; --")
        ]
    assert len({str(answer.body) for answer in answers}) == 1
    assert len({frozenset(answer.headers) for answer in answers}) == 1


async def test_made_up_tokens_are_nobodys(database: Database) -> None:
    made_up = ["", "Bearer", "Bearer ", "bearer x", "Basic QW5uOng=", "Bearer ä", "Bearer \t"]
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        for shown in (*made_up, f"Bearer {'x' * 43}", f"Bearer {token}x", token, f"bear {token}"):
            answer = await api.call("GET", "/account", headers={"Authorization": shown})
            assert (answer.status, answer.body["error"]) == (401, "login_required")


async def test_a_session_ends_when_its_time_is_over(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        database.change("UPDATE sessions SET expires_at = 1")
        await api.refused(401, "login_required", "GET", "/account", token=token)


async def test_using_a_session_renews_it(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        ((fresh,),) = database.rows("SELECT expires_at FROM sessions")
        database.change("UPDATE sessions SET last_used_at = 1, expires_at = 4000000000")
        await api.good("GET", "/account", token=token)
        ((renewed,),) = database.rows("SELECT expires_at FROM sessions")
        assert fresh <= renewed < fresh + 60


async def test_another_site_cannot_use_the_cookie(database: Database) -> None:
    async with api_on(database) as api:
        cookie = f"rachel_session={await api.newcomer('Ann')}"
        for headers in (
            {},
            {"Origin": "null"},
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await api.call("DELETE", "/sessions", headers={"Cookie": cookie, **headers})
            assert (answer.status, answer.body["error"]) == (403, "cross_site")
        own = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        assert (await api.call("GET", "/account", headers={"Cookie": cookie})).status == 200
        assert (await api.call("DELETE", "/sessions", headers=own)).status == 204


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 400, "invalid_request"),
    (b"{", 400, "invalid_request"),
    (b"[]", 400, "invalid_request"),
    (b'{"name": "Ann"}', 400, "invalid_request"),
    (b'{"name": "Ann", "password": 1}', 400, "invalid_request"),
    (b'{"name": "Ann", "password": "x", "admin": true}', 400, "invalid_request"),
    (b'{"name": "\\ud800", "password": "x"}', 400, "invalid_request"),
    (b'{"name": "' + 255 * b"a" + b'", "password": "x"}', 400, "invalid_request"),
    (b'{"name": "\xff", "password": "x"}', 400, "invalid_request"),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400, "invalid_request"),
    (b'{"name": "Ann", "password": "' + 60_000 * b"x" + b'"}', 401, "wrong_credentials"),
    (b'{"name": "Ann", "password": "' + 70_000 * b"x" + b'"}', 413, "body_too_large"),
]


async def test_bodies_that_make_no_sense(database: Database) -> None:
    as_text, as_json = {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}
    async with api_on(database, unlimited_networks=HERE) as api:
        for body, status, error in BODIES:
            answer = await api.served.ask(f"{API}/sessions", "POST", headers=as_json, data=body)
            assert (answer.status, json.loads(answer.text)["error"]) == (status, error)
            cut = body[:100]
            answer = await api.served.ask(f"{API}/sessions", "POST", headers=as_text, data=cut)
            assert answer.status == 415


async def test_what_was_sent_is_not_repeated(database: Database) -> None:
    async with api_on(database) as api:
        answer = await api.refused(
            400, "invalid_request", "POST", "/sessions", {"name": 1, "password": ["tell nobody"]}
        )
        assert set(answer.body["details"]["fields"]) == {"name", "password"}
        assert "tell nobody" not in str(answer.body)


async def tries(api: Api, name: str) -> int:
    """Log in with a wrong password until that is too often; return how often it was not."""
    for number in range(50):
        answer = await api.call("POST", "/sessions", {"name": name, "password": WRONG})
        if answer.status == 429:
            assert answer.body["error"] == "rate_limited"
            assert int(answer.headers["Retry-After"]) == answer.body["details"]["retry_after_s"]
            return number
        assert answer.status == 401
    raise AssertionError("nobody counted")


async def test_an_account_is_not_tried_for_ever(database: Database) -> None:
    """It may not even exist; its own password does not help who has tried so often."""
    async with api_on(database, unlimited_networks=HERE) as api:
        await api.register("Ann")
        for name in ("Ann", "nobody"):
            assert await tries(api, name) in (10, 11)  # on a slow machine one comes back
        answer = await api.call("POST", "/sessions", {"name": "aNN", "password": PASSWORD})
        assert answer.status == 429
        assert await api.log_in("Ann@example.org")


async def test_an_address_does_not_try_everybody(database: Database) -> None:
    async with api_on(database) as api:
        statuses = []
        for number in range(30):
            body = {"name": f"player{number}", "password": WRONG}
            statuses.append((await api.call("POST", "/sessions", body)).status)
    assert set(statuses[:20]) == {401}
    assert 429 in statuses[20:23]


async def test_forms_and_programs_share_their_limits(database: Database) -> None:
    right = {"name": "Ann", "password": PASSWORD}
    async with api_on(database, unlimited_networks=HERE) as api, browser_at(api.served) as browser:
        await api.register("Ann")
        for _ in range(30):
            page = await browser.log_in("Ann", WRONG)
            if page.status == 429:
                break
        await api.refused(429, "rate_limited", "POST", "/sessions", right)
