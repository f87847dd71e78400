"""Sitting down as an account: what the host's API says, and what becomes of the player then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from api_stand_in import TOKEN, answer, api_stand_in, refusal
from app_pilot import HOST_KEY, playing_at
from plain_reader import talking_at
from scripted_host import position
from table_host import GAME_ID, TableHost, hosting

from rachel.rubp import Hello
from rachel_tui.keep import saved_seat
from rachel_tui.net.host_api import Login
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.place import Place
from rachel_tui.screens.waiting import WaitingScreen

HAND = "Your hand: 1 3S, 2 QH fits, 3 KC."
PLAYS_AS = "You play as ann_1, logged in at 127.0.0.1."
LEFT = "This is the game you left. Type new if you want another one instead."
SEAT_TOKEN = bytes(range(8, 16))


@asynccontextmanager
async def table() -> AsyncIterator[TableHost]:
    """Run a host at whose table it is our turn."""
    async with hosting(position("3S QH KC", "5C 6C 8C", top="9H")) as host:
        host.names[0] = "ann_1"
        yield host


def place_at(host: TableHost, url: HostUrl, folder: Path) -> Place:
    """Return the host as a place where somebody is logged in."""
    login = Login(url, "ann_1", TOKEN, 2e9)
    return Place("127.0.0.1", host.port, HOST_KEY, folder / "seats.json", login=login)


def seat(*ports: int) -> bytes:
    """Return the answer to a reservation."""
    body = {
        "code": "CAKE",
        "game_id": GAME_ID,
        "seat": 0,
        "reconnect_token": SEAT_TOKEN.hex(),
        "rubp_ports": list(ports),
        "rubp_tls_port": None,
    }
    return answer(201, body)


async def hello_to(host: TableHost) -> Hello:
    """Return the first HELLO that a host has heard."""
    hello = (await host.hears(Hello))[0]
    assert isinstance(hello, Hello)
    return hello


async def test_the_hello_takes_the_seat_that_was_reserved(tmp_path: Path) -> None:
    async with table() as host, api_stand_in(seat(1)) as api:
        place = replace(place_at(host, api.url, tmp_path), room="CAKE")
        async with talking_at(place) as reader:
            await reader.hears(HAND)
            hello = await hello_to(host)
            assert (hello.name, hello.token, hello.room) == ("Ann", SEAT_TOKEN, "CAKE")
            assert reader.said[:2] == [PLAYS_AS, "You are back at your seat."]
            assert LEFT not in reader.said
        assert api.asked == ["POST /api/v1/tables/CAKE/seats"]  # the port that was named counts
    kept = saved_seat.load(tmp_path / "seats.json", HOST_KEY)
    assert kept is not None
    assert (kept.token, kept.port) == (SEAT_TOKEN, None)


async def test_without_a_port_named_the_host_says_which(tmp_path: Path) -> None:
    async with table() as host, api_stand_in(seat(host.port)) as api:
        place = replace(place_at(host, api.url, tmp_path), port=1, port_named=False)
        async with talking_at(place) as reader:
            await reader.hears(HAND)
        async with talking_at(place) as reader:  # and again to come back to the seat
            await reader.hears(HAND)
            await reader.hears("This is the game you left. Type new to give it up for another one.")
        assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (refusal(401, "login_required"), "your login at 127.0.0.1 has ended: rachel login {url}"),
        (refusal(503, "busy", "Busy:\x1b[2J try later."), "Busy:[2J try later"),
        (refusal(429, "rate_limited", "Too many requests: wait 3 s."), None),
        (answer(500), "{url} refuses, with status 500"),
        (answer(302, headers="Location: http://x/\r\n"), "{url} sends elsewhere: http://x/"),
        (b"garbage", "{url} does not answer like a Rachel server"),
        (answer(201, {"code": "CAKE"}), "{url} does not answer like a Rachel server"),
    ],
    ids=["ended", "busy", "too often", "broken", "moved", "garbage", "no seat"],
)
async def test_what_the_api_cannot_do_makes_one_a_guest(
    tmp_path: Path, reply: bytes, reason: str | None
) -> None:
    async with table() as host, api_stand_in(reply) as api:
        async with talking_at(place_at(host, api.url, tmp_path)) as reader:
            await reader.hears(HAND)
            told = (reason or "Too many requests: wait 3 s").format(url=api.url)
            assert reader.said[:2] == [f"You play as a guest: {told}.", "You have a seat."]
        hello = await hello_to(host)
        assert hello.token != SEAT_TOKEN


async def test_an_api_that_is_not_there_makes_one_a_guest(tmp_path: Path) -> None:
    async with table() as host:
        url = HostUrl("http", "127.0.0.1", 1)
        async with talking_at(place_at(host, url, tmp_path)) as reader:
            await reader.hears(HAND)
            refused = "cannot reach http://127.0.0.1:1: Connection refused"
            assert reader.said[0] == f"You play as a guest: {refused}."


async def test_where_nobody_can_decide_an_ended_login_is_the_end(tmp_path: Path) -> None:
    async with table() as host, api_stand_in(refusal(401, "login_required")) as api:
        place = replace(place_at(host, api.url, tmp_path), guests=False)
        async with talking_at(place) as reader:
            assert await reader.ends() == 1
        ended = f"your login at 127.0.0.1 has ended: rachel login {api.url}"
        assert reader.said == [f"Error: {ended}."]
        assert host.heard == []


async def test_a_host_that_does_not_know_its_own_seat(tmp_path: Path) -> None:
    async with table() as host, api_stand_in(seat()) as api:
        host.refuse_reclaims = True
        async with talking_at(place_at(host, api.url, tmp_path)) as reader:
            assert await reader.ends() == 1
        unknown = f"127.0.0.1:{host.port} does not know the seat reserved for you"
        assert reader.said == [PLAYS_AS, f"Error: {unknown}."]


async def test_leaving_does_not_wait_for_a_slow_api(tmp_path: Path) -> None:
    async with table() as host, api_stand_in(b"") as api:
        api.hangs = True
        async with talking_at(place_at(host, api.url, tmp_path)) as reader:
            reader.type("rules")
            await reader.hears(
                "Queen: Turns the direction of play. Two at once leave it as it was, three turn it."
            )
            reader.type("quit")
            assert await reader.ends() == 0
        assert reader.said[-1] == "You leave."
        assert host.heard == []


async def test_a_table_that_is_full_can_be_asked_for_again(tmp_path: Path) -> None:
    replies = [refusal(409, "table_full"), seat()]
    async with (
        table() as host,
        api_stand_in(lambda _: replies.pop(0)) as api,
        playing_at(place_at(host, api.url, tmp_path), name="ann_1") as app,
    ):
        await app.until_screen(WaitingScreen)
        await app.until_text("No seat: that table is full.")
        await app.press("enter")
        await app.until_prompt()
        await app.until_text("You (ann_1)")
        await app.until_words(PLAYS_AS)


async def test_a_guest_who_has_not_come_in_yet_is_told_once(tmp_path: Path) -> None:
    async with table() as host, api_stand_in(refusal(503, "busy", "The server is busy.")) as api:
        await host.stop()
        async with playing_at(place_at(host, api.url, tmp_path), name="ann_1") as app:
            await app.until_text("(attempt 2)")
            await host.listen()
            await app.until_prompt()
            await app.until_text("room CAKE, as a guest")
            assert app.app.sitting is not None
            told = [sentence[0] for sentence in app.app.sitting.story.sentences]
            assert told.count("You play as a guest: The server is busy.") == 1
        assert len(api.asked) == 1


async def test_a_new_game_asks_again(tmp_path: Path) -> None:
    replies = [refusal(503, "busy"), seat()]
    async with table() as host, api_stand_in(lambda _: replies.pop(0)) as api:
        async with talking_at(place_at(host, api.url, tmp_path)) as reader:
            await reader.hears(HAND)
            reader.type("new", "yes")
            await reader.hears(PLAYS_AS)
        assert reader.said[0] == "You play as a guest: No."


async def test_a_seat_kept_from_earlier_comes_first(tmp_path: Path) -> None:
    kept = saved_seat.SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Zoe", "CAKE")
    saved_seat.save(tmp_path / "seats.json", kept)
    async with table() as host, api_stand_in(seat()) as api:
        async with talking_at(place_at(host, api.url, tmp_path)) as reader:
            await reader.hears(HAND)
        hello = await hello_to(host)
        assert (hello.name, hello.token) == ("Zoe", kept.token)
        assert api.asked == []


async def test_a_seat_kept_from_earlier_that_is_gone_is_replaced(tmp_path: Path) -> None:
    kept = saved_seat.SavedSeat(HOST_KEY, 9, bytes(range(1, 9)), "Zoe", "CAKE")
    saved_seat.save(tmp_path / "seats.json", kept)

    def forgiving(_: str) -> bytes:
        host.refuse_reclaims = False
        return seat()

    async with table() as host, api_stand_in(forgiving) as api:
        host.refuse_reclaims = True
        async with talking_at(place_at(host, api.url, tmp_path)) as reader:
            await reader.hears(HAND)
            assert PLAYS_AS in reader.said
        hellos = [hello for hello in host.heard if isinstance(hello, Hello)]
        assert [hello.token for hello in hellos[:2]] == [kept.token, SEAT_TOKEN]
