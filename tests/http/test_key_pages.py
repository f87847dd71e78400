"""The page for an account's SSH keys."""

from accounts_harness import Site
from api_client import api_on
from browser import browser_at

KEY = bytes(range(32))


async def test_a_code_ties_a_key_and_the_page_takes_it_away(site: Site) -> None:
    ann = await site.account("Ann")
    async with api_on(site.database, ssh_port=2222) as api, browser_at(api.served) as browser:
        await browser.log_in("Ann")
        account = await browser.open("/account")
        assert "/account/keys" in account.links
        page = await browser.open("/account/keys")
        assert "ssh -p 2222" in page.text
        shown = await browser.send(page, "/account/keys/code")
        words = shown.text.split()
        code = words[words.index("link") + 1]
        assert (await api.served.server.desk().link(KEY.hex(), "ssh-ed25519", code)).id == ann.id
        page = await browser.open("/account/keys")
        assert "SHA256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" in page.text
        assert (await browser.send(page, "/account/keys/remove", fingerprint="x")).status == 400
        gone = await browser.send(page, "/account/keys/remove")
        assert "The key opens your account no longer." in gone.text
        assert await site.accounts.keys.find(KEY) is None


async def test_only_owners_see_keys_and_only_where_there_is_ssh(site: Site) -> None:
    await site.account("Ann")
    async with api_on(site.database) as api, browser_at(api.served) as browser:
        await browser.log_in("Ann")
        assert "/account/keys" not in (await browser.open("/account")).links
        assert (await browser.open("/account/keys")).status == 404
        assert "ssh" not in (await browser.open("/")).text
    async with (
        api_on(site.database, ssh_port=2222, ssh_public_port=22) as api,
        browser_at(api.served) as browser,
    ):
        assert (await browser.open("/account/keys")).path == "/account/login"
        assert "$ ssh 127.0.0.1" in (await browser.open("/")).text
        assert "forget" in (await browser.open("/privacy")).text
