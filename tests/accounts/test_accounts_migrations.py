"""The migrations of accounts and ratings, down and up with both inside."""

from accounts_harness import PASSWORD, Site
from store_harness import stored_game

from rachel_server.accounts.account import find_account
from rachel_server.accounts.history import history
from rachel_server.accounts.leaderboard import leaderboard
from rachel_server.store.migrate import downgrade, upgrade
from rachel_server.store.revisions import migrations

GAMES = "SELECT id, seed, status FROM games ORDER BY id"
SEATS = "SELECT game, seat, name, token_hash, place FROM seats ORDER BY game, seat"


def undo(site: Site, revision: str) -> None:
    """Take back a migration, and those after it."""
    steps = [step for step in migrations() if step.revision >= revision]
    assert steps[0].revision == revision
    assert downgrade(site.database.url, len(steps)) == steps[::-1]


async def test_the_ratings_step_keeps_accounts_and_their_seats(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    session = await site.log_in("Ann")
    game = await site.play(1, {0: ann, 2: bob})
    rated = await find_account(site.engine, "Ann")
    await site.engine.dispose()
    whose = "SELECT account FROM seats ORDER BY game, seat"
    before = [site.database.rows(query) for query in (GAMES, SEATS, whose)]
    undo(site, "0003")
    assert [site.database.rows(query) for query in (GAMES, SEATS, whose)] == before
    upgrade(site.database.url)
    assert await find_account(site.engine, "Ann") == rated
    assert rated is not None
    assert rated.rated_games == 1
    assert await site.accounts.sessions.find(session) == rated
    (played,) = (await history(site.engine, ann.id)).items
    assert (played.game, played.cards_left, played.rating_after) == (game.start.game, None, None)
    await site.play(2, {0: ann, 2: bob})
    assert {it.rated_games for it in (await leaderboard(site.engine)).items} == {2}


async def test_the_accounts_step_keeps_the_games(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    await site.log_in("Ann")
    await site.accounts.registration.register("Cat", "cat@example.org", PASSWORD)
    await site.accounts.password_change.request_reset("ann@example.org")
    assert len(await site.mails()) == 2
    game = await site.play(1, {0: ann, 2: bob})
    await site.engine.dispose()
    before = [site.database.rows(query) for query in (GAMES, SEATS)]
    undo(site, "0002")
    assert [site.database.rows(query) for query in (GAMES, SEATS)] == before
    upgrade(site.database.url)
    assert [site.database.rows(query) for query in (GAMES, SEATS)] == before
    loaded = await stored_game(site.engine, game.start.game)
    assert loaded.actions == game.actions
    assert {seat.account for seat in loaded.start.seats} == {None}
    assert site.count("accounts") == 0
    site.names.release("Ann")  # as in a server that starts now
    again = await site.account("Ann")
    await site.play(2, {0: again})
    assert [it.game for it in (await history(site.engine, again.id)).items] == ["GAME00000002"]
