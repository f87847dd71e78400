"""The leaderboard: ranks that agree with themselves, whatever the pages."""

import pytest
from accounts_harness import Site, refused

from rachel_server.accounts.errors import AccountErrorCode
from rachel_server.accounts.leaderboard import Ranked, leaderboard, ranked


def put(site: Site, *players: tuple[str, int, int]) -> None:
    """Store accounts with these names, ratings and numbers of rated games."""
    values = ", ".join(
        f"('{name}', '{name.lower()}', '{name}@x.org', '{name.lower()}@x.org',"
        f" '', 0, {rating}, {games})"
        for name, rating, games in players
    )
    site.database.change(
        "INSERT INTO accounts (username, username_key, email, email_key, password_hash,"
        f" created_at, rating, rated_games) VALUES {values}"
    )


async def test_equal_ratings_share_a_rank_and_the_next_one_counts_them(site: Site) -> None:
    put(
        site,
        *(("Eve", 990, 3), ("bob", 1016, 1), ("Dan", 1000, 2), ("Ann", 1016, 4)),
        *(("Cat", 1016, 9), ("New", 1000, 0), ("Low", -7, 1)),
    )
    page = await leaderboard(site.engine)
    assert page.next_cursor is None
    assert [(it.rank, it.username, it.rating, it.rated_games) for it in page.items] == [
        *((1, "Ann", 1016, 4), (1, "bob", 1016, 1), (1, "Cat", 1016, 9)),
        *((4, "Dan", 1000, 2), (5, "Eve", 990, 3), (6, "Low", -7, 1)),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
async def test_pages_are_the_list_in_pieces(site: Site, size: int) -> None:
    put(site, *((f"P{number:02}", 1000 + number * 7 % 5, 1) for number in range(23)))
    whole = (await leaderboard(site.engine, limit=100)).items
    assert len(whole) == 23
    pages = [await leaderboard(site.engine, limit=size)]
    while pages[-1].next_cursor is not None:
        pages.append(await leaderboard(site.engine, limit=size, cursor=pages[-1].next_cursor))
    assert tuple(it for page in pages for it in page.items) == whole
    assert all(len(page.items) == size for page in pages[:-1])


async def test_a_page_has_1_to_100_items(site: Site) -> None:
    put(site, *((f"P{number:03}", 1000, 1) for number in range(120)))
    for limit, size in ((-5, 1), (0, 1), (100, 100), (10**30, 100)):
        assert len((await leaderboard(site.engine, limit=limit)).items) == size


@pytest.mark.parametrize(
    "cursor",
    ["", "1016", "1016-", "x-ann", "1016-ann-b", "99999999999-ann", "NaN-ann", "1-\0\0\0", "1-ÄÄÄ"],
)
async def test_made_up_cursors_are_refused(site: Site, cursor: str) -> None:
    await refused(AccountErrorCode.CURSOR_INVALID, leaderboard(site.engine, cursor=cursor))


async def test_everybody_finds_their_own_place(site: Site) -> None:
    put(site, ("Ann", 1016, 1), ("Bob", 1016, 1), ("Cat", 984, 1), ("New", 1000, 0))
    rows = site.database.rows("SELECT username, id FROM accounts")
    ids = {str(name): int(number) for name, number in rows}
    for place in (await leaderboard(site.engine)).items:
        assert await ranked(site.engine, ids[place.username]) == place
    assert await ranked(site.engine, ids["New"]) is None
    assert await ranked(site.engine, 10**6) is None


async def test_the_last_change_is_that_of_the_last_game(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    for number in range(1, 4):
        await site.play(number, {0: ann, 1: bob})
    rows = site.database.rows("SELECT rating_after - rating_before FROM ratings WHERE number = 3")
    page = await leaderboard(site.engine)
    assert sorted(it.last_change or 0 for it in page.items) == sorted(row[0] for row in rows)
    assert await ranked(site.engine, ann.id) in page.items


async def test_a_forgotten_history_has_no_last_change(site: Site) -> None:
    put(site, ("Ann", 1016, 5))
    assert (await leaderboard(site.engine)).items == (Ranked(1, "Ann", 1016, 5, None),)
