"""A player's page: results and the way of the rating, and what strangers do not see of them."""

import re

import pytest
from accounts_harness import Site, end_of
from api_client import api_on
from browser import browser_at

from rachel_server.http.pages import players


async def test_strangers_see_public_tables_and_players_all_of_their_own(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    games = [await site.play(number, {0: ann, 1: bob}) for number in range(1, 6)]
    hidden = {game.start.game for game in games if not game.start.public}
    shown = {game.start.game for game in games if game.start.public}
    assert hidden
    assert shown
    async with api_on(site.database) as api, browser_at(api.served) as browser:
        page = await browser.open("/players/ann")
        assert {link.removeprefix("/games/") for link in page.links if "/games/" in link} == shown
        last = (await api.good("GET", "/players/ann/games"))["items"][0]
        change = last["rating_after"] - last["rating_before"]
        place = end_of(games[3]).places.index(0) + 1
        assert f"{place} of 4" in page.text
        assert f"{last['rating_after']} ({change:+d})".replace("-", "−") in page.text
        profile = await api.good("GET", "/players/ann")
        assert f"{profile['rating']}" in page.text
        assert f"The last {len(shown)} rated games at public tables." in page.text
        assert "example.org" not in page.text
        points = page.tag("polyline")["points"].split()
        assert len(points) == 1 + len(shown)

        await browser.log_in("Ann")
        own = await browser.open("/players/Ann")
        assert {it.removeprefix("/games/") for it in own.links if "/games/" in it} == hidden | shown
        assert f"The last {len(games)} rated games." in own.text
        others = await browser.open("/players/Bob")
        assert not any(game in others.source for game in hidden)
        pages = [page, own, await browser.open("/"), await browser.open("/account")]
        for link in {link for page in pages for link in page.links if link.startswith("/")}:
            assert (await browser.open(link)).status == 200, link


async def test_games_come_in_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await site.account("Ann")
    for number in range(1, 8):
        await site.play(number, {0: ann})
    monkeypatch.setattr(players, "GAMES_PER_PAGE", 2)
    async with api_on(site.database) as api, browser_at(api.served) as browser:
        page = await browser.open("/players/Ann")
        assert page.text.count("of 4") == 2
        (older,) = [link for link in page.links if "after=" in link]
        page = await browser.open(older)
        assert re.search(r"Older games .* of 4", page.text)
        assert "polyline" not in {tag for tag, _ in page.tags}
        assert (await browser.open("/players/Ann?after=x")).status == 400
        for name in ("Nobody", "a%00b", "%3Cscript%3E"):
            assert (await browser.open(f"/players/{name}")).status == 404
