"""What an account has played, page by page and added up."""

import pytest
from accounts_harness import Site, end_of, refused, with_accounts
from store_harness import played_game, store_games

from rachel_server.accounts.errors import AccountErrorCode
from rachel_server.accounts.history import PlayedGame, Statistics, history, statistics
from rachel_server.core.entries import GameStatus, StoredGame


def place(game: StoredGame, seat: int) -> int:
    return end_of(game).places.index(seat) + 1


async def test_a_game_is_told_as_its_player_saw_it(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    game = await site.play(1, {1: ann, 2: bob})
    (played,) = (await history(site.engine, ann.id)).items
    end = end_of(game)
    after = 1016 if place(game, 1) < place(game, 2) else 984
    assert played == PlayedGame(
        game=game.start.game,
        started_at=game.start.at,
        finished_at=end.at,
        seats=4,
        place=place(game, 1),
        cards_left=end.cards_left[1],
        attack_dealt=11,
        attack_taken=21,
        rating_before=1000,
        rating_after=after,
    )


async def test_a_game_against_bots_and_guests_is_there_without_a_rating(site: Site) -> None:
    ann = await site.account("Ann")
    await site.play(1, {0: ann})
    (played,) = (await history(site.engine, ann.id)).items
    assert (played.rating_before, played.rating_after) == (None, None)


async def test_only_finished_games_are_there(site: Site) -> None:
    ann = await site.account("Ann")
    for game in (
        played_game(1, turns=20, ended=GameStatus.ABANDONED),
        played_game(2, turns=20),
    ):
        await store_games(site.database.url, with_accounts(game, {0: ann.id}))
    assert (await history(site.engine, ann.id)).items == ()
    assert await statistics(site.engine, ann.id) == Statistics(0, 0, 0, 0, 0, 0)


async def test_a_game_of_an_older_server_has_gaps(site: Site) -> None:
    ann = await site.account("Ann")
    game = await site.play(1, {0: ann})
    site.database.change(
        "UPDATE seats SET cards_left = NULL, attack_dealt = NULL, attack_taken = NULL"
    )
    (played,) = (await history(site.engine, ann.id)).items
    assert (played.cards_left, played.attack_dealt, played.attack_taken) == (None, None, None)
    won = place(game, 0) == 1
    assert await statistics(site.engine, ann.id) == Statistics(1, int(won), 0, 0, 0, 0)


@pytest.mark.parametrize("size", [1, 2, 5, 50])
async def test_pages_are_the_history_in_pieces(site: Site, size: int) -> None:
    """Games that ended in the same instant included."""
    ann = await site.account("Ann")
    games = [with_accounts(played_game(number), {0: ann.id}) for number in range(1, 13)]
    await store_games(site.database.url, *games)
    site.database.change("UPDATE games SET finished_at = 1700000000.1 WHERE id < 'GAME00000007'")
    whole = (await history(site.engine, ann.id, limit=100)).items
    assert [it.game for it in whole] == [f"GAME{number:08}" for number in range(12, 0, -1)]
    pages = [await history(site.engine, ann.id, limit=size)]
    while pages[-1].next_cursor is not None:
        cursor = pages[-1].next_cursor
        pages.append(await history(site.engine, ann.id, limit=size, cursor=cursor))
    assert tuple(it for page in pages for it in page.items) == whole
    assert all(len(page.items) == size for page in pages[:-1])


@pytest.mark.parametrize("cursor", ["", "1.0", "nan-A", "1e9-A", "1.0-A\0", "1.0-'", "1" * 99])
async def test_made_up_cursors_are_refused(site: Site, cursor: str) -> None:
    await refused(AccountErrorCode.CURSOR_INVALID, history(site.engine, 1, cursor=cursor))


async def test_statistics_add_up(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    games = [await site.play(number, {0: ann, 1: bob}) for number in range(1, 21)]
    for seat, account in enumerate((ann, bob)):
        places = [place(game, seat) for game in games]
        assert await statistics(site.engine, account.id) == Statistics(
            games=20,
            wins=places.count(1),
            last=places.count(4),
            cards_left=3 * places.count(4),
            attack_dealt=20 * (10 + seat),
            attack_taken=20 * (20 + seat),
        )
        assert 0 < places.count(4) < 20, "or the test shows nothing"
