"""The leaderboard as a page: who plays best, for anybody to see."""

import pytest
from accounts_harness import open_site
from api_client import api_on
from browser import browser_at
from databases import Database

from rachel_server.http.pages import players


async def test_nobody_has_been_rated(database: Database) -> None:
    async with api_on(database) as api, browser_at(api.served) as browser:
        page = await browser.open("/leaderboard")
    assert "be the first" in page.text
    assert "table" not in {tag for tag, _ in page.tags}


async def test_ranks_come_in_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "PLAYERS_PER_PAGE", 2)
    async with open_site(database) as site:
        names = ("Ann", "Bob", "Cid", "Dora_the_last_of_all")
        accounts = [await site.account(name) for name in names]
        await site.account("Spectator")
        for number in range(1, 4):
            await site.play(number, dict(enumerate(accounts)))
    ratings: dict[str, int] = dict(
        database.rows("SELECT username, rating FROM accounts WHERE rated_games > 0")
    )
    ranks = {
        name: 1 + sum(other > own for other in ratings.values()) for name, own in ratings.items()
    }
    assert set(ranks) == set(names)
    async with api_on(database) as api, browser_at(api.served) as browser:
        page = await browser.open("/leaderboard")
        first = page.text
        (following,) = [link for link in page.links if "after=" in link]
        page = await browser.open(following)
        second = page.text
        assert not [link for link in page.links if "after=" in link]
        for name in names:
            assert f"{ranks[name]} {name} {ratings[name]}" in first + second
            assert (name in first) != (name in second)
        assert "Spectator" not in first + second
        await browser.log_in("Cid")
        page = await browser.open("/leaderboard")
        own = f"You have rank {ranks['Cid']} with a rating of {ratings['Cid']}."
        assert own in page.text
        for wrong in ("x", "%FF", "99999999999-ann", "1-'"):
            assert (await browser.open(f"/leaderboard?after={wrong}")).status == 400
