"""Finished games rate their accounts: once, in the transaction of their result."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from accounts_harness import PASSWORD, Site, end_of, with_accounts
from sqlalchemy.engine.default import DefaultDialect
from store_harness import (
    entries_of,
    in_thread,
    journal_on,
    played_game,
    store_games,
    stored_game,
    writer_on,
)

from rachel_server.accounts.account import Account, find_account
from rachel_server.accounts.history import history, statistics
from rachel_server.accounts.leaderboard import leaderboard
from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.store import sqlite_writer
from rachel_server.store.cleanup import delete_abandoned, sweeping
from rachel_server.store.elo import rate
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.rows import Rows

PROCESS = Path(__file__).with_name("finishing_process.py")


async def people(site: Site, *names: str) -> list[Account]:
    return [await site.account(name) for name in names]


def ids(accounts: list[Account]) -> dict[int, int]:
    """Put accounts on the first seats."""
    return {seat: account.id for seat, account in enumerate(accounts)}


def standing(site: Site) -> dict[str, tuple[int, int]]:
    """Return rating and rated games of everybody."""
    rows = site.database.rows("SELECT username, rating, rated_games FROM accounts")
    return {name: (rating, games) for name, rating, games in rows}


def rating_rows(site: Site) -> list[tuple[object, ...]]:
    return site.database.rows(
        "SELECT username, number, game, rating_before, rating_after FROM ratings"
        " JOIN accounts ON accounts.id = account ORDER BY username, number"
    )


def places(game: StoredGame, seats: int) -> list[int]:
    """Return the places of the first seats."""
    return [end_of(game).places.index(seat) + 1 for seat in range(seats)]


@contextmanager
def commits_fail(*, after: bool, times: int) -> Iterator[None]:
    """Let the journal's commits fail: before anything happens, or after it did."""
    commits: Callable[[DefaultDialect, object], None] = DefaultDialect.do_commit
    left = times

    def fail(commit: Callable[[], object]) -> None:
        nonlocal left
        journals = threading.current_thread().name.startswith("rachel-journal")
        if not journals or left == 0:
            commit()
            return
        left -= 1
        if after:
            commit()
        raise ConnectionResetError("the line went dead")

    @contextmanager
    def failing(done: str, undo: str, begin: str, connection: sqlite3.Connection) -> Iterator[None]:
        with undone_unless("SELECT 1", undo, begin, connection):
            yield
            fail(lambda: connection.execute(done))

    undone_unless = sqlite_writer._undone_unless
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "do_commit", lambda *those: fail(lambda: commits(*those)))
        patch.setattr(sqlite_writer, "_undone_unless", failing)
        yield
    assert left == 0


async def test_a_finished_game_rates_its_accounts(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob", "Cat")
    game = await site.play(1, dict(enumerate(accounts)))
    changes = rate(places(game, 3), [1000] * 3, [0] * 3)
    assert sorted(changes, reverse=True) == [16, 0, -16]
    assert standing(site) == {
        account.username: (1000 + change, 1)
        for account, change in zip(accounts, changes, strict=True)
    }
    assert rating_rows(site) == [
        (account.username, 1, game.start.game, 1000, 1000 + change)
        for account, change in zip(accounts, changes, strict=True)
    ]
    assert await find_account(site.engine, "Ann") == replace(
        accounts[0], rating=1000 + changes[0], rated_games=1
    )


async def test_what_a_seat_came_to_is_stored_with_it(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob")
    game = await site.play(1, dict(enumerate(accounts)))
    assert end_of(game).attack_dealt == (10, 11, 12, 13)
    assert await stored_game(site.engine, game.start.game) == game


async def test_a_game_with_fewer_than_two_accounts_rates_nobody(site: Site) -> None:
    (ann,) = await people(site, "Ann")
    await site.play(1, {})
    await site.play(2, {1: ann})
    assert standing(site) == {"Ann": (1000, 0)}
    assert rating_rows(site) == []


async def test_an_abandoned_game_rates_nobody(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob")
    for game in (
        played_game(1, turns=20, ended=GameStatus.ABANDONED),
        played_game(2, turns=20),
    ):
        await store_games(site.database.url, with_accounts(game, ids(accounts)))
    assert standing(site) == {"Ann": (1000, 0), "Bob": (1000, 0)}


async def test_games_that_end_together_rate_one_after_the_other(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob")
    games = [with_accounts(played_game(number), ids(accounts)) for number in range(1, 41)]
    async with journal_on(site.database.url) as journal:
        await journal.keep([entry for game in games for entry in entries_of(game)]).durable()
    ratings, counts = [1000, 1000], [0, 0]
    for game in games:
        changes = rate(places(game, 2), ratings, counts)
        ratings = [sum(pair) for pair in zip(ratings, changes, strict=True)]
        counts = [count + 1 for count in counts]
    assert standing(site) == {"Ann": (ratings[0], 40), "Bob": (ratings[1], 40)}
    rows = rating_rows(site)
    assert [row[1] for row in rows] == [*range(1, 41)] * 2
    assert [row[2] for row in rows] == [game.start.game for game in games] * 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_commit_that_fails_rates_once(site: Site, after: bool, times: int) -> None:
    accounts = await people(site, "Ann", "Bob")
    game = with_accounts(played_game(1), ids(accounts))
    url = site.database.url
    async with journal_on(url, in_thread(url)) as journal:
        await journal.keep(entries_of(game)[:-2]).durable()
        with commits_fail(after=after, times=times):
            await journal.keep(entries_of(game)[-2:]).durable()
        assert journal.refused == []
        await journal.keep([with_accounts(played_game(2), ids(accounts)).start]).durable()
    assert sorted(standing(site).values()) == [(984, 1), (1016, 1)]
    assert await stored_game(site.engine, game.start.game) == game


async def test_an_end_that_is_written_again_rates_once(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob")
    games = [with_accounts(played_game(number), ids(accounts)) for number in (1, 2)]
    whole, ends = Rows(), Rows()
    for game in games:
        for entry in entries_of(game):
            add_entry(whole, entry)
        add_entry(ends, end_of(game))
    writer = writer_on(site.database.url)
    writer.write(whole)
    before = standing(site), rating_rows(site)
    assert writer.write_by_game(whole) == {}
    writer.write(ends)
    assert writer.write_by_game(ends) == {}
    writer.close()
    assert (standing(site), rating_rows(site)) == before
    assert {games for _, games in standing(site).values()} == {2}


async def test_whoever_is_killed_while_a_game_ends_rates_once(site: Site) -> None:
    """At every step of the transaction; afterwards the games go on from their last turn."""
    accounts = await people(site, "Ann", "Bob")
    games = [with_accounts(played_game(number), ids(accounts)) for number in range(1, 41)]
    async with journal_on(site.database.url) as journal:
        for game in games:
            journal.keep(entries_of(game)[:-2])
    numbers = [str(number) for number in range(1, 41)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROCESS), site.database.url, *numbers),
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(PROCESS.parents[1] / "store")},
    )
    said, _ = await process.communicate()
    killed = int(said)
    assert 15 <= killed < 40
    stored = [await stored_game(site.engine, game.start.game) for game in games]
    running = [it.status is GameStatus.PLAYING for it in stored]
    assert running == [True] * killed + [False] + [True] * (39 - killed)
    async with journal_on(site.database.url) as journal:
        for game, is_running in zip(games, running, strict=True):
            if is_running:
                await journal.keep(entries_of(game)[-2:]).durable()
    rows = rating_rows(site)
    assert sorted(str(row[2]) for row in rows) == sorted(2 * [it.start.game for it in games])
    assert {count for _, count in standing(site).values()} == {40}


async def test_whoever_deletes_the_account_while_a_game_runs_is_not_rated(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob", "Cat")
    first, second = (with_accounts(played_game(number), ids(accounts)) for number in (1, 2))
    async with journal_on(site.database.url) as journal:
        await journal.keep([*entries_of(first)[:-2], *entries_of(second)[:-2]]).durable()
        await site.accounts.delete(accounts[0], PASSWORD)
        await journal.keep(entries_of(first)[-2:]).durable()
        assert {name: games for name, (_, games) in standing(site).items()} == {"Bob": 1, "Cat": 1}
        await site.accounts.delete(accounts[1], PASSWORD)
        await journal.keep(entries_of(second)[-2:]).durable()
    ((name, (rating, games)),) = standing(site).items()
    assert (name, games) == ("Cat", 1)
    assert rating in (984, 1016)


async def test_an_account_deleted_before_the_deal_sits_there_as_a_guest(site: Site) -> None:
    accounts = await people(site, "Ann", "Bob", "Cat")
    await site.accounts.delete(accounts[0], PASSWORD)
    game = await site.play(1, dict(enumerate(accounts)))
    loaded = await stored_game(site.engine, game.start.game)
    assert [seat.account for seat in loaded.start.seats] == [
        None,
        accounts[1].id,
        accounts[2].id,
        None,
    ]
    assert {name: games for name, (_, games) in standing(site).items()} == {"Bob": 1, "Cat": 1}


async def test_the_id_of_a_deleted_account_never_comes_again(site: Site) -> None:
    ann, bob = await people(site, "Ann", "Bob")
    await site.accounts.delete(bob, PASSWORD)
    cat = await site.account("Cat")
    assert len({ann.id, bob.id, cat.id}) == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", ["'abc'", "x'ff'", "CAST(x'ff' AS TEXT)", "1e400"])
async def test_rows_that_cannot_be_read_cost_the_others_nothing(site: Site, value: str) -> None:
    """SQLite stores anything in any column: here an account's rating, and results of a game."""
    ann, bob, cat = await people(site, "Ann", "Bob", "Cat")
    await site.play(1, {0: ann, 1: bob})
    columns = ("place", "cards_left", "attack_dealt", "attack_taken")
    for number, column in enumerate(columns, start=3):
        await site.play(number, {0: ann, 1: bob})
        site.database.change(
            f"UPDATE seats SET {column} = {value} WHERE seat = 0 AND game = 'GAME{number:08}'"
        )
    site.database.change(f"UPDATE games SET finished_at = {value} WHERE id = 'GAME00000006'")
    site.database.change(f"UPDATE accounts SET rating = {value} WHERE username = 'Ann'")
    await site.play(2, {0: ann, 1: bob, 2: cat})
    ranked = {it.username: it.rated_games for it in (await leaderboard(site.engine)).items}
    assert ranked == {"Bob": 6, "Cat": 1}
    assert {it.game for it in (await history(site.engine, ann.id)).items} == {
        "GAME00000001",
        "GAME00000002",
    }
    assert (await statistics(site.engine, bob.id)).games == 6
    assert await delete_abandoned(sweeping(site.engine), 1e12) == 0
