"""The accounts as a server opens them: with its settings, and kept tidy."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from accounts_harness import PASSWORD, Site, read_mail
from mailgun_stand_in import DOMAIN, KEY, mailgun_stand_in

from rachel_server.accounts.service import open_accounts, public_url
from rachel_server.ops.secrets import Secret
from rachel_server.ops.settings import Environment, ServerSettings


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
    async with open_accounts(
        settings, site.engine, 4001, names=site.names, tables=site.tables
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
            settings, site.engine, 4001, names=site.names, tables=site.tables
        ) as accounts:
            await accounts.registration.register("Ann", "ann@example.org", PASSWORD)
            await mailgun.was_asked(1)
        (form,) = mailgun.taken
    assert form["to"] == "ann@example.org"
    assert "/account/confirm?token=" in form["text"]
    assert not (site.database.data_dir / "outbox").exists()
