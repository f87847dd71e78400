"""What strangers send to the API: malformed, oversized, slow, replayed, forged, and logins.

They come from thousands of addresses, as far as the server can tell: a proxy that it trusts says
so. Otherwise the limits per address would answer nearly everything.
"""

import asyncio
import json
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import pytest
from accounts_harness import PASSWORD
from api_client import API, Api, api_on
from databases import Database, SqliteDatabase
from raw_http import RawAnswer, raw_connection
from strangers import (
    GROWTH_MAX_BYTES,
    answers_to,
    check,
    drip,
    games_of_others,
    hurry,
    memory_bytes,
    table_of_others,
)

from rachel_server.http.api.routes import ENDPOINTS
from rachel_server.http.requests import BODY_BYTES_MAX

REQUESTS = 6000
AT_ONCE = 20
LOGINS_AT_ONCE = 250
MAILER = "rachel_server.accounts.mailer"

PROXY = (ip_network("127.0.0.0/8"),)
FORMS = [endpoint for endpoint in ENDPOINTS if endpoint.body is not None and not endpoint.login]
PRIVATE = [endpoint for endpoint in ENDPOINTS if endpoint.login]


@dataclass(frozen=True)
class Found:
    """What a stranger has found: all of it is worth nothing any more."""

    session: str
    confirmation: str
    reset: str


Kind = Callable[[random.Random, Found], bytes]


def request(
    rng: random.Random,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    content_type: str = "application/json",
    headers: str = "",
) -> bytes:
    """Return a request that comes from one of many addresses."""
    address = f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
    head = (
        f"{method} {API}{path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n{headers}"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def as_json(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def path_of(rng: random.Random, path: str) -> str:
    """Fill in what stands in braces."""
    for name in ("code", "game", "username"):
        path = path.replace(f"{{{name}}}", "".join(rng.choices("ABCDEFGH", k=8)))
    return path


def malformed(rng: random.Random, _: Found) -> bytes:
    bodies = [
        b"", b"{", b"null", b"[]", b'""', b"NaN", b"{}{}", b"\xff\xfe{\x00}\x00", b'{"name": }',
        b'{"name": "\\ud800", "password": "x"}', b"[" * 30_000, b'{"a":' * 8000, b"9" * 60_000,
        b'{"token": 1e999}', b"\x00" * 100, b'{"name": "a", "name": "b"}', rng.randbytes(300),
    ]  # fmt: skip
    form = rng.choice(FORMS)
    return request(rng, form.method, form.path, rng.choice(bodies))


def wrong_types(rng: random.Random, _: Found) -> bytes:
    form = rng.choice(FORMS)
    assert form.body is not None
    odd = [None, True, 1, -1.5, [], {}, ["x"], {"$ne": ""}, 10**400]
    fields = {name: rng.choice(odd) for name in form.body.model_fields}
    return request(rng, form.method, form.path, as_json(**fields))


def oversized(rng: random.Random, _: Found) -> bytes:
    size = BODY_BYTES_MAX + rng.randrange(1, 100_000)
    form = rng.choice(FORMS)
    return request(rng, form.method, form.path, as_json(name="x" * size, password="x"))


def not_json(rng: random.Random, _: Found) -> bytes:
    form = rng.choice(FORMS)
    odd = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
    return request(rng, form.method, form.path, b"name=ann", content_type=rng.choice(odd))


def odd_query(rng: random.Random, _: Found) -> bytes:
    path = rng.choice(["/games", "/leaderboard", "/tables"])
    odd = [
        "limit=0", "limit=1e9", "limit=-1", "limit=%00", "limit[]=1", "cursor=%FF%FE", "cursor='--",
        "cursor=1.0-", "cursor=nan-A", "offset=7", "cursor=" + "9" * 4000, "limit=" + "9" * 4000,
    ]  # fmt: skip
    return request(rng, "GET", f"{path}?{rng.choice(odd)}")


def odd_path(rng: random.Random, _: Found) -> bytes:
    odd = [
        "%00",
        "..%2f..",
        "%2e%2e",
        "A" * 5000,
        "%F0%9F%82%A1",
        "' OR 1=1 --".replace(" ", "%20"),
    ]
    first = rng.choice(["/players/", "/games/", "/tables/", "/accounts/", "/"])
    return request(rng, "GET", first + rng.choice(odd))


def odd_method(rng: random.Random, _: Found) -> bytes:
    return request(rng, rng.choice(["PATCH", "PUT", "DELETE", "OPTIONS"]), "/leaderboard")


def forged_token(rng: random.Random, _: Found) -> bytes:
    endpoint = rng.choice(PRIVATE)
    token = "".join(rng.choices("abcXYZ019_-", k=43))
    shown = rng.choice([f"Bearer {token}", f"Basic {token}", f"Bearer {token * 50}", "Bearer"])
    headers = f"Authorization: {shown}\r\n"
    return request(rng, endpoint.method, path_of(rng, endpoint.path), headers=headers)


def forged_cookie(rng: random.Random, _: Found) -> bytes:
    endpoint = rng.choice([one for one in PRIVATE if one.method != "GET"])
    headers = (
        f"Cookie: rachel_session={'x' * 43}\r\nOrigin: https://evil.example\r\n"
        "Sec-Fetch-Site: cross-site\r\n"
    )
    return request(rng, endpoint.method, path_of(rng, endpoint.path), headers=headers)


def replayed_session(rng: random.Random, found: Found) -> bytes:
    endpoint = rng.choice(PRIVATE)
    headers = f"Authorization: Bearer {found.session}\r\n"
    return request(rng, endpoint.method, path_of(rng, endpoint.path), headers=headers)


def replayed_confirmation(rng: random.Random, found: Found) -> bytes:
    return request(rng, "POST", "/accounts/confirm", as_json(token=found.confirmation))


def replayed_reset(rng: random.Random, found: Found) -> bytes:
    body = as_json(token=found.reset, new_password="mine from now on")
    return request(rng, "POST", "/password-resets/confirm", body)


def guessed_password(rng: random.Random, _: Found) -> bytes:
    name = rng.choice(["Ann", "ann", "ann@example.org"])
    return request(rng, "POST", "/sessions", as_json(name=name, password=str(rng.random())))


def registration_of_others(rng: random.Random, _: Found) -> bytes:
    body = as_json(username="Mallory", email="ann@example.org", password="mine from now on")
    return request(rng, "POST", "/accounts", body)


def reset_of_others(rng: random.Random, _: Found) -> bytes:
    return request(rng, "POST", "/password-resets", as_json(email="ANN@example.org"))


RIGHT: dict[Kind, set[int]] = {
    malformed: {400},
    wrong_types: {400},
    oversized: {413},
    not_json: {415},
    odd_query: {400},
    odd_path: {400, 404},
    odd_method: {405},
    forged_token: {401},
    forged_cookie: {403},
    replayed_session: {401},
    replayed_confirmation: {400, 429},
    replayed_reset: {400, 429},
    guessed_password: {401, 429},
    registration_of_others: {202, 429},
    reset_of_others: {202, 429},
}


@asynccontextmanager
async def attacked(database: Database) -> AsyncIterator[tuple[Api, Found, str]]:
    """Run a server where Ann has an account; yield also what strangers found, and her token."""
    async with api_on(database, trusted_proxies=PROXY) as api:
        wanted = {"username": "Ann", "email": "ann@example.org", "password": PASSWORD}
        await api.good("POST", "/accounts", wanted)
        confirmation = await api.link_token("/account/confirm")
        await api.good("POST", "/accounts/confirm", {"token": confirmation})
        session = await api.log_in("Ann")
        await api.good("POST", "/password-resets", {"email": "ann@example.org"})
        reset = await api.link_token("/account/reset")
        body = {"token": reset, "new_password": PASSWORD}
        await api.good("POST", "/password-resets/confirm", body)
        token = await api.log_in("Ann")
        yield api, Found(session, confirmation, reset), token


def check_right(kind: Kind, answer: RawAnswer) -> None:
    """Check that an answer is the right error, and gives nothing away."""
    assert answer.status in RIGHT[kind], f"{kind.__name__}: {answer}"
    assert answer.headers["content-type"].startswith("application/json")
    assert PASSWORD.encode() not in answer.body
    assert b"argon2" not in answer.body


async def test_each_kind_gets_the_right_error(database: Database) -> None:
    rng = random.Random("each")
    async with attacked(database) as (api, found, token):
        for kind in RIGHT:
            for _ in range(20):
                for answer in await answers_to(api.served.port, kind(rng, found)):
                    check(kind, answer)
                    check_right(kind, answer)
        assert (await api.good("GET", "/account", token=token))["username"] == "Ann"


async def test_a_flood_changes_nothing_for_others(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    rng = random.Random("flood")
    statuses: Counter[int] = Counter()
    enough = asyncio.Event()

    async def send_some(number: int) -> None:
        for _ in range(number):
            kind = rng.choice(list(RIGHT))
            for answer in await answers_to(api.served.port, kind(rng, found)):
                check(kind, answer)
                check_right(kind, answer)
                statuses[answer.status] += 1

    async with attacked(database) as (api, found, token):
        others = asyncio.create_task(games_of_others(api.served, enough))
        await asyncio.gather(*(send_some(REQUESTS // 2 // AT_ONCE) for _ in range(AT_ONCE)))
        halfway = memory_bytes()
        await asyncio.gather(*(send_some(REQUESTS // 2 // AT_ONCE) for _ in range(AT_ONCE)))
        grown = memory_bytes() - halfway
        enough.set()
        games = await others
        assert (await api.good("GET", "/account", token=token))["username"] == "Ann"
        assert (await api.served.ask("/health")).status == 200
        assert api.database.rows("SELECT username FROM accounts") == [("Ann",)]
        assert len(list(api.outbox.glob("*.eml"))) < 10, "or Ann gets mails without end"
    assert {202, 400, 401, 403, 404, 405, 413, 415, 429} == set(statuses)
    assert sum(statuses.values()) >= REQUESTS
    assert games > 1
    assert grown < GROWTH_MAX_BYTES
    assert not [record for record in caplog.records if record.name != MAILER]


async def test_a_flood_of_logins_is_sent_away(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Each costs 20 ms and 19 MiB: those that would wait too long are told to come again."""
    caplog.set_level(logging.WARNING)
    rng = random.Random("logins")
    enough = asyncio.Event()

    async def log_in(number: int) -> RawAnswer:
        body = as_json(name=f"player{number}", password=str(rng.random()))
        (answer,) = await answers_to(api.served.port, request(rng, "POST", "/sessions", body))
        return answer

    async with attacked(database) as (api, _, token):
        others = asyncio.create_task(games_of_others(api.served, enough))
        before = memory_bytes()
        answers = await asyncio.gather(*map(log_in, range(LOGINS_AT_ONCE)))
        grown = memory_bytes() - before
        assert (await api.good("GET", "/account", token=token))["username"] == "Ann"
        assert await api.log_in("Ann")
        enough.set()
        games = await others
    assert {(answer.status, answer.json["error"]) for answer in answers} == {
        (401, "wrong_credentials"),
        (503, "busy"),
    }
    assert {answer.headers.get("retry-after") for answer in answers} == {None, "2"}
    assert games > 0
    # Two hashes at a time, and buffers for so many connections.
    assert grown < 3 * GROWTH_MAX_BYTES
    assert not [record for record in caplog.records if record.name != MAILER]


async def test_one_address_does_not_even_keep_the_server_busy(tmp_path: Path) -> None:
    async with api_on(SqliteDatabase(tmp_path)) as api:
        statuses: Counter[int] = Counter()
        for number in range(200):
            body = {"name": f"player{number}", "password": "whatever it is"}
            statuses[(await api.call("POST", "/sessions", body)).status] += 1
    assert set(statuses) == {401, 429}
    assert statuses[401] < 30


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.mark.usefixtures("impatient")
async def test_a_login_that_never_arrives_is_given_up(tmp_path: Path) -> None:
    head = (
        f"POST {API}/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        'Content-Length: 60000\r\n\r\n{"name": "'
    )
    async with (
        api_on(SqliteDatabase(tmp_path)) as api,
        table_of_others(api.served),
        raw_connection(api.served.port) as slow,
    ):
        await slow.send(head.encode())
        answer = await slow.answer()
        assert (answer.status, answer.json["error"]) == (408, "request_timeout")
        await drip(slow, b"a")
