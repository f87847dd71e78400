"""New passwords: whoever was let in by the old one, or by a link, is out."""

import asyncio

import pytest
from accounts_harness import BROWSER, PASSWORD, Site, refused
from slow_passwords import SlowPasswords

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.mail_texts import MailTexts
from rachel_server.accounts.mailer import Mailer
from rachel_server.accounts.password_change import PasswordChange
from rachel_server.store.cleanup import delete_expired, sweeping

NEW = "battery staple horse"
RESET = "/account/reset"


async def test_the_owner_of_the_address_chooses_a_new_password(site: Site) -> None:
    await site.account("Ann")
    session = await site.log_in("Ann")
    change = site.accounts.password_change
    await change.request_reset("ANN@example.org ")
    token = await site.token(RESET)
    await change.reset(token, NEW)
    assert await site.accounts.sessions.find(session) is None
    assert await site.log_in("Ann", NEW)
    await refused(AccountErrorCode.WRONG_CREDENTIALS, site.log_in("Ann"))
    (told,) = await site.mails()
    assert told[:2] == ("Ann@example.org", "Rachel: Your password was changed")
    await refused(AccountErrorCode.LINK_INVALID, change.reset(token, "yet another password"))


async def test_nobody_learns_whether_an_address_has_an_account(site: Site) -> None:
    """The same answer, one row more: only the owner of an account gets a mail."""
    await site.account("Ann")
    for number, email in enumerate(("ann@example.org", "stranger@example.org"), start=1):
        await site.accounts.password_change.request_reset(email)
        assert site.count("password_resets") == number
    ((reader, _, _),) = await site.mails()
    assert reader == "Ann@example.org"


@pytest.mark.parametrize("email", ["", "ann", "\0@example.org", "a" * 300 + "@example.org"])
async def test_what_is_no_address_is_refused(site: Site, email: str) -> None:
    call = site.accounts.password_change.request_reset(email)
    await refused(AccountErrorCode.EMAIL_INVALID, call)


async def test_a_link_is_good_for_an_hour(site: Site) -> None:
    await site.account("Ann")
    change = site.accounts.password_change
    for seconds, good in ((3599, True), (3600, False)):
        await change.request_reset("ann@example.org")
        token = await site.token(RESET)
        site.clock.now += seconds
        if good:
            await change.reset(token, NEW)
            await site.mails()
        else:
            await refused(AccountErrorCode.LINK_INVALID, change.reset(token, NEW))
    assert await delete_expired(sweeping(site.engine), site.clock()) == 1
    assert site.count("password_resets") == 0


async def test_one_link_used_is_all_of_them_used(site: Site) -> None:
    await site.account("Ann")
    change = site.accounts.password_change
    tokens = []
    for _ in range(2):
        await change.request_reset("ann@example.org")
        tokens.append(await site.token(RESET))
    await change.reset(tokens[0], NEW)
    await refused(AccountErrorCode.LINK_INVALID, change.reset(tokens[1], "yet another password"))
    assert await site.log_in("Ann", NEW)


async def test_a_link_that_comes_twice_at_once_counts_once(site: Site) -> None:
    await site.account("Ann")
    change = site.accounts.password_change
    await change.request_reset("ann@example.org")
    token = await site.token(RESET)
    chosen = [f"password number {number}" for number in range(4)]
    calls = [change.reset(token, password) for password in chosen]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert outcomes.count(None) == 1
    refusals = {it.code for it in outcomes if isinstance(it, AccountError)}
    assert refusals == {AccountErrorCode.LINK_INVALID}
    assert await site.log_in("Ann", chosen[outcomes.index(None)])


async def test_a_confirmation_is_no_reset_and_a_bad_password_costs_no_link(site: Site) -> None:
    await site.account("Ann")
    change = site.accounts.password_change
    await site.accounts.registration.register("Bob", "bob@example.org", PASSWORD)
    confirm = await site.token("/account/confirm")
    await refused(AccountErrorCode.LINK_INVALID, change.reset(confirm, NEW))
    await change.request_reset("ann@example.org")
    token = await site.token(RESET)
    await refused(AccountErrorCode.PASSWORD_INVALID, change.reset(token, "short"))
    await change.reset(token, NEW)


@pytest.mark.parametrize("token", ["", "x" * 43, "ä" * 43, "\0", "\ud800" * 43])
async def test_made_up_links_change_nothing(site: Site, token: str) -> None:
    await site.accounts.password_change.request_reset("nobody@example.org")
    await refused(AccountErrorCode.LINK_INVALID, site.accounts.password_change.reset(token, NEW))


async def test_an_account_gets_three_mails_an_hour(site: Site) -> None:
    await site.account("Ann")
    request = site.accounts.password_change.request_reset
    await asyncio.gather(*(request("ann@example.org") for _ in range(9)))
    assert len(await site.mails()) == 3
    site.clock.now += 3601
    await site.accounts.password_change.request_reset("ann@example.org")
    assert len(await site.mails()) == 1


async def test_a_changed_password_leaves_the_session_that_changed_it(site: Site) -> None:
    ann, _ = await site.account("Ann"), await site.account("Bob")
    old, bobs = await site.log_in("Ann"), await site.log_in("Bob")
    await site.accounts.password_change.request_reset("ann@example.org")
    link = await site.token(RESET)
    session = await site.accounts.password_change.change(ann, PASSWORD, NEW, BROWSER)
    find = site.accounts.sessions.find
    assert await find(session.token) == session.account == ann
    assert await find(old) is None
    assert await find(bobs) is not None
    assert await site.log_in("Ann", NEW)
    ((reader, subject, _),) = await site.mails()
    assert (reader, subject) == ("Ann@example.org", "Rachel: Your password was changed")
    call = site.accounts.password_change.reset(link, "yet another password")
    await refused(AccountErrorCode.LINK_INVALID, call)


async def test_who_does_not_know_the_password_cannot_change_it(site: Site) -> None:
    ann = await site.account("Ann")
    session = await site.log_in("Ann")
    change = site.accounts.password_change.change
    await refused(AccountErrorCode.WRONG_PASSWORD, change(ann, "wrong", NEW, BROWSER))
    await refused(AccountErrorCode.PASSWORD_INVALID, change(ann, PASSWORD, "short", BROWSER))
    assert await site.accounts.sessions.find(session) == ann
    assert await site.mails() == []


async def test_of_two_changes_at_once_the_second_does_not_know_the_password(site: Site) -> None:
    ann = await site.account("Ann")
    passwords = SlowPasswords()
    mailer = Mailer(site.outbox, "rachel@example.org", site.clock)
    texts = MailTexts("https://cards.example.org")
    second = PasswordChange(site.engine, passwords, mailer, texts, site.clock, site.tables)

    async def first() -> None:
        await site.accounts.password_change.change(ann, PASSWORD, NEW, BROWSER)

    passwords.meanwhile = first
    call = second.change(ann, PASSWORD, "yet another password", BROWSER)
    await refused(AccountErrorCode.WRONG_PASSWORD, call)
    passwords.close()
    assert await site.log_in("Ann", NEW)


async def test_a_deleted_account_has_no_password_to_change(site: Site) -> None:
    ann = await site.account("Ann")
    await site.accounts.password_change.request_reset("ann@example.org")
    token = await site.token(RESET)
    await site.accounts.delete(ann, PASSWORD)
    change = site.accounts.password_change
    await refused(AccountErrorCode.WRONG_PASSWORD, change.change(ann, PASSWORD, NEW, BROWSER))
    await refused(AccountErrorCode.LINK_INVALID, change.reset(token, NEW))
