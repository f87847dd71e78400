"""The accounts as a server opens them: with its settings, and kept tidy."""

import asyncio
from ipaddress import ip_network
from pathlib import Path

import pytest
from accounts_harness import BROWSER, PASSWORD, Site, read_mail

from rachel_server.accounts.service import open_accounts, public_url
from rachel_server.settings import Environment, ServerSettings


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ("production", "https://cards.example.org"),
        ("development", "http://cards.example.org:4001"),
    ],
)
def test_links_lead_to_where_people_find_the_server(environment: Environment, url: str) -> None:
    settings = ServerSettings(
        data_dir=Path("nowhere"),
        environment=environment,
        public_host="cards.example.org",
        trusted_proxies=(ip_network("127.0.0.1"),),
    )
    assert public_url(settings, 4001) == url


async def test_a_server_without_mailgun_keeps_mails_in_its_data_folder(site: Site) -> None:
    settings = ServerSettings(data_dir=site.database.data_dir, public_host="cards.example.org")
    async with open_accounts(settings, site.engine, 4001) as accounts:
        await accounts.registration.register("Ann", "ann@example.org", PASSWORD)
    (file,) = (site.database.data_dir / "outbox").iterdir()
    reader, _, text = read_mail(file)
    assert reader == "ann@example.org"
    assert "http://cards.example.org:4001/account/confirm?token=" in text
    assert "From: Rachel <rachel@cards.example.org>" in file.read_text().splitlines()


async def test_what_has_expired_is_cleaned_up(site: Site) -> None:
    """The site's clock is ahead of the real one, which counts here."""
    ann = await site.account("Ann")
    await site.log_in("Ann")
    site.database.change("UPDATE sessions SET expires_at = 1.0")
    settings = ServerSettings(data_dir=site.database.data_dir)
    async with open_accounts(settings, site.engine, 4001) as accounts:
        session = await accounts.sessions.log_in("Ann", PASSWORD, BROWSER)
        async with asyncio.timeout(20):
            while site.count("sessions") > 1:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.01)
        assert await accounts.sessions.find(session.token) == ann
