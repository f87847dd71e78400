"""Accounts through the API: registering, new passwords, what is stored, and the end."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from accounts_harness import PASSWORD, TABLES, Site, with_accounts
from api_client import Api, ApiAnswer, api_on
from databases import Database, SqliteDatabase
from store_harness import played_game, store_games

NEW_PASSWORD = "another good password"
HERE = (ip_network("127.0.0.0/8"),)
ANN = {"username": "Ann", "email": "ann@example.org", "password": PASSWORD}


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """Run a server, once on each kind of database."""
    async with api_on(database) as api:
        yield api


async def test_an_account_comes_to_be_when_its_address_is_confirmed(api: Api) -> None:
    answer = await api.call("POST", "/accounts", ANN)
    assert answer.status == 202
    assert set(answer.body) == {"message"}
    credentials = {"name": "Ann", "password": PASSWORD}
    await api.refused(401, "wrong_credentials", "POST", "/sessions", credentials)
    token = await api.link_token("/account/confirm")
    confirmed = await api.call("POST", "/accounts/confirm", {"token": token})
    assert (confirmed.status, confirmed.body) == (201, {"username": "Ann"})
    await api.refused(400, "link_invalid", "POST", "/accounts/confirm", {"token": token})
    await api.good("POST", "/sessions", credentials)


NO_ACCOUNTS: list[tuple[dict[str, object], str]] = [
    ({"username": "An"}, "username_invalid"),
    ({"username": "Ann Lee"}, "username_invalid"),
    ({"username": "Ann\nX"}, "username_invalid"),
    ({"username": "Ann\0"}, "username_invalid"),
    ({"username": "Änn"}, "username_invalid"),
    ({"username": "a" * 50_000}, "username_invalid"),
    ({"email": "ann"}, "email_invalid"),
    ({"email": "ann@exam\nple.org"}, "email_invalid"),
    ({"email": "a" * 64 + "@" + "b." * 100 + "org"}, "email_invalid"),
    ({"password": "too short"}, "password_invalid"),
    ({"password": "x" * 129}, "password_invalid"),
    ({"password": 123456789012}, "invalid_request"),
    ({"username": None}, "invalid_request"),
    ({"rating": 3000}, "invalid_request"),
]


async def test_what_cannot_be_an_account(database: Database) -> None:
    async with api_on(database, unlimited_networks=HERE) as api:
        for number, (changes, error) in enumerate(NO_ACCOUNTS):
            body = ANN | {"email": f"ann{number}@example.org"} | changes
            await api.refused(400, error, "POST", "/accounts", body)
    assert database.rows("SELECT * FROM registrations") == []


async def test_a_name_that_somebody_has_is_taken(api: Api) -> None:
    await api.register("Ann")
    body = ANN | {"username": "aNN", "email": "other@example.org"}
    await api.refused(409, "username_taken", "POST", "/accounts", body)


async def test_who_has_an_account_cannot_be_told_from_the_answers(api: Api) -> None:
    await api.register("Ann")
    registered = [
        await api.call("POST", "/accounts", ANN | {"username": "Carol", "email": address})
        for address in ("ann@example.org", "carol@example.org")
    ]
    forgotten = [
        await api.call("POST", "/password-resets", {"email": address})
        for address in ("ANN@example.org", "nobody@example.org")
    ]
    for known, unknown in (registered, forgotten):
        assert (known.status, known.body) == (unknown.status, unknown.body)
        assert set(known.headers) == set(unknown.headers)
        assert known.status == 202


async def test_a_new_password_ends_every_other_session(api: Api) -> None:
    token, elsewhere = await api.newcomer("Ann"), await api.log_in("Ann")
    change = {"password": PASSWORD, "new_password": NEW_PASSWORD}
    wrong = change | {"password": NEW_PASSWORD}
    await api.refused(403, "wrong_password", "PUT", "/account/password", wrong, token=token)
    weak = change | {"new_password": "weak"}
    await api.refused(400, "password_invalid", "PUT", "/account/password", weak, token=token)
    await api.refused(401, "login_required", "PUT", "/account/password", change)
    assert (await api.good("GET", "/account", token=elsewhere))["username"] == "Ann"
    session = await api.good("PUT", "/account/password", change, token=token)
    for old in (token, elsewhere):
        await api.refused(401, "login_required", "GET", "/account", token=old)
    own = await api.good("GET", "/account", token=session["token"])
    assert own == session["account"]
    credentials = {"name": "Ann", "password": PASSWORD}
    await api.refused(401, "wrong_credentials", "POST", "/sessions", credentials)
    assert await api.log_in("Ann", NEW_PASSWORD)


async def test_a_forgotten_password_is_set_anew_through_the_mail(api: Api) -> None:
    token = await api.newcomer("Ann")
    assert (await api.call("POST", "/password-resets", {"email": "ann@example.org"})).status == 202
    link = await api.link_token("/account/reset")
    body = {"token": link, "new_password": NEW_PASSWORD}
    weak = body | {"new_password": "weak"}
    await api.refused(400, "password_invalid", "POST", "/password-resets/confirm", weak)
    answer = await api.call("POST", "/password-resets/confirm", body)
    assert (answer.status, answer.body) == (204, None)
    await api.refused(400, "link_invalid", "POST", "/password-resets/confirm", body)
    await api.refused(401, "login_required", "GET", "/account", token=token)
    assert await api.log_in("Ann", NEW_PASSWORD)


async def test_an_export_is_all_of_ones_own_and_nothing_of_others(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    for number in (1, 2):
        await site.play(number, {0: ann, 1: bob})
    await store_games(site.database.url, with_accounts(played_game(3, turns=5), {0: ann.id}))
    async with api_on(site.database) as api:
        token, bobs = await api.log_in("Ann"), await api.log_in("Bob")
        export = await api.good("GET", "/account/export", token=token)
        await api.refused(401, "login_required", "GET", "/account/export")
    assert set(export) == {"account", "sessions", "ssh_keys", "games", "unfinished_games"}
    assert export["account"]["username"] == "Ann"
    assert export["account"]["email"] == "Ann@example.org"
    assert export["account"]["rated_games"] == 2
    assert len(export["sessions"]) == 1
    assert {game["game"] for game in export["games"]} == {"GAME00000001", "GAME00000002"}
    assert [game["game"] for game in export["unfinished_games"]] == ["GAME00000003"]
    text = json.dumps(export, ensure_ascii=False)
    for other in ("Bob", "Zoë 1", token, bobs, "argon2", "seed"):
        assert other not in text


async def test_an_export_is_not_had_again_and_again(api: Api) -> None:
    token = await api.newcomer("Ann")
    statuses = [(await api.call("GET", "/account/export", token=token)).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]


async def test_only_who_knows_the_password_deletes_the_account(api: Api) -> None:
    token, elsewhere = await api.newcomer("Ann"), await api.log_in("Ann")
    wrong = {"password": NEW_PASSWORD}
    await api.refused(403, "wrong_password", "DELETE", "/account", wrong, token=token)
    await api.refused(401, "login_required", "DELETE", "/account", {"password": PASSWORD})
    answer = await api.call("DELETE", "/account", {"password": PASSWORD}, token=token)
    assert (answer.status, answer.body) == (204, None)
    for gone in (token, elsewhere):
        await api.refused(401, "login_required", "GET", "/account", token=gone)
    credentials = {"name": "Ann", "password": PASSWORD}
    await api.refused(401, "wrong_credentials", "POST", "/sessions", credentials)


def attempts(number: int) -> list[tuple[str, dict[str, str]]]:
    """Return what a stranger may try: each number is about another account."""
    token = f"{number:043}"
    email = f"player{number}@example.org"
    return [
        ("/accounts", ANN | {"email": email, "password": "weak"}),
        ("/accounts/confirm", {"token": token}),
        ("/password-resets", {"email": email}),
        ("/password-resets/confirm", {"token": token, "new_password": PASSWORD}),
        ("/sessions", {"name": email, "password": "wrong"}),
    ]


async def until_refused(call: Callable[[int], Awaitable[ApiAnswer]]) -> None:
    """Repeat a call, with its number, until that is too often, which must be soon."""
    for number in range(30):
        answer = await call(number)
        if answer.status == 429:
            assert answer.body["error"] == "rate_limited"
            assert int(answer.headers["Retry-After"]) == answer.body["details"]["retry_after_s"]
            return
    raise AssertionError("nobody counted")


@pytest.mark.parametrize("which", range(5))
async def test_nobody_tries_one_account_for_ever_from_wherever(tmp_path: Path, which: int) -> None:
    async with api_on(SqliteDatabase(tmp_path), unlimited_networks=HERE) as api:
        path, body = attempts(1)[which]
        upper = {name: it.upper() if "@" in it else it for name, it in body.items()}
        await until_refused(lambda number: api.call("POST", path, upper if number % 2 else body))
        path, other = attempts(2)[which]
        assert (await api.call("POST", path, other)).status != 429


@pytest.mark.parametrize("which", range(5))
async def test_an_address_does_not_try_one_account_after_the_other(
    tmp_path: Path, which: int
) -> None:
    async with api_on(SqliteDatabase(tmp_path)) as api:
        await until_refused(lambda number: api.call("POST", *attempts(number)[which]))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/account/password", {"password": "wrong", "new_password": NEW_PASSWORD}),
        ("DELETE", "/account", {"password": "wrong"}),
    ],
)
async def test_nobody_guesses_passwords_with_a_token_that_they_found(
    api: Api, method: str, path: str, body: dict[str, object]
) -> None:
    token = await api.newcomer("Ann")
    await until_refused(lambda _: api.call(method, path, body, token=token))
    right = {"password": PASSWORD}
    assert (await api.call("DELETE", "/account", right, token=token)).status == 429


async def test_attempts_to_log_in_do_not_keep_the_owner_from_anything_else(api: Api) -> None:
    token = await api.newcomer("Ann")
    login = {"name": "Ann", "password": "wrong"}
    await until_refused(lambda _: api.call("POST", "/sessions", login))
    change = {"password": PASSWORD, "new_password": NEW_PASSWORD}
    assert await api.good("PUT", "/account/password", change, token=token)


async def test_no_secret_is_logged_answered_or_kept_as_it_is(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="rachel_server")
    answers: list[ApiAnswer] = []

    async def do(method: str, path: str, body: object, token: str | None = None) -> Any:  # noqa: ANN401
        answers.append(await api.call(method, path, body, token=token))
        return answers[-1].body

    await do("POST", "/accounts", ANN)
    confirm = await api.link_token("/account/confirm")
    await do("POST", "/accounts/confirm", {"token": confirm})
    wrong = "a wrong password of somebody"
    await do("POST", "/sessions", {"name": "Ann", "password": wrong})
    first = (await do("POST", "/sessions", {"name": "Ann", "password": PASSWORD}))["token"]
    change = {"password": PASSWORD, "new_password": NEW_PASSWORD}
    second = (await do("PUT", "/account/password", change, first))["token"]
    await api.next_mail()
    await do("POST", "/password-resets", {"email": "ann@example.org"})
    reset = await api.link_token("/account/reset")
    await do("GET", f"/account?token={second}", None, second)
    await do("GET", "/account/export", None, second)
    await do("POST", "/password-resets/confirm", {"token": reset, "new_password": PASSWORD})
    await do("GET", "/account", None, second)
    assert [answer.status for answer in answers] == [
        202, 201, 401, 201, 200, 202, 200, 200, 204, 401,
    ]  # fmt: skip

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/api/v1/sessions" in logged
    secrets = [confirm, first, second, reset, PASSWORD, NEW_PASSWORD, wrong, "$argon2"]
    stored = repr([api.database.rows(f"SELECT * FROM {table}") for table in TABLES])
    for secret in secrets:
        assert secret not in logged
        if secret != "$argon2":
            assert secret not in stored
    told = {first: 1, second: 1}
    for secret in secrets:
        appears = sum(secret in json.dumps(answer.body) for answer in answers)
        assert appears == told.get(secret, 0)


async def test_two_who_confirm_the_same_link_make_one_account(api: Api) -> None:
    await api.good("POST", "/accounts", ANN)
    token = await api.link_token("/account/confirm")
    answers = await asyncio.gather(
        *(api.call("POST", "/accounts/confirm", {"token": token}) for _ in range(5))
    )
    assert sorted(answer.status for answer in answers) == [201, 400, 400, 400, 400]
    assert api.database.rows("SELECT count(*) FROM accounts") == [(1,)]
