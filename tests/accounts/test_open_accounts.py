"""The accounts as a server opens them: with its settings, and kept tidy."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from accounts_harness import PASSWORD, Site, read_mail
from mailgun_stand_in import DOMAIN, KEY, mailgun_stand_in

from rachel_server.accounts.service import open_accounts
from rachel_server.ops.secrets import Secret
from rachel_server.ops.settings import Environment, Network, ServerSettings

PROXY = (ip_network("127.0.0.1"),)


@pytest.mark.parametrize(
    ("environment", "host", "http_port", "https_port", "proxies", "url"),
    [
        ("production", "cards.example.org", 4001, None, PROXY, "https://cards.example.org"),
        ("production", "cards.example.org", 4001, 8443, PROXY, "https://cards.example.org"),
        ("production", "cards.example.org", 4001, 8443, (), "https://cards.example.org:8443"),
        ("production", "2001:db8::1", None, 8443, (), "https://[2001:db8::1]:8443"),
        ("production", "cards.example.org", None, 443, (), "https://cards.example.org"),
        ("development", "cards.example.org", 4001, 8443, (), "http://cards.example.org:4001"),
        ("development", "2001:db8::1", 4001, None, PROXY, "http://[2001:db8::1]:4001"),
        ("development", "cards.example.org", None, 8443, (), "https://cards.example.org:8443"),
    ],
)
def test_links_lead_to_where_people_find_the_server(
    environment: Environment,
    host: str,
    http_port: int | None,
    https_port: int | None,
    proxies: tuple[Network, ...],
    url: str,
) -> None:
    settings = ServerSettings(
        data_dir=Path("nowhere"),
        environment=environment,
        public_host=host,
        http_port=http_port,
        https_port=https_port,
        trusted_proxies=proxies,
    )
    assert settings.public_url == url


async def test_a_server_without_mailgun_keeps_mails_in_its_data_folder(site: Site) -> None:
    settings = ServerSettings(
        data_dir=site.database.data_dir, public_host="cards.example.org", http_port=4001
    )
    async with open_accounts(
        settings, site.engine, names=site.names, tables=site.tables
    ) as accounts:
        await accounts.registration.register("Ann", "ann@example.org", PASSWORD)
    (file,) = (site.database.data_dir / "outbox").iterdir()
    reader, _, text = read_mail(file)
    assert reader == "ann@example.org"
    assert "http://cards.example.org:4001/account/confirm?token=" in text
    assert "From: Rachel <rachel@cards.example.org>" in file.read_text().splitlines()


async def test_a_server_with_mailgun_sends_where_its_settings_say(site: Site) -> None:
    async with mailgun_stand_in() as mailgun:
        settings = ServerSettings(
            data_dir=site.database.data_dir,
            mailgun_api_key=Secret(KEY),
            mailgun_domain=DOMAIN,
            mailgun_base_url=mailgun.url,
        )
        async with open_accounts(
            settings, site.engine, names=site.names, tables=site.tables
        ) as accounts:
            await accounts.registration.register("Ann", "ann@example.org", PASSWORD)
            await mailgun.was_asked(1)
        (form,) = mailgun.taken
    assert form["to"] == "ann@example.org"
    assert "/account/confirm?token=" in form["text"]
    assert not (site.database.data_dir / "outbox").exists()
