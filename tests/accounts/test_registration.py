"""Registering: nobody's name or address is taken, or told, before its owner confirms it."""

import asyncio

import pytest
from accounts_harness import DAY_S, PASSWORD, Site, refused
from store_harness import games_on

from rachel_server.accounts.account import Account, find_account
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.store.cleanup import delete_expired, sweeping

CONFIRM = "/account/confirm"


async def test_an_account_comes_to_be_when_its_address_is_confirmed(site: Site) -> None:
    registration = site.accounts.registration
    await registration.register("Ann_1 ", " Ann@Example.org ", PASSWORD)  # phones do that
    assert site.count("accounts") == 0
    await refused(AccountErrorCode.WRONG_CREDENTIALS, site.log_in("Ann_1"))
    (mail,) = await site.mails()
    assert mail[:2] == ("Ann@Example.org", "Rachel: Confirm your e-mail address")
    token = mail[2].partition("token=")[2].partition("\n")[0].strip()
    site.clock.now += 60
    account = await registration.confirm(token)
    assert account == Account(account.id, "Ann_1", "Ann@Example.org", site.clock.now, 1000, 0)
    assert await find_account(site.engine, "aNN_1") == account
    assert await site.log_in("ann_1")
    assert await site.mails() == []


@pytest.mark.parametrize(
    ("username", "email", "password", "code"),
    [
        ("an", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_INVALID),
        ("a" * 21, "a@example.org", PASSWORD, AccountErrorCode.USERNAME_INVALID),
        ("ann b", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_INVALID),
        ("änn", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_INVALID),
        ("an n", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_INVALID),
        ("ann\0", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_INVALID),
        ("Moderator", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_TAKEN),
        ("bot_ada", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_TAKEN),
        ("Rasca1s", "a@example.org", PASSWORD, AccountErrorCode.USERNAME_TAKEN),
        ("ann", "", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "ann", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "ann@localhost", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "ann@-x.org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "a@b@example.org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "a@example.org\r\nBcc: b@example.org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "a@example.org,b@example.org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "\ud800@example.org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", f"{'a' * 65}@example.org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", f"a@{'b' * 60}.{'c.' * 96}org", PASSWORD, AccountErrorCode.EMAIL_INVALID),
        ("ann", "a@example.org", "x" * 11, AccountErrorCode.PASSWORD_INVALID),
        ("ann", "a@example.org", "x" * 129, AccountErrorCode.PASSWORD_INVALID),
    ],
)
async def test_what_cannot_be_is_refused(
    site: Site, username: str, email: str, password: str, code: AccountErrorCode
) -> None:
    await refused(code, site.accounts.registration.register(username, email, password))
    assert site.count("registrations") == 0
    assert await site.mails() == []


@pytest.mark.parametrize("password", ["x" * 12, "x" * 128, "ÄÖÜ äöü 你好 🂡🂱", " " * 12, "\0" * 12])
async def test_any_password_of_the_right_length_will_do(site: Site, password: str) -> None:
    await site.account("ann", password)
    assert await site.log_in("ann", password)
    await refused(AccountErrorCode.WRONG_CREDENTIALS, site.log_in("ann", password + "x"))


async def test_names_of_accounts_are_kept_from_guests_and_look_alikes(site: Site) -> None:
    bill = await site.account("Bill")
    assert site.names.for_guest("B1LL") == "Guest B1LL"
    other = site.accounts.registration.register("b_i_11", "x@example.org", PASSWORD)
    await refused(AccountErrorCode.USERNAME_TAKEN, other)
    await site.accounts.delete(bill, PASSWORD)
    assert site.names.for_guest("B1LL") == "B1LL"


async def test_a_name_is_taken_in_any_case(site: Site) -> None:
    await site.account("Ann")
    call = site.accounts.registration.register("aNN", "other@example.org", PASSWORD)
    await refused(AccountErrorCode.USERNAME_TAKEN, call)


async def test_nobody_learns_that_an_address_has_an_account(site: Site) -> None:
    """The same answer, the same names still free, one row more: only its owner is told."""
    await site.account("Ann")
    for email in ("ANN@example.org", "stranger@example.org"):
        before = site.count("registrations")
        await site.accounts.registration.register("Bob", email, PASSWORD)
        assert site.count("registrations") == before + 1
        await refused(AccountErrorCode.WRONG_CREDENTIALS, site.log_in("Bob"))
    told, asked = await site.mails()  # of Ann and of the stranger
    assert told[:2] == ("Ann@example.org", "Rachel: You have an account already")
    assert "token" not in told[2]
    assert "Hello Ann," in told[2]
    assert asked[:2] == ("stranger@example.org", "Rachel: Confirm your e-mail address")


async def test_who_confirms_first_gets_the_name(site: Site) -> None:
    registration = site.accounts.registration
    tokens = []
    for number in (1, 2):
        await registration.register("Ann", f"ann{number}@example.org", PASSWORD)
        tokens.append(await site.token(CONFIRM))
    account = await registration.confirm(tokens[1])
    assert account.email == "ann2@example.org"
    await refused(AccountErrorCode.USERNAME_TAKEN, registration.confirm(tokens[0]))
    assert await find_account(site.engine, "ann") == account


async def test_of_many_who_confirm_a_name_at_once_one_gets_it(site: Site) -> None:
    registration = site.accounts.registration
    tokens = []
    for number in range(5):
        await registration.register("Ann", f"ann{number}@example.org", PASSWORD)
        tokens.append(await site.token(CONFIRM))
    outcomes = await asyncio.gather(*map(registration.confirm, tokens), return_exceptions=True)
    refusals = [it.code for it in outcomes if isinstance(it, AccountError)]
    assert refusals == [AccountErrorCode.USERNAME_TAKEN] * 4
    assert site.count("accounts") == 1


async def test_one_link_of_several_confirms_an_address(site: Site) -> None:
    registration = site.accounts.registration
    tokens = []
    for name in ("Ann", "Annie"):
        await registration.register(name, "ann@example.org", PASSWORD)
        tokens.append(await site.token(CONFIRM))
    rows = site.database.rows("SELECT username, email_key, expires_at FROM registrations")
    assert (await registration.confirm(tokens[1])).username == "Annie"
    for token in tokens:
        await refused(AccountErrorCode.LINK_INVALID, registration.confirm(token))
    assert len(rows) == 2
    assert site.count("registrations") == 0


async def test_a_link_that_comes_twice_at_once_counts_once(site: Site) -> None:
    await site.accounts.registration.register("Ann", "ann@example.org", PASSWORD)
    token = await site.token(CONFIRM)
    calls = [site.accounts.registration.confirm(token) for _ in range(4)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(it, Account) for it in outcomes) == 1
    refusals = {it.code for it in outcomes if isinstance(it, AccountError)}
    assert refusals == {AccountErrorCode.LINK_INVALID}


async def test_an_address_confirmed_meanwhile_is_taken(site: Site) -> None:
    """The other one was registered between the confirmation's first look and its commit."""
    registration = site.accounts.registration
    await registration.register("Annie", "ann@example.org", PASSWORD)
    token = await site.token(CONFIRM)
    site.database.change("UPDATE registrations SET email_key = 'away'")
    await site.account("ann")
    site.database.change("UPDATE registrations SET email_key = 'ann@example.org'")
    await refused(AccountErrorCode.EMAIL_TAKEN, registration.confirm(token))


async def test_a_link_is_good_for_three_days(site: Site) -> None:
    registration = site.accounts.registration
    for name, days, good in (("ann", 2.99, True), ("bob", 3, False)):
        await registration.register(name, f"{name}@example.org", PASSWORD)
        token = await site.token(CONFIRM)
        site.clock.now += days * DAY_S
        if good:
            assert (await registration.confirm(token)).username == name
        else:
            await refused(AccountErrorCode.LINK_INVALID, registration.confirm(token))
    assert site.count("registrations") == 1
    assert await delete_expired(sweeping(site.engine), site.clock()) == 1
    assert site.count("registrations") == 0


@pytest.mark.parametrize("token", ["", "x" * 43, "ä" * 43, "x" * 10_000, "\0", "\ud800" * 43])
async def test_made_up_links_confirm_nothing(site: Site, token: str) -> None:
    await site.accounts.registration.register("Ann", "ann@example.org", PASSWORD)
    await refused(AccountErrorCode.LINK_INVALID, site.accounts.registration.confirm(token))
    assert site.count("accounts") == 0


async def test_an_address_gets_three_mails_an_hour(site: Site) -> None:
    """A stranger can annoy the owner of an address, but not for long nor keep them out for long."""
    for number in range(6):
        await site.accounts.registration.register(f"Ann{number}", "ann@example.org", PASSWORD)
    assert len(await site.mails()) == 3
    site.clock.now += 3601
    await site.accounts.registration.register("Ann", "ann@example.org", PASSWORD)
    account = await site.accounts.registration.confirm(await site.token(CONFIRM))
    assert account.username == "Ann"


async def test_neither_passwords_nor_tokens_are_stored(site: Site) -> None:
    await site.accounts.registration.register("Bob", "bob@example.org", PASSWORD)
    confirm = await site.token(CONFIRM)
    await site.account("Ann")
    session = await site.log_in("Ann")
    await site.accounts.password_change.request_reset("ann@example.org")
    reset = await site.token("/account/reset")
    stored = site.everything()
    assert "Ann@example.org" in stored
    for secret in (PASSWORD, confirm, session, reset):
        assert secret not in stored
    assert stored.count("$argon2id$") == 2


async def test_all_names_are_known_at_a_start_but_one_that_cannot_be_read(site: Site) -> None:
    await site.account("Ann")
    await site.account("Bob")
    assert sorted(await games_on(site.engine).usernames()) == ["Ann", "Bob"]
    if site.engine.dialect.name == "sqlite":
        site.database.change("UPDATE accounts SET username=CAST(x'ff' AS TEXT) WHERE id=1")
        assert sorted(await games_on(site.engine).usernames()) == ["", "Bob"]
