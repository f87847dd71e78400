"""Logging in and out: who shows a token, and for how long."""

import argon2
import pytest
from accounts_harness import BROWSER, DAY_S, PASSWORD, Site, refused
from slow_passwords import SlowPasswords

from rachel_server.accounts.errors import AccountErrorCode
from rachel_server.accounts.sessions import Sessions
from rachel_server.accounts.tokens import token_hash
from rachel_server.store.cleanup import delete_expired, sweeping

WRONG = AccountErrorCode.WRONG_CREDENTIALS


@pytest.mark.parametrize(
    "name",
    ["Ann", "ann", "ANN", "Ann@example.org", "ANN@EXAMPLE.ORG", "ann ", "\tann@example.org\u00a0"],
)
async def test_somebody_logs_in_by_name_or_address(site: Site, name: str) -> None:
    account = await site.account("Ann")
    session = await site.accounts.sessions.log_in(name, PASSWORD, BROWSER)
    assert session.account == account
    assert session.expires_at == site.clock.now + 14 * DAY_S
    assert await site.accounts.sessions.find(session.token) == account
    assert session.token not in repr(session)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Ann", "wrong horse battery"),
        ("Ann", ""),
        ("Ann", f"{PASSWORD} "),
        ("Ann", "x" * 100_000),
        ("Ann", "\ud800" * 12),
        ("Bob", PASSWORD),
        ("ann@example.com", PASSWORD),
        ("", ""),
        ("Ann\0", PASSWORD),
        ("\ud800", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("x" * 100_000, PASSWORD),
    ],
)
async def test_others_do_not(site: Site, name: str, password: str) -> None:
    await site.account("Ann")
    await refused(WRONG, site.accounts.sessions.log_in(name, password, BROWSER))
    assert site.count("sessions") == 0


async def test_a_session_ends_14_days_after_its_last_use(site: Site) -> None:
    await site.account("Ann")
    sessions = site.accounts.sessions
    used, unused = await site.log_in("Ann"), await site.log_in("Ann")
    for _ in range(10):
        site.clock.now += 13 * DAY_S
        assert await sessions.find(used) is not None
    assert await sessions.find(unused) is None
    site.clock.now += 14 * DAY_S
    assert await sessions.find(used) is None
    assert await delete_expired(sweeping(site.engine), site.clock()) == 2
    assert site.count("sessions") == 0


async def test_a_use_is_written_down_once_an_hour(site: Site) -> None:
    await site.account("Ann")
    token = await site.log_in("Ann")
    began = site.clock.now
    for seconds, seen in ((3599, began), (1, began + 3600), (3599, began + 3600)):
        site.clock.now += seconds
        await site.accounts.sessions.find(token)
        rows = site.database.rows("SELECT last_used_at, expires_at FROM sessions")
        assert rows == [(seen, seen + 14 * DAY_S)]


@pytest.mark.parametrize("token", ["", "x" * 43, "ä" * 43, "\0" * 43, "\ud800", "x" * 10_000])
async def test_made_up_tokens_are_nobodys(site: Site, token: str) -> None:
    await site.account("Ann")
    await site.log_in("Ann")
    assert await site.accounts.sessions.find(token) is None
    await site.accounts.sessions.log_out(token)
    assert site.count("sessions") == 1


async def test_logging_out_ends_one_session_or_all_of_them(site: Site) -> None:
    ann, _ = await site.account("Ann"), await site.account("Bob")
    sessions = site.accounts.sessions
    first, second, third = [await site.log_in("Ann") for _ in range(3)]
    bobs = await site.log_in("Bob")
    await sessions.log_out(first)
    assert [await sessions.find(it) is None for it in (first, second, third)] == [
        True,
        False,
        False,
    ]
    await sessions.log_out(first)
    await sessions.log_out_everywhere(ann.id)
    assert [await sessions.find(it) for it in (first, second, third)] == [None] * 3
    assert await sessions.find(bobs) is not None


async def test_tables_are_told_of_every_login_that_ends(site: Site) -> None:
    ann, told = await site.account("Ann"), site.tables.told
    first, accounts = await site.log_in("ann"), site.accounts
    await accounts.sessions.log_out(first)
    await accounts.sessions.log_out(first)
    assert told == [(ann.id, token_hash(first), False)]
    told.clear()
    await accounts.sessions.log_out_everywhere(ann.id)
    await accounts.password_change.change(ann, PASSWORD, PASSWORD + "!", BROWSER)
    await site.mails()
    await accounts.password_change.request_reset(ann.email)
    await accounts.password_change.reset(await site.token("/account/reset"), PASSWORD)
    assert told == [(ann.id, None, False)] * 3
    told.clear()
    await accounts.delete(ann, PASSWORD)
    assert told == [(ann.id, None, True)]


async def test_a_client_may_call_itself_anything(site: Site) -> None:
    await site.account("Ann")
    await site.accounts.sessions.log_in("Ann", PASSWORD, "\x1b[31mNetscape\0\ud800" + "x" * 1000)
    ((agent,),) = site.database.rows("SELECT user_agent FROM sessions")
    assert agent == "[31mNetscape" + "x" * 68


async def test_a_login_that_overlaps_a_change_of_the_password_is_too_late(site: Site) -> None:
    """Or its session, begun with the old password, would outlive the change."""
    account = await site.account("Ann")
    passwords = SlowPasswords()
    sessions = Sessions(site.engine, passwords, site.clock, site.tables)

    async def change() -> None:
        change_password = site.accounts.password_change.change
        await change_password(account, PASSWORD, "another good password", BROWSER)

    passwords.meanwhile = change
    await refused(WRONG, sessions.log_in("Ann", PASSWORD, BROWSER))
    passwords.close()
    assert site.count("sessions") == 1, "the one that the change began"


async def test_old_hashes_are_made_anew(site: Site) -> None:
    await site.account("Ann")
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    site.database.change(f"UPDATE accounts SET password_hash = '{weak}'")
    assert await site.log_in("Ann")
    ((stored,),) = site.database.rows("SELECT password_hash FROM accounts")
    assert argon2.extract_parameters(stored).memory_cost == 19 * 1024
    assert await site.log_in("Ann")
    assert site.database.rows("SELECT password_hash FROM accounts") == [(stored,)]
