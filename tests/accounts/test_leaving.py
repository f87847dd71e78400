"""Deleting an account, and taking its data along."""

import json

from accounts_harness import BROWSER, PASSWORD, Site, end_of, refused, with_accounts
from slow_passwords import SlowPasswords
from store_harness import played_game, store_games, stored_game

from rachel_server.accounts.account import find_account
from rachel_server.accounts.errors import AccountErrorCode
from rachel_server.accounts.history import history
from rachel_server.accounts.leaving import delete_account
from rachel_server.store.cleanup import delete_expired, sweeping
from rachel_server.store.games import list_games


async def test_a_deleted_account_leaves_no_trace_of_its_name(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    session = await site.log_in("Ann")
    await site.accounts.password_change.request_reset("ann@example.org")
    game = await site.play(1, {0: ann, 2: bob})
    running = with_accounts(played_game(2, turns=9), {1: ann.id})
    await store_games(site.database.url, running)
    site.database.change(f"UPDATE seats SET name = 'Ann' WHERE account = {ann.id}")
    rated_bob = await find_account(site.engine, "Bob")
    await site.accounts.delete(ann, PASSWORD)
    assert await find_account(site.engine, "Ann") is None
    assert await site.accounts.sessions.find(session) is None
    await refused(AccountErrorCode.WRONG_CREDENTIALS, site.log_in("Ann"))
    assert "Ann" not in site.everything()
    assert "ann@" not in site.everything()
    names = [[seat.name for seat in it.seats] for it in await list_games(site.engine)]
    assert names == [
        ["Zoë 0", "Player 2", "Zoë 2", "Bot Eve"],
        ["Player 1", "Zoë 1", "Zoë 2", "Bot Eve"],
    ]
    stored = await stored_game(site.engine, game.start.game)
    assert (stored.end, stored.actions) == (game.end, game.actions)
    assert await find_account(site.engine, "Bob") == rated_bob
    (bobs,) = (await history(site.engine, bob.id)).items
    assert bobs.rating_after == (rated_bob and rated_bob.rating)


async def test_name_and_address_are_free_again(site: Site) -> None:
    ann = await site.account("Ann")
    await site.accounts.delete(ann, PASSWORD)
    again = await site.account("Ann")
    assert again.id != ann.id
    assert (await history(site.engine, again.id)).items == ()


async def test_only_who_knows_the_password_deletes(site: Site) -> None:
    ann = await site.account("Ann")
    session = await site.log_in("Ann")
    await refused(AccountErrorCode.WRONG_PASSWORD, site.accounts.delete(ann, "wrong password"))
    assert await site.accounts.sessions.find(session) == ann
    await site.accounts.delete(ann, PASSWORD)
    await refused(AccountErrorCode.WRONG_PASSWORD, site.accounts.delete(ann, PASSWORD))


async def test_a_password_changed_meanwhile_deletes_nothing(site: Site) -> None:
    ann = await site.account("Ann")
    await site.play(1, {0: ann})
    passwords = SlowPasswords()

    async def change() -> None:
        change_password = site.accounts.password_change.change
        await change_password(ann, PASSWORD, "another good password", BROWSER)

    passwords.meanwhile = change
    call = delete_account(site.engine, passwords, ann, PASSWORD)
    await refused(AccountErrorCode.WRONG_PASSWORD, call)
    passwords.close()
    assert await find_account(site.engine, "Ann") == ann
    assert len((await history(site.engine, ann.id)).items) == 1


async def test_an_export_has_everything_but_secrets(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    session = await site.log_in("Ann")
    await site.log_in("Bob")
    finished = await site.play(1, {0: ann, 2: bob})
    running = with_accounts(played_game(2, turns=9), {1: ann.id})
    await store_games(site.database.url, running, played_game(3))
    export = json.loads(json.dumps(await site.accounts.export(ann)))
    won = end_of(finished).places.index(0) < end_of(finished).places.index(2)
    assert export == {
        "account": {
            "username": "Ann",
            "email": "Ann@example.org",
            "created_at": "2027-01-15T08:00:00Z",
            "rating": 1016 if won else 984,
            "rated_games": 1,
        },
        "sessions": [
            {
                "created_at": "2027-01-15T08:00:00Z",
                "last_used_at": "2027-01-15T08:00:00Z",
                "expires_at": "2027-01-29T08:00:00Z",
                "user_agent": BROWSER,
            }
        ],
        "ssh_keys": [],
        "games": [
            {
                "game": "GAME00000001",
                "started_at": "2023-11-14T22:13:21Z",
                "finished_at": "2023-11-14T22:14:21Z",
                "name": "Zoë 0",
                "seats": 4,
                "place": end_of(finished).places.index(0) + 1,
                "cards_left": end_of(finished).cards_left[0],
                "attack_dealt": 10,
                "attack_taken": 20,
                "rating_before": 1000,
                "rating_after": 1016 if won else 984,
            }
        ],
        "unfinished_games": [
            {"game": "GAME00000002", "started_at": "2023-11-14T22:13:22Z", "name": "Zoë 1"}
        ],
    }
    told = json.dumps(export)
    assert session not in told
    assert "argon2" not in told


async def test_what_has_expired_goes_and_what_has_not_stays(site: Site) -> None:
    await site.account("Ann")
    await site.log_in("Ann")
    await site.accounts.registration.register("Bob", "bob@example.org", PASSWORD)
    await site.accounts.password_change.request_reset("ann@example.org")
    counts = []
    for seconds in (0, 3600, 3 * 24 * 3600, 14 * 24 * 3600):
        site.clock.now += seconds
        counts.append(await delete_expired(sweeping(site.engine), site.clock()))
    assert counts == [0, 1, 1, 1]
    assert site.count("accounts") == 1
