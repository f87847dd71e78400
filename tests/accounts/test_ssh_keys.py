"""SSH keys as identities: accounts that they open, and codes that tie them to others."""

import asyncio

from accounts_harness import PASSWORD, Site, refused, with_accounts
from store_harness import played_game, store_games

from rachel_server.accounts.account import find_account
from rachel_server.accounts.errors import AccountErrorCode
from rachel_server.accounts.history import history
from rachel_server.accounts.keys import CODE_S, KEYS_MAX, Key
from rachel_server.store.cleanup import delete_expired, sweeping

ZOE, EVE = bytes(32), bytes([1]) * 32


async def test_a_key_is_its_account_from_the_first_time_on(site: Site) -> None:
    keys = site.accounts.keys
    assert await keys.find(ZOE) is None
    zoe = await keys.join(ZOE, "ssh-ed25519", "zoe")
    assert (zoe.username, zoe.email, zoe.rating) == ("zoe", "", 1000)
    assert await keys.join(ZOE, "ssh-ed25519", "somebody") == zoe
    assert await keys.find(ZOE) == zoe
    assert not site.names.is_free("Zoe")
    added = site.clock()
    site.clock.now += 7200
    await keys.find(ZOE)
    assert await keys.of(zoe.id) == [Key(ZOE, "ssh-ed25519", added, added + 7200)]
    for password in ("", PASSWORD):
        await refused(AccountErrorCode.WRONG_CREDENTIALS, site.log_in("zoe", password))


async def test_names_that_are_not_free_or_no_usernames_become_near_ones(site: Site) -> None:
    await site.account("Zoe")
    for number, (asked, got) in enumerate(
        [
            ("zoe", "zoe_2"),
            ("Z0E", "Z0E_3"),  # looks like the first
            ("x", "x_ssh"),
            ("", "ssh"),
            ("jean pierre!", "jean_pierre"),
            ("\N{SNOWMAN}\x1b[2J;DROP", "2J_DROP"),
            ("a" * 50, "a" * 20),
        ]
    ):
        account = await site.accounts.keys.join(bytes([number]) * 32, "ssh-rsa", asked)
        assert account.username == got


async def test_one_key_at_many_doors_is_one_account(site: Site) -> None:
    joined = [site.accounts.keys.join(ZOE, "ssh-ed25519", "zoe") for _ in range(5)]
    joined += [site.accounts.keys.join(EVE, "ssh-ed25519", "zoe")]
    *same, other = await asyncio.gather(*joined)
    assert len({account.id for account in same}) == 1
    assert {same[0].username, other.username} == {"zoe", "zoe_2"}


async def test_a_code_ties_a_key_to_an_account_once(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    code = await keys.code(ann.id)
    typed = f" {code[:4].lower()}-{code[4:]}\n"
    assert await keys.link(ZOE, "ssh-ed25519", typed) == ann
    assert await keys.find(ZOE) == ann
    await refused(AccountErrorCode.CODE_INVALID, keys.link(EVE, "ssh-ed25519", code))
    older, newer = await keys.code(ann.id), await keys.code(ann.id)
    await refused(AccountErrorCode.CODE_INVALID, keys.link(EVE, "ssh-ed25519", older))
    site.clock.now += CODE_S
    await refused(AccountErrorCode.CODE_INVALID, keys.link(EVE, "ssh-ed25519", newer))
    assert await keys.find(EVE) is None
    assert await delete_expired(sweeping(site.engine), site.clock()) == 1


async def test_what_a_key_played_goes_along_when_it_is_tied(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    zoe = await keys.join(ZOE, "ssh-ed25519", "zoe")
    alone = await site.play(1, {0: zoe})
    both = await site.play(2, {0: zoe, 1: ann})
    running = with_accounts(played_game(3, turns=9), {1: zoe.id})
    await store_games(site.database.url, running)
    assert await keys.link(ZOE, "ssh-ed25519", await keys.code(ann.id)) == await find_account(
        site.engine, "Ann"
    )
    games = (await history(site.engine, ann.id)).items
    assert {game.game for game in games} == {alone.start.game, both.start.game}
    assert await find_account(site.engine, "zoe") is None
    assert site.names.is_free("zoe")
    assert site.tables.told == [(zoe.id, None, True)]


async def test_an_account_that_another_key_opens_stays(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    bob = await site.account("Bob")
    await keys.link(ZOE, "ssh-ed25519", await keys.code(ann.id))
    await keys.link(ZOE, "ssh-ed25519", await keys.code(bob.id))
    assert await keys.of(ann.id) == []
    assert await find_account(site.engine, "Ann") == ann
    assert site.tables.told == [(ann.id, ZOE, False)]


async def test_removed_keys_open_nothing_and_what_they_play_ends(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    await keys.link(ZOE, "ssh-ed25519", await keys.code(ann.id))
    await keys.remove(ann.id + 1, ZOE)
    await keys.remove(ann.id, EVE)
    assert site.tables.told == []
    await keys.remove(ann.id, ZOE)
    assert await keys.find(ZOE) is None
    assert site.tables.told == [(ann.id, ZOE, False)]


async def test_a_key_that_is_forgotten_takes_its_own_account_along(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    await keys.join(ZOE, "ssh-ed25519", "zoe")
    await keys.link(EVE, "ssh-ed25519", await keys.code(ann.id))
    await keys.forget(ZOE)
    await keys.forget(EVE)
    assert await find_account(site.engine, "zoe") is None
    assert "zoe" not in site.everything()
    assert await find_account(site.engine, "Ann") == ann
    assert await keys.find(EVE) is None


async def test_an_account_has_so_many_keys(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    for number in range(KEYS_MAX):
        await keys.link(bytes([number]) * 32, "ssh-rsa", await keys.code(ann.id))
    code = await keys.code(ann.id)
    await refused(AccountErrorCode.TOO_MANY_KEYS, keys.link(b"n" * 32, "ssh-rsa", code))


async def test_keys_are_in_the_export_by_their_fingerprints(site: Site) -> None:
    ann, keys = await site.account("Ann"), site.accounts.keys
    await keys.link(ZOE, "ssh-ed25519", await keys.code(ann.id))
    (key,) = (await site.accounts.export(ann))["ssh_keys"]
    assert key["fingerprint"] == "SHA256:" + "A" * 43
    assert key["kind"] == "ssh-ed25519"
