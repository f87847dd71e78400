"""Results and records through the API, and the real `rachel verify` on what it hands out."""

import asyncio
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from accounts_harness import Site, end_of
from api_client import API, Api, api_on
from databases import Database, SqliteDatabase
from store_harness import played_game, store_games
from tcp_player import TcpPlayer, sit_down, together

from rachel.formats.json_shapes import U64_MAX, load
from rachel.formats.record import GameRecord, verify
from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.http.api.openapi import describe
from rachel_server.http.api.routes import ENDPOINTS

RACHEL = (sys.executable, "-c", "from rachel.cli import main; main()")


def is_public(game: StoredGame, public: bool) -> StoredGame:
    return replace(game, start=replace(game.start, public=public))


def fits(record: dict[str, Any]) -> bool:
    """Tell whether a record is as ``openapi.json`` describes one."""
    schemas = describe(ENDPOINTS)["components"]["schemas"]
    schema = {"$ref": "#/components/schemas/Record", "components": {"schemas": schemas}}
    return jsonschema_rs.is_valid(schema, record)


def lately(game: StoredGame) -> StoredGame:
    """Return a game that was given up just now: those of last year are deleted."""
    return replace(game, end=replace(end_of(game), at=time.time()))


async def rachel_verify(record: str) -> tuple[int | None, str]:
    """Return how `rachel verify` ends with this on its standard input, and all that it says."""
    process = await asyncio.create_subprocess_exec(
        *(*RACHEL, "verify", "-"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(record.encode())
    return process.returncode, output.decode()


async def test_a_game_just_played_is_listed_and_proves_itself(database: Database) -> None:
    async with api_on(database) as api:
        pair = TcpPlayer("Ann"), TcpPlayer("Bob")
        await sit_down(pair, api.served.server.rubp_ports[0])
        await together(player.until_over() for player in pair)
        (result,) = (await api.good("GET", "/games"))["items"]
        answer = await api.served.ask(f"{API}/games/{result['id']}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    record = GameRecord.from_json(load(answer.text))
    verify(record)
    shown = json.loads(answer.text)
    assert fits(shown)
    replay, (step, *_) = shown["replay"], shown["replay"]["steps"]
    for wrong in (
        *(
            {"seed": 2**64},
            {"nonce": "0"},
            {"comment": "?"},
            {"seats": [{"name": "Ann", "bot": 1}]},
        ),
        {"replay": replay | {"aiPlayerIndices": [8]}},
        {"replay": replay | {"steps": [step | {"action": {"type": "draw", "cards": []}}]}},
        {"replay": replay | {"steps": [step | {"action": {"type": "play", "cards": []}}]}},
    ):
        assert not fits(shown | wrong)
    assert [seat["name"] for seat in result["seats"]] == ["Ann", "Bob"]
    assert result["turns"] == len(record.replay.steps)
    assert result["places"] == list(record.places)
    to_the_microsecond = datetime.fromtimestamp(result["finished_at"], UTC)
    assert to_the_microsecond == record.finished_at
    status, output = await rachel_verify(answer.text)
    assert (status, output.splitlines()[-1]) == (0, "verified")
    forged = answer.text.replace(f'"seed":{record.seed}', f'"seed":{record.seed ^ 1}')
    assert (await rachel_verify(forged))[0] == 1


async def test_a_record_is_what_rachel_export_prints(database: Database) -> None:
    games = [played_game(number, seats=2 + number % 7) for number in range(4)]
    await store_games(database.url, *games)
    assert any(game.start.seed > U64_MAX // 2 for game in games)
    async with api_on(database) as api:
        for game in games:
            name = game.start.game
            record = await api.good("GET", f"/games/{name}")
            assert record["seed"] == game.start.seed
            process = await asyncio.create_subprocess_exec(
                *(*RACHEL, "export", name, *database.options),
                env=database.environment,
                stdout=asyncio.subprocess.PIPE,
            )
            exported, _ = await process.communicate()
            assert process.returncode == 0
            assert load(exported) == record


async def test_what_is_not_over_stays_secret(database: Database) -> None:
    given_up = lately(played_game(2, turns=20, ended=GameStatus.ABANDONED))
    await store_games(database.url, played_game(1, turns=20), given_up)
    async with api_on(database) as api:
        for number in (1, 2):
            await api.refused(409, "game_not_finished", "GET", f"/games/GAME{number:08}")
        await api.refused(404, "game_not_found", "GET", "/games/GAME00000003")
        await api.refused(404, "game_not_found", "GET", "/games/game00000001")
        await api.refused(404, "not_found", "GET", "/games/GAME00000001x")
        assert (await api.good("GET", "/games"))["items"] == []


async def test_a_game_that_cannot_be_read_has_no_record(database: Database) -> None:
    await store_games(database.url, played_game(2), played_game(4))
    database.change("DELETE FROM seats WHERE seat = 1 AND game = 'GAME00000002'")
    async with api_on(database) as api:
        await api.refused(404, "game_not_found", "GET", "/games/GAME00000002")
        assert [it["id"] for it in (await api.good("GET", "/games"))["items"]] == [
            *("GAME00000004", "GAME00000002")
        ]


async def pages(api: Api, path: str, size: int) -> list[list[dict[str, Any]]]:
    """Return the pages of a list, which must be full but for the last one."""
    found, cursor = [], ""
    while True:
        page = await api.good("GET", f"{path}?limit={size}{cursor}")
        assert set(page) == {"items", "next"}
        found.append(page["items"])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert all(len(items) == size for items in found[:-1])
    return found


async def test_the_list_is_of_public_tables_the_latest_first(database: Database) -> None:
    """Games that ended in the same instant included."""
    games = [is_public(played_game(number, seats=2), number % 3 > 0) for number in range(1, 20)]
    await store_games(database.url, *games, is_public(played_game(20, turns=3), True))
    database.change("UPDATE games SET finished_at = 1700000000.1 WHERE id < 'GAME00000009'")
    database.change("UPDATE games SET finished_at = 1700000000.0 WHERE id < 'GAME00000005'")
    wanted = [f"GAME{number:08}" for number in range(19, 0, -1) if number % 3]
    async with api_on(database) as api:
        for size in (1, 2, 3, 100):
            listed = [it["id"] for page in await pages(api, "/games", size) for it in page]
            assert listed == wanted
        private = await api.good("GET", "/games/GAME00000003")
        assert private["id"] == "GAME00000003"


async def test_the_list_is_read_from_its_index(site: Site) -> None:
    """Or every look at it would read every game there ever was."""
    query = (
        "SELECT id FROM games WHERE status = 'finished' AND public = {true}"
        " AND finished_at <= 1800000000 ORDER BY finished_at DESC, id DESC LIMIT 21"
    )
    if site.database.kind == "sqlite":
        plan = site.database.rows("EXPLAIN QUERY PLAN " + query.format(true="1"))
    else:
        plan = site.database.rows("EXPLAIN " + query.format(true="true"))
        assert "Sort" not in str(plan)
    assert "ix_games_status" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", "invalid_request"),
        ("limit=101", "invalid_request"),
        ("limit=many", "invalid_request"),
        ("limit=", "invalid_request"),
        ("page=2", "invalid_request"),
        ("cursor=", "cursor_invalid"),
        ("cursor=1.0", "cursor_invalid"),
        ("cursor=nan-A", "cursor_invalid"),
        ("cursor=%00", "cursor_invalid"),
        ("cursor=1.0-%27", "cursor_invalid"),
        ("cursor=" + 5000 * "9", "cursor_invalid"),
    ],
)
async def test_pages_that_do_not_exist(tmp_path: Path, query: str, error: str) -> None:
    async with api_on(SqliteDatabase(tmp_path)) as api:
        for path in ("/games", "/leaderboard"):
            await api.refused(400, error, "GET", f"{path}?{query}")


async def test_records_are_not_handed_out_without_end(database: Database) -> None:
    await store_games(database.url, played_game(1))
    async with api_on(database) as api:
        statuses = [(await api.call("GET", "/games/GAME00000001")).status for _ in range(40)]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 30


async def test_numbers_about_the_server(site: Site) -> None:
    await site.account("Ann")
    given_up = lately(played_game(3, turns=5, ended=GameStatus.ABANDONED))
    await store_games(site.database.url, played_game(1), played_game(2), given_up)
    async with api_on(site.database) as api:
        pair = TcpPlayer("Ann"), TcpPlayer("Bob", plays=False)
        await sit_down(pair, api.served.server.rubp_ports[0])
        await pair[1].until_prompt()
        lonely = TcpPlayer("Carol", room="ALONE")
        await sit_down([lonely], api.served.server.rubp_ports[0])
        numbers = await api.good("GET", "/statistics")
        turns = numbers.pop("turns_played")
        assert turns >= 0
        assert numbers == {
            "games_finished": 2,
            "games_abandoned": 1,
            "players_registered": 1,
            "tables_waiting": 1,
            "tables_playing": 1,
            "people_seated": 3,
            "bots_seated": 0,
        }
        # Strangers cannot make the database count all the time.
        site.database.change("DELETE FROM accounts")
        again = await api.good("GET", "/statistics")
        assert again == {**numbers, "turns_played": turns}
