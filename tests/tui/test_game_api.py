"""What a host's API tells about games that are over: records to watch, and the rating."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from api_stand_in import TOKEN, answer, api_stand_in, refusal
from app_pilot import playing_at
from table_host import GAME_ID
from whole_game import ANN_WINS, dealt, place_with_album, play_to_the_end

from rachel_tui.found_game import NoGame, find_game
from rachel_tui.net.host_api import Login

RECORD = Path(__file__).parents[1] / "vectors" / "record.json"


async def test_a_game_at_a_host_is_found_by_the_address_of_its_page() -> None:
    def reply(asked: str) -> bytes:
        if asked == "GET /api/v1/server":
            return answer(200, {"name": "rachel"})
        if asked == "GET /api/v1/games/ABC123":
            return answer(200, json.loads(RECORD.read_text()))
        return refusal(404, "not_found", "There is no such game.")

    async with api_stand_in(reply) as host:
        found = await find_game(f"http://127.0.0.1:{host.port}/games/ABC123")
        assert found.last == 15
        with pytest.raises(NoGame, match=r"^There is no such game$"):
            await find_game(f"127.0.0.1:{host.port}/games/XYZ")
        host.reply = lambda _: answer(200, {"name": "rachel"})
        with pytest.raises(NoGame, match=r"^not shown: "):
            await find_game(f"http://127.0.0.1:{host.port}/games/ABC123")
    with pytest.raises(NoGame):
        await find_game(f"http://127.0.0.1:{host.port}/games/ABC123")


async def test_the_result_says_how_the_rating_has_changed(tmp_path: Path) -> None:
    rated = {"game": "ABC123", "rating_before": 1504, "rating_after": 1516}
    told = iter([{"game": None, "game_id": GAME_ID}])  # it is not written down at once

    def reply(asked: str) -> bytes:
        if asked == "POST /api/v1/seats":
            seat = {"code": "CAKE", "game_id": GAME_ID, "reconnect_token": "01" * 8}
            return answer(200, seat)
        if asked == "GET /api/v1/tables/CAKE":
            return answer(200, next(told, {"game": "ABC123", "game_id": GAME_ID}))
        if asked == "GET /api/v1/players/ann/games?limit=1":
            return answer(200, {"items": [rated]})
        return refusal(404, "not_found")

    host = dealt(ANN_WINS)
    async with api_stand_in(reply) as api:
        login = Login(api.url, "ann", TOKEN, 2e9)
        place = replace(place_with_album(host, tmp_path), login=login, host_key=None)
        async with playing_at(place) as app:
            await app.until_prompt()
            play_to_the_end(host, ANN_WINS)
            await app.until_text("Your rating: 1516 (+12)")
