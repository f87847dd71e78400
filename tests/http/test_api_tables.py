"""Tables and seats through the API, and play at them over TCP."""

import json
from pathlib import Path
from typing import Any

import pytest
from accounts_harness import PASSWORD
from api_client import Api, api_on
from databases import Database, SqliteDatabase
from pydantic import ValidationError
from tcp_player import TcpPlayer

from rachel_server.core.peers import TABLES_PER_ADDRESS
from rachel_server.core.table_settings import TableSettings
from rachel_server.http.api.tables import NewTable

QUICK = TableSettings(seats=2, start_delay_s=60.0, bot_delay_s=0.0, turn_time_s=None)


async def take(api: Api, seat: dict[str, Any], *, plays: bool = False) -> TcpPlayer:
    """Sit down on a reserved seat."""
    player = TcpPlayer(
        "WHOEVER",
        room=seat["code"],
        token=bytes.fromhex(seat["reconnect_token"]),
        plays=plays,
    )
    player.session.game_id = seat["game_id"]
    await player.connect(seat["rubp_ports"][0])
    await player.until(lambda it: it.session.seat is not None or it.rejected, "an answer")
    return player


@pytest.mark.parametrize(("private", "kept_s"), [(True, 120.0), (False, None)])
async def test_a_room_for_friends_keeps_their_seats_as_long_as_it_waits(
    tmp_path: Path, private: bool, kept_s: float | None
) -> None:
    async with api_on(SqliteDatabase(tmp_path)) as api:
        token = await api.newcomer("Ann")
        wanted = {"private": private, "start_delay_s": 120}
        code = (await api.good("POST", "/tables", wanted, token=token))["code"]
        assert api.served.server._runtime is not None
        table = api.served.server._runtime.house.lobby.in_room(code)
        assert table is not None
        assert (table.settings.start_delay_s, table.settings.kept_s) == (120, kept_s)


async def test_a_table_is_opened_listed_and_shown(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        wanted = {
            "seats": 3,
            "bots": 1,
            "bot_level": "advanced",
            "private": False,
            "watch": False,
            "turn_time_s": 15,
            "start_delay_s": 20,
        }
        answer = await api.call("POST", "/tables", wanted, token=token)
        table = answer.body
        assert answer.status == 201
        assert table == {
            "code": table["code"],
            "game_id": table["game_id"],
            "phase": "waiting",
            "private": False,
            "watch": False,
            "seats": 3,
            "free_seats": 2,
            "players": [
                {
                    "seat": 0,
                    "name": "Bot Ada",
                    "kind": "bot",
                    "level": "advanced",
                    "state": "here",
                }
            ],
            "bot_level": "advanced",
            "turn_time_s": 15.0,
            "start_delay_s": 20.0,
            "starts_in_s": None,
            "game": None,
        }
        assert await api.good("GET", f"/tables/{table['code'].lower()}") == table
        hidden = await api.good("POST", "/tables", {"turn_time_s": None}, token=token)
        assert (hidden["private"], hidden["seats"], hidden["turn_time_s"]) == (True, 4, None)
        assert hidden["watch"]
        assert await api.good("GET", f"/tables/{hidden['code']}") == hidden
        assert await api.good("GET", "/tables") == {"items": [table], "next": None}
        assert (await api.good("GET", "/tables?phase=playing"))["items"] == []


async def test_the_list_comes_in_pages(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        codes = [
            (await api.good("POST", "/tables", {"private": False}, token=token))["code"]
            for _ in range(5)
        ]
        listed, cursor = [], ""
        while cursor is not None:
            page = await api.good("GET", f"/tables?limit=2{cursor and f'&cursor={cursor}'}")
            assert len(page["items"]) <= 2
            listed += [table["code"] for table in page["items"]]
            cursor = page["next"]
        assert listed == codes
        for cursor in ("x", "-1", "1e3", "9" * 10, "²"):
            await api.refused(400, "cursor_invalid", "GET", f"/tables?cursor={cursor}")
        for limit in ("0", "101", "x", ""):
            await api.refused(400, "invalid_request", "GET", f"/tables?limit={limit}")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"seats": 1}, "seats"),
        ({"seats": 9}, "seats"),
        ({"seats": "4"}, "seats"),
        ({"bots": 4}, ""),
        ({"bots": -1}, "bots"),
        ({"bot_level": "expert"}, "bot_level"),
        ({"turn_time_s": 14.9}, "turn_time_s"),
        ({"turn_time_s": 301}, "turn_time_s"),
        ({"start_delay_s": -1}, "start_delay_s"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_no_other_tables_can_be_opened(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        NewTable.model_validate_json(json.dumps(wanted), strict=True)
    (wrong,) = raised.value.errors()
    assert ".".join(map(str, wrong["loc"])) == field


async def test_an_account_plays_on_its_reserved_seat_to_the_end(database: Database) -> None:
    async with api_on(database, table=QUICK) as api:
        token = await api.newcomer("Ann_of_Green_Gables")
        code = (await api.good("POST", "/tables", {"seats": 2}, token=token))["code"]
        seat = await api.good("POST", f"/tables/{code.lower()}/seats", token=token)
        assert (seat["code"], seat["seat"]) == (code, 0)
        (waiting,) = (await api.good("GET", f"/tables/{code}"))["players"]
        assert (waiting["name"], waiting["state"]) == ("Ann_of_Green_Gables", "reserved")
        await api.refused(409, "not_here", "POST", f"/tables/{code}/start", token=token)
        ann = await take(api, seat, plays=True)
        (there,) = (await api.good("GET", f"/tables/{code}"))["players"]
        assert there["state"] == "here"
        begun = await api.good("POST", f"/tables/{code}/start", token=token)
        assert begun["phase"] == "playing"
        await api.refused(409, "game_in_progress", "POST", f"/tables/{code}/start", token=token)
        await ann.until_over()
        rows = "SELECT a.username, s.seat FROM seats s JOIN accounts a ON a.id = s.account"
        assert database.rows(rows) == [("Ann_of_Green_Gables", 0)]


async def test_nobody_begins_the_game_of_others_from_afar(database: Database) -> None:
    async with api_on(database, table=QUICK) as api:
        other = TcpPlayer("waiting", plays=False)
        await other.connect(api.served.server.rubp_ports[0])
        await other.until_seated()
        token = await api.newcomer("Ann")
        code = (await api.good("POST", "/seats", token=token))["code"]
        assert code == other.session.room
        await api.refused(409, "not_here", "POST", f"/tables/{code}/start", token=token)
        assert (await api.good("GET", f"/tables/{code}"))["phase"] == "waiting"


async def test_a_guest_begins_the_game_with_the_token_of_their_seat(database: Database) -> None:
    async with api_on(database, table=QUICK) as api:
        guest = TcpPlayer("Ann", token=bytes(range(1, 9)), plays=False)
        await guest.connect(api.served.server.rubp_ports[0])
        await guest.until_seated()
        path = f"/tables/{guest.session.room}/start"
        await api.refused(401, "login_required", "POST", path)
        wrong = await api.call("POST", path, headers={"Rachel-Seat": "0102030405060709"})
        assert (wrong.status, wrong.body["error"]) == (403, "not_seated")
        begun = await api.call("POST", path, headers={"Rachel-Seat": "0102030405060708"})
        assert (begun.status, begun.body["phase"]) == (200, "playing")
        await guest.until_prompt()


async def test_quick_play_sits_accounts_down_together(database: Database) -> None:
    async with api_on(database, table=QUICK) as api:
        tokens = [await api.newcomer(name) for name in ("Ann", "Bob")]
        seats = [await api.good("POST", "/seats", token=token) for token in tokens]
        assert seats[0]["code"] == seats[1]["code"]
        assert [seat["seat"] for seat in seats] == [0, 1]
        players = [await take(api, seat) for seat in seats]
        await players[0].until_prompt()
        (listed,) = (await api.good("GET", "/tables?phase=playing"))["items"]
        assert [player["name"] for player in listed["players"]] == ["Ann", "Bob"]
        # A stranger finds no seat there; somebody who has one gets it back with a new token.
        stranger = await api.newcomer("Cat")
        path = f"/tables/{listed['code']}/seats"
        await api.refused(409, "game_in_progress", "POST", path, token=stranger)
        again = await api.good("POST", path, token=tokens[0])
        assert again["seat"] == 0
        assert again["reconnect_token"] != seats[0]["reconnect_token"]
        back = await take(api, again)
        await back.until_prompt()
        await players[0].until_lost()


async def test_who_leaves_makes_room_and_is_told(database: Database) -> None:
    async with api_on(database, table=QUICK) as api:
        ann, bob = await api.newcomer("Ann"), await api.newcomer("Bob")
        code = (await api.good("POST", "/tables", {"seats": 2}, token=ann))["code"]
        seat = await api.good("POST", f"/tables/{code}/seats", token=ann)
        player = await take(api, seat)
        path = f"/tables/{code}/seats/own"
        await api.refused(403, "not_seated", "DELETE", path, token=bob)
        await api.refused(403, "not_seated", "POST", f"/tables/{code}/start", token=bob)
        left = await api.call("DELETE", path, token=ann)
        assert (left.status, left.body) == (204, None)
        await player.until_lost()
        assert player.announcements[-1] == "You have left the table"
        assert (await api.good("GET", f"/tables/{code}"))["players"] == []
        await api.refused(403, "not_seated", "DELETE", path, token=ann)
        await api.refused(404, "table_not_found", "DELETE", "/tables/NOSUCH/seats/own", token=ann)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/sessions/current", None),
        ("DELETE", "/sessions", None),
        ("PUT", "/account/password", {"password": PASSWORD, "new_password": PASSWORD + "!"}),
        ("DELETE", "/account", {"password": PASSWORD}),
    ],
)
async def test_nobody_plays_for_an_account_whose_login_is_over(
    tmp_path: Path, method: str, path: str, body: dict[str, str] | None
) -> None:
    async with api_on(SqliteDatabase(tmp_path), table=QUICK) as api:
        tokens = [await api.newcomer(name) for name in ("Ann", "Bob")]
        seats = [await api.good("POST", "/seats", token=token) for token in tokens]
        ann, bob = [await take(api, seat) for seat in seats]
        await ann.until_prompt()
        await api.good(method, path, body, token=tokens[0])
        await ann.until_lost()
        assert ann.announcements[-1] == "You are logged out"
        assert (await take(api, seats[0])).rejected
        await bob.until(lambda bob: 0 not in bob.session.present, "their absence")
        gone = path == "/account"
        assert bob.session.names == ["Player 1" if gone else "Ann", "Bob"]


async def test_a_registered_name_is_kept_from_guests_also_after_a_restart(tmp_path: Path) -> None:
    async with api_on(SqliteDatabase(tmp_path), table=QUICK) as api:
        await api.newcomer("Bobby")
    async with api_on(SqliteDatabase(tmp_path), table=QUICK) as api:
        guest = TcpPlayer("B0BBY", plays=False)
        await guest.connect(api.served.server.rubp_ports[0])
        await guest.until(lambda it: it.session.names == ["Guest B0BBY", "Seat 2"], "the name")


async def test_strangers_may_look_and_no_more(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        code = (await api.good("POST", "/tables", {}, token=token))["code"]
        for method, path in (
            ("POST", "/seats"),
            ("POST", f"/tables/{code}/seats"),
            ("POST", f"/tables/{code}/start"),
            ("DELETE", f"/tables/{code}/seats/own"),
        ):
            await api.refused(401, "login_required", method, path, {})
            await api.refused(401, "login_required", method, path, {}, token="x" * 43)
        await api.refused(401, "login_required", "POST", "/tables", {}, token="x" * 43)
        await api.refused(404, "table_not_found", "GET", "/tables/NOSUCH")
        await api.refused(404, "not_found", "GET", "/tables/NOSUCHROOM")


async def test_a_guest_opens_a_table_as_an_account_does_and_sits_down_by_its_code(
    tmp_path: Path,
) -> None:
    async with api_on(SqliteDatabase(tmp_path), table=QUICK) as api:
        wanted = {"seats": 3, "bots": 1, "turn_time_s": None}
        table = await api.good("POST", "/tables", wanted)
        assert (table["seats"], table["free_seats"], table["private"]) == (3, 2, True)
        guest = TcpPlayer("Ann", room=table["code"], plays=False)
        await guest.connect(api.served.server.rubp_ports[0])
        await guest.until(lambda it: it.session.names == ["Bot Ada", "Ann", "Seat 3"], "the table")
        guest.cut()


async def test_guests_open_tables_by_the_limit_of_their_address(tmp_path: Path) -> None:
    async with api_on(SqliteDatabase(tmp_path)) as api:
        for _ in range(TABLES_PER_ADDRESS.burst):
            await api.good("POST", "/tables", {})
        answer = await api.refused(429, "rate_limited", "POST", "/tables", {})
        assert 0 < int(answer.headers["Retry-After"]) <= 2
        token = await api.newcomer("Ann")
        await api.good("POST", "/tables", {}, token=token)  # counted by the account


async def test_a_table_of_bots_alone_is_refused_in_words(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        wanted = {"seats": 3, "bots": 3}
        answer = await api.refused(400, "invalid_request", "POST", "/tables", wanted, token=token)
        assert answer.body["message"] == (
            "leave a seat for somebody: bots must be fewer than seats."
        )


async def test_an_account_opens_ten_tables_and_then_has_to_wait(database: Database) -> None:
    async with api_on(database) as api:
        token = await api.newcomer("Ann")
        for _ in range(10):
            await api.good("POST", "/tables", {}, token=token)
        answer = await api.refused(429, "rate_limited", "POST", "/tables", {}, token=token)
        assert 0 < int(answer.headers["Retry-After"]) <= 12
