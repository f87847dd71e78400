"""Leaderboard, profiles and histories through the API."""

import pytest
from accounts_harness import PASSWORD, Site, end_of, with_accounts
from api_client import api_on
from store_harness import played_game, store_games

NAMES = ("Ann", "Bob", "Carol", "Dave", "Eve")


async def test_leaderboard_profiles_and_own_account_agree(site: Site) -> None:
    accounts = [await site.account(name) for name in NAMES]
    for number in range(1, 9):
        first, second = accounts[number % 4], accounts[(number + 1) % 4]
        await site.play(number, {0: first, 1: second})
    async with api_on(site.database) as api:
        board = await api.good("GET", "/leaderboard")
        assert board["next"] is None
        players = board["items"]
        assert {player["username"] for player in players} == set(NAMES[:4])
        ratings = [player["rating"] for player in players]
        assert ratings == sorted(ratings, reverse=True)
        assert [player["rank"] for player in players] == [
            1 + ratings.index(rating) for rating in ratings
        ]
        for player in players:
            name = player["username"]
            profile = await api.good("GET", f"/players/{name.upper()}")
            assert {key: profile[key] for key in player} == player
            assert set(profile) == {*player, "created_at", "statistics"}
            assert profile["statistics"]["games"] == player["rated_games"]
            own = await api.good("GET", "/account", token=await api.log_in(name))
            assert own["rank"] == player["rank"]
        token = await api.log_in("Eve")
        assert (await api.good("GET", "/account", token=token))["rank"] is None
        newcomer = await api.good("GET", "/players/Eve")
        assert (newcomer["rank"], newcomer["last_change"]) == (None, None)
        assert newcomer["statistics"]["games"] == 0
        in_pages = []
        cursor = ""
        while cursor is not None:
            page = await api.good("GET", f"/leaderboard?limit=1{cursor and '&cursor='}{cursor}")
            in_pages += page["items"]
            cursor = page["next"]
        assert in_pages == players


async def test_nobody_is_not_found(site: Site) -> None:
    async with api_on(site.database) as api:
        for path in ("/players/Nobody", "/players/Nobody/games"):
            await api.refused(404, "player_not_found", "GET", path)
        for path in ("/players/x", "/players/a%00bc", "/players/ann%20lee", "/players/Zo%C3%AB"):
            await api.refused(404, "not_found", "GET", path)


async def test_an_address_is_nobodys_business(site: Site) -> None:
    ann = await site.account("Ann")
    await site.play(2, {0: ann})
    async with api_on(site.database) as api:
        for path in ("/players/Ann", "/players/Ann/games", "/leaderboard", "/games"):
            assert "example.org" not in str(await api.good("GET", path))


async def test_a_history_is_the_games_of_public_tables_and_all_of_ones_own(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    games = [await site.play(number, {0: ann, 1: bob}) for number in range(1, 6)]
    await store_games(site.database.url, with_accounts(played_game(6, turns=3), {0: ann.id}))
    async with api_on(site.database) as api:
        path = "/players/ann/games"
        public = await api.good("GET", path)
        assert [game["game"] for game in public["items"]] == ["GAME00000004", "GAME00000002"]
        last = public["items"][0]
        end = end_of(games[3])
        assert last == {
            "game": "GAME00000004",
            "started_at": games[3].start.at,
            "finished_at": end.at,
            "seats": 4,
            "place": end.places.index(0) + 1,
            "cards_left": end.cards_left[0],
            "attack_dealt": 10,
            "attack_taken": 20,
            "rating_before": last["rating_before"],
            "rating_after": last["rating_after"],
        }
        assert last["rating_before"] != last["rating_after"]
        bobs = await api.log_in("Bob")
        assert await api.good("GET", path, token=bobs) == public
        page = await api.good("GET", f"{path}?limit=1")
        assert page["next"] is not None
        for number in (1, 3, 5):
            assert f"GAME{number:08}" not in str(page)
        own = await api.good("GET", path, token=await api.log_in("Ann"))
        assert [game["game"] for game in own["items"]] == [
            f"GAME{number:08}" for number in (5, 4, 3, 2, 1)
        ]
        await api.refused(400, "cursor_invalid", "GET", f"{path}?cursor=x")


@pytest.mark.parametrize("name", ["Ann", "ann", "ANN"])
async def test_a_deleted_account_has_no_profile(site: Site, name: str) -> None:
    await site.account("Ann")
    async with api_on(site.database) as api:
        token = await api.log_in("Ann")
        await api.good("GET", f"/players/{name}")
        await api.good("DELETE", "/account", {"password": PASSWORD}, token=token)
        await api.refused(404, "player_not_found", "GET", f"/players/{name}")
