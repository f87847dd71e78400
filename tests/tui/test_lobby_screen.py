"""The lobby of a host: its tables, rooms by code and by link, watching, and waiting there."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from api_stand_in import TOKEN, answer, api_stand_in
from app_pilot import AppPilot
from friends_pilot import PATIENT, SIZES, among_friends, friends_app, hosts_in, keys, type_host
from http_server import http_server
from play_process import run_rachel
from tcp_player import TcpPlayer
from textual.pilot import Pilot

from rachel_tui.keep.hosts import load_all
from rachel_tui.net.host_api import Login
from rachel_tui.net.lobby import LobbyTable
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.game_questions import LeaveScreen, SeatQuestion
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.lobby_tables import table_detail
from rachel_tui.screens.new_table import NewTableScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.widgets.felt import Felt


async def test_guests_come_under_their_own_name(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("127.0.0.1:1", "Zed", tls=False)
    async with among_friends(hosts, name="Zed") as app:
        await app.press("1")
        await app.until_text("You come as Zed, a guest.")


async def test_a_table_that_waits_is_joined_by_its_digit(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    bob = TcpPlayer("BOB", plays=False)
    async with http_server(tmp_path, table=PATIENT) as served:
        await bob.connect(served.server.rubp_ports[0])
        await bob.until_seated()
        async with among_friends(hosts) as app:
            await type_host(app, served.url)
            await app.until_screen(LobbyScreen)
            await app.until_text("3 free seats · BOB")
            await app.press("1")
            await app.until_screen(WaitingScreen)
            await app.until_text("2 seats of 4 free.")
            assert "terminal" in app.text()
            assert f"{served.url}/t/" in app.text()
            assert "▀" in app.text()  # the QR code
            await app.until_text("Bots take them in 60:00 if nobody else comes.")
            await app.press("escape")
            await app.until_screen(LobbyScreen)
            await app.until_text("3 free seats · BOB")
            await app.press("escape", "escape")
            await app.until_screen(HomeScreen)
    bob.cut()
    (visit,) = load_all(hosts.hosts_path)
    assert (visit.address, visit.name, visit.tls) == (served.url, "Ann", False)


async def test_a_code_opens_a_room(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        among_friends(hosts_in(tmp_path), (60, 20)) as app,
    ):
        await type_host(app, served.url)
        await app.until_screen(LobbyScreen)
        await app.press("j")
        await app.until_screen(AskScreen)
        await app.press(*keys("no way"), "enter")
        await app.until_words("A room code is 1 to 8 letters and digits.")
        await app.press("escape", "j")
        await app.until_screen(AskScreen)
        await app.press(*"tea42", "enter")
        await app.until_words("No room TEA42 here yet: Enter opens it.")
        await app.press("enter")
        await app.until_screen(WaitingScreen)
        await app.until_text("3 seats of 4 free.")
        assert "/t/TEA42" in app.text()
        await app.press("q")
        await app.until_screen(LobbyScreen)
        await app.press("j")  # the way back needs no typing
        await app.until_screen(AskScreen)
        await app.until_text("TEA42")
        await app.press(*"porch")
        await app.until_text("porch")
        assert "TEA42" not in app.text()


async def test_who_comes_too_late_watches_that_game(tmp_path: Path) -> None:
    bob = TcpPlayer("BOB", room="CAKE", plays=False)
    at_once = replace(PATIENT, start_delay_s=0.0)
    async with (
        http_server(tmp_path, table=at_once) as served,
        among_friends(hosts_in(tmp_path)) as app,
    ):
        await bob.connect(served.server.rubp_ports[0])
        await bob.until_seated()
        await type_host(app, f"{served.url}/t/CAKE")
        await app.until_screen(WaitingScreen)
        await app.until_text("No seat: that table is in the middle of a game.")
        await app.until_text("Enter: try again    w: watch it    q: leave")
        assert "Copy that" not in app.text()  # there is no link on the screen
        assert "offline" not in app.text()  # the host has answered
        await app.press("w")
        await app.until_screen(TableScreen)
        await app.until_text("you watch room CAKE")
        await app.press("q")
        await app.until_screen(LobbyScreen)
    bob.cut()


async def test_who_joins_by_a_link_needs_no_code(tmp_path: Path) -> None:
    bob = TcpPlayer("BOB", plays=False)
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        among_friends(hosts_in(tmp_path)) as app,
    ):
        await bob.connect(served.server.rubp_ports[0])
        await bob.until_seated()
        await type_host(app, served.url)
        await app.until_screen(LobbyScreen)
        await app.until_text("3 free seats · BOB")
        room = next(word for word in app.text().split() if app.text().count(f"{word:<8} waits"))
        await app.press("j")
        await app.until_screen(AskScreen)
        await app.press(*keys(f"example.org/t/{room}"), "enter")
        await app.until_text("That link leads to another host")
        await app.press("ctrl+u", *keys(f"{served.url}/t/{room}"), "enter")
        await app.until_screen(WaitingScreen)
        await app.until_text("2 seats of 4 free.")
    bob.cut()


async def test_the_link_of_a_table_leads_there(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        among_friends(hosts_in(tmp_path)) as app,
    ):
        await type_host(app, f"{served.url}/t/cake")
        await app.until_screen(WaitingScreen)
        await app.until_text("/t/CAKE")
        await app.press("escape")
        await app.until_screen(LobbyScreen)
        await app.until_text("No public table waits or plays there now. Play opens one.")


async def test_who_left_a_game_is_asked_before_that_seat_is_given_up(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    duel = replace(PATIENT, seats=2, start_delay_s=0.0)
    async with http_server(tmp_path, table=duel) as served, among_friends(hosts) as app:
        await type_host(app, served.url)
        await app.until_screen(LobbyScreen)
        await app.until_words("Play opens one.")
        await app.press("p")
        await app.until_screen(TableScreen)
        assert app.app.sitting is not None
        room = app.app.sitting.session.room
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.press("y")
        await app.until_screen(LobbyScreen)
        await app.until_words(f"go on in room {room}")
        lobby = app.app.screen
        assert isinstance(lobby, LobbyScreen)
        assert "and your seat is kept" in lobby.detail(lobby.rows()[0]).text.plain
        for answer in ("n", "c"):
            await app.press("j")
            await app.until_screen(AskScreen)
            await app.press(*"porch", "enter")
            await app.until_words("No room PORCH here yet: Enter opens it.")
            await app.press("enter")
            await app.until_screen(SeatQuestion)
            await app.until_words(f"You left a game in room {room}.")
            await app.press(answer)
            await app.until_screen(LobbyScreen if answer == "n" else TableScreen)
        assert app.app.sitting.session.room == room
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.press("y")
        await app.until_screen(LobbyScreen)
        await app.until_text(f"{room:<8} paused")
        assert "its players have gone" in app.text()
        await app.press("1")  # one's own table is not watched
        await app.until_screen(TableScreen)
        assert not app.app.sitting.place.watches


async def test_who_watches_is_remembered_by_their_own_name(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    bob = TcpPlayer("BOB", room="CAKE", plays=False)
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        among_friends(hosts, name="Zoe") as app,
    ):
        await bob.connect(served.server.rubp_ports[0])
        await bob.until_seated()
        await type_host(app, served.url)
        await app.until_screen(LobbyScreen)
        await app.until_words("Play opens one.")
        await app.press("w")
        await app.until_screen(AskScreen)
        await app.press(*"CAKE", "enter")
        await app.until_screen(WaitingScreen)
        await app.until(hosts.visited, "the host is kept")
    bob.cut()
    assert [host.name for host in hosts.visited()] == ["Zoe"]


async def test_why_a_table_cannot_be_watched_is_told_in_the_lobby(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        among_friends(hosts_in(tmp_path)) as app,
    ):
        await type_host(app, served.url)
        await app.until_screen(LobbyScreen)
        await app.press("w")
        await app.until_screen(AskScreen)
        await app.press(*"NOSUCH", "enter")
        await app.until(lambda: app.app.screen.query("Toast"), "a notice")
        await app.until_screen(LobbyScreen)


async def test_at_the_port_of_pages_games_are_found(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    async with http_server(tmp_path, table=PATIENT) as served:
        pages = served.url.removeprefix("http://")
        async with among_friends(hosts) as app:
            await type_host(app, pages)
            await app.until_screen(LobbyScreen)
            await app.until_words("Play opens one.")
            await app.press("p")
            await app.until_text("3 seats of 4 free.")
            assert f"{served.url}/t/" in app.text()
        assert [host.address for host in hosts.visited()] == [served.url]
        done = await asyncio.to_thread(run_rachel, tmp_path, "quit\n", "play", pages, "--plain")
        assert "You have a seat." in done.stdout.decode()


async def test_without_http_a_game_can_be_had_all_the_same(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("127.0.0.1:1", "Ann", tls=False)
    async with among_friends(hosts) as app:
        await app.press("1")
        await app.until_screen(LobbyScreen)
        await app.until_words("for them, type the link that its owner has.")
        await app.press("j")
        await app.until_screen(AskScreen)
        await app.press("escape")
        await app.until_screen(LobbyScreen)
        await app.until_words("127.0.0.1:1 may be a port for games: try Play.")
        await app.press("p")
        await app.until_words("Cannot reach 127.0.0.1:1: Connection refused. Trying again")
        await app.press("escape")
        await app.until_screen(LobbyScreen)


def lobby_of_a_host(request: str) -> bytes:
    """Answer as a host does at which two tables wait and one plays."""
    if "/server" in request:
        return answer(200, {"name": "rachel", "rubp_ports": [1982], "rubp_tls_port": None})
    tables = [
        ("CAKE", "playing", 3, ("Zoe", "[b]Cid\x1b[31m", "Bot Ada"), True),
        ("TEA42", "waiting", 4, ("Bob", "Dora"), True),
        ("SECRET", "playing", 2, ("Emil", "Flo"), False),
        ("JHKPQ", "waiting", 8, (), True),
    ]
    listed = [
        {
            "code": code,
            "phase": phase,
            "seats": seats,
            "watch": watch,
            "players": [{"name": name} for name in names],
        }
        for code, phase, seats, names, watch in tables
    ]
    return answer(200, {"items": listed, "next": None})


async def test_beside_the_tables_stands_who_sits_there(tmp_path: Path) -> None:
    async with (
        api_stand_in(lobby_of_a_host) as host,
        among_friends(hosts_in(tmp_path), (120, 36)) as app,
    ):
        await type_host(app, str(host.url))
        await app.until_screen(LobbyScreen)
        await app.until_text("2 waiting, with 10 free seats;")
        felt = app.app.screen.query_one(Felt)

        def seats() -> list[str]:
            return [line.name or line.acts for line in felt.lines]

        await app.press(*["down"] * 6)
        await app.until_words("It waits: 2 free seats. Enter takes one.")
        assert seats() == ["Bob", "Dora", "○ a free seat", "○ a free seat"]
        await app.press("down", "down")
        await app.until_words("A game runs. Enter watches it.")
        assert seats() == ["Zoe", "[b]Cid[31m", "Bot Ada"]
        await app.press("down")
        await app.until_words("Its players let nobody watch.")


def test_beside_a_table_the_key_is_named_that_the_player_has_chosen() -> None:
    for table, says in (
        (LobbyTable("CAKE", True, 4, ("Bob",), may_watch=True), "3 free seats. x takes one."),
        (LobbyTable("CAKE", True, 1, ("Bob",), may_watch=True), "begins soon. x watches it."),
        (LobbyTable("CAKE", False, 2, ("Bob", "Cy"), may_watch=True), "x watches it."),
    ):
        assert table_detail(table, "x").text.plain.endswith(says)


@SIZES
@pytest.mark.parametrize("key", ["", "o", "1"], ids=["lobby", "new table", "table"])
def test_what_a_lobby_looks_like(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int], key: str
) -> None:
    """Tables that wait first, names as the host has them, and the account there."""
    hosts = hosts_in(tmp_path)
    app = friends_app(hosts)

    async def before(pilot: Pilot[None]) -> None:
        seen = AppPilot(app, pilot)
        async with api_stand_in(lobby_of_a_host) as host:
            hosts.keep_login(Login(host.url, "ann_1", TOKEN, 2e9))
            await seen.until_screen(HomeScreen)
            await seen.press("f")
            await type_host(seen, "127.0.0.1")
            await seen.until_screen(LobbyScreen)
            await seen.until_text("SECRET")
            if key == "1":
                await seen.press(*["down"] * 5)
            elif key:
                await seen.press(key)
                await seen.until_screen(NewTableScreen)

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_many_players_of_a_table_are_told_in_fewer_words_where_it_is_narrow(
    tmp_path: Path,
) -> None:
    players = [{"name": name} for name in ("Ann", "Ben", "Cid", "Dora", "Emil")]
    table = {"code": "TEA42", "phase": "waiting", "seats": 6, "watch": True, "players": players}

    def answers(request: str) -> bytes:
        server = {"name": "rachel", "rubp_ports": [1982], "rubp_tls_port": None}
        return answer(200, server if "/server" in request else {"items": [table]})

    async with (
        api_stand_in(answers) as host,
        among_friends(hosts_in(tmp_path), (80, 24)) as app,
    ):
        await type_host(app, str(host.url))
        await app.until_text("1 free seat · Ann, Ben, Cid, Dora, Emil")
        await app.pilot.resize_terminal(100, 24)
        await app.until_text("1 free seat · 5 players")
        await app.until_text("a free seat, or bots")
        assert "…" not in app.text()
        await app.pilot.resize_terminal(60, 24)
        await app.until_text("1 free seat · Ann and 4 others")
