"""Playing with friends: finding a host, its lobby, a table of one's own, and waiting there."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from accounts_harness import PASSWORD
from api_client import api_on
from api_stand_in import TOKEN, answer, api_stand_in
from app_pilot import ENVIRONMENT, AppPilot
from databases import SqliteDatabase
from http_server import http_server
from play_process import run_rachel
from tcp_player import TcpPlayer
from textual.pilot import Pilot
from zeroconf import IPVersion, ServiceInfo, Zeroconf

from rachel_server.core.table_settings import TableSettings
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.games.played import PlayedGame
from rachel_tui.home import Home
from rachel_tui.hosts import Hosts, Unplayable, unlisted
from rachel_tui.keep import album, saved_seat
from rachel_tui.keep.hosts import VisitedHost, load_all
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.seat_lock import SeatLock
from rachel_tui.keep.settings import Settings
from rachel_tui.net.host_api import Login, games_port, games_text
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.lobby import LobbyTable, visit_lobby
from rachel_tui.net.neighbours import SERVICE, Neighbour, neighbours
from rachel_tui.place import Place
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.commands import CommandsScreen
from rachel_tui.screens.game_questions import LeaveScreen, SeatQuestion
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.hosts import HostsScreen
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.lobby_tables import table_detail
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.new_table import NewTableScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.widgets.felt import Felt
from rachel_tui.words.account import ADDRESS, question

PATIENT = TableSettings(seats=4, start_delay_s=3600.0, bot_delay_s=0.0, turn_time_s=None)
"""Nobody comes unless a test says so."""


def hosts_in(folder: Path) -> Hosts:
    """Return the hosts of a player whose files are in a folder."""
    return Hosts(folder / "hosts.json", folder / "seats.json", folder / "logins.json")


def friends_app(hosts: Hosts, name: str = "Ann") -> RachelApp:
    """Return the app of a player who knows some hosts, to be run."""

    def no_solo() -> Place:
        raise Unplayable("not here")

    return RachelApp(
        Home(no_solo, lambda: None, hosts),
        offered_name="Ann",
        outfit=Outfit(ENVIRONMENT, Settings(name=name)),
    )


@asynccontextmanager
async def among_friends(
    hosts: Hosts, size: tuple[int, int] = (80, 24), *, name: str = "Ann"
) -> AsyncIterator[AppPilot]:
    """Run the app where the hosts are listed."""
    app = friends_app(hosts, name)
    async with app.run_test(size=size, notifications=True) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("f")
        await seen.until_screen(HostsScreen)
        yield seen


def keys(text: str) -> list[str]:
    """Return the keys that type a text."""
    return ["space" if letter == " " else letter for letter in text]


async def type_host(app: AppPilot, address: str) -> None:
    """Go to the host with an address."""
    await app.press("o")
    await app.until_screen(AskScreen)
    await app.press(*keys(address), "enter")


@pytest.mark.parametrize("key", ["q", "escape"])
async def test_the_keys_that_lead_back_elsewhere_do_so_from_the_hosts(
    tmp_path: Path, key: str
) -> None:
    async with among_friends(hosts_in(tmp_path)) as app:
        await app.until_text("q Back")
        await app.press(key)
        await app.until_screen(HomeScreen)


async def test_an_address_is_checked_before_anything_is_asked(tmp_path: Path) -> None:
    async with among_friends(hosts_in(tmp_path)) as app:
        await type_host(app, "exa mple")
        await app.until_words("is not an address; write it like")
        await app.press("escape")
        await app.until_screen(HostsScreen)
        await app.press("escape")
        await app.until_screen(HomeScreen)


async def test_a_host_that_is_not_there_leaves_the_question_as_it_was(tmp_path: Path) -> None:
    async with among_friends(hosts_in(tmp_path)) as app:
        await type_host(app, "127.0.0.1:1")
        await app.until_words("Cannot reach 127.0.0.1:1: Connection refused.")
        await app.press("backspace")
        await app.until(lambda: "Cannot reach" not in app.text())
        await app.press("escape")
        await app.until_screen(HostsScreen)
        assert load_all(tmp_path / "hosts.json") == []


async def test_a_name_that_no_machine_has_leaves_the_question_as_it_was(tmp_path: Path) -> None:
    async with among_friends(hosts_in(tmp_path)) as app:
        await type_host(app, "nowhere.invalid")
        await app.until_words("Cannot find nowhere.invalid")
        await app.until_words("Check how it is written, and whether this machine is online.")
        assert isinstance(app.app.screen, AskScreen)


async def test_a_known_host_whose_name_is_gone_can_be_forgotten(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("nowhere.invalid", "Ann", tls=False)
    hosts.remember("127.0.0.1:1", "Ann", tls=False)
    async with among_friends(hosts) as app:
        await app.press("2")
        await app.until_screen(LobbyScreen)
        await app.until_words("Cannot find nowhere.invalid")
        await app.until_words("It may have another name by now, or this machine is offline.")
        assert "Join by code" not in app.text()
        await app.press("a")
        await app.until_text("Forget this host")
        await app.press("f")
        await app.until_screen(HostsScreen)
        await app.until(lambda: "nowhere.invalid" not in app.text())
        await app.until_text("127.0.0.1:1")


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


async def test_a_host_is_kept_when_it_has_let_the_player_in(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        among_friends(hosts, name="") as app,
    ):
        await type_host(app, served.url)
        await app.until_screen(NameScreen)  # before a table is chosen: others may take its seats
        await app.press("escape")
        await app.until_screen(HostsScreen)
        await type_host(app, served.url)
        await app.until_screen(NameScreen)
        await app.press("enter")
        await app.until_screen(LobbyScreen)
        await app.until_text("You come as Ann, a guest.")
        assert hosts.visited() == []
        await app.press("p")
        await app.until_text("3 seats of 4 free.")
    assert [host.address for host in hosts.visited()] == [served.url]


async def test_the_question_for_a_name_says_when_it_is_full(tmp_path: Path) -> None:
    async with among_friends(hosts_in(tmp_path), (60, 20), name="") as app:
        app.app.visit(hosts_in(tmp_path).place("127.0.0.1:1"))
        await app.until_screen(NameScreen)
        assert "at most" not in app.text()
        await app.press(*keys("Anne-Sophie O"), "apostrophe", *keys("Neill"))
        await app.until_text("at most 15 characters")
        await app.press("backspace")
        await app.until(lambda: "at most" not in app.text())
        await app.press(*["backspace"] * 15, *"Zo\u00e9")
        await app.until_text("others see Zoe · enter")


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


async def test_an_account_opens_a_table_and_starts_it(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "rachel.db")
    async with api_on(database, table=PATIENT) as api:
        await api.register("ann_1")
        async with among_friends(hosts_in(tmp_path)) as app:
            await type_host(app, f"http://localhost:{api.served.port}")
            await app.until_screen(LobbyScreen)
            await app.until_text("Log in")
            await app.press("l")
            await app.until_screen(AskScreen)
            await app.press(*"ann_1", "enter")
            await app.until_text("The password of ann_1")
            await app.press(*"no", "enter")  # what is wrong is said where it can be mended
            await app.until_text("The name or the password is wrong")
            await app.until_screen(AskScreen)
            await app.press("ctrl+u", *keys(PASSWORD), "enter")
            await app.until_text("You play as ann_1.")
            await app.press("o")
            await app.until_screen(NewTableScreen)
            await app.press("left", "left", "enter")  # two seats
            await app.until_screen(WaitingScreen)
            await app.until_text("1 seat of 2 free.")
            await app.press("s")
            await app.until_screen(TableScreen)


async def test_a_guest_opens_a_table_for_two(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "rachel.db")
    async with (
        api_on(database, table=PATIENT) as api,
        among_friends(hosts_in(tmp_path)) as app,
    ):
        await type_host(app, f"http://localhost:{api.served.port}")
        await app.until_screen(LobbyScreen)
        await app.until_text("Open a table")
        await app.press("o")
        await app.until_screen(NewTableScreen)
        await app.press("left", "left", "enter")
        await app.until_screen(WaitingScreen)
        await app.until_text("1 seat of 2 free.")


async def test_an_account_is_made_and_what_was_typed_stays_when_it_is_refused(
    tmp_path: Path,
) -> None:
    async with api_on(SqliteDatabase(tmp_path / "rachel.db"), table=PATIENT) as api:
        await api.register("ann_1")
        async with among_friends(hosts_in(tmp_path), (120, 36)) as app:
            await type_host(app, f"http://localhost:{api.served.port}")
            await app.until_screen(LobbyScreen)
            await app.until_text("New account")
            await app.press(*["down"] * 5)
            await app.until_words("No mail is sent: this host hands out the link")
            await app.press("enter")
            await app.until_text("digits or underscores.")
            await app.press(*"ann_1", "enter")
            await app.until_text("mail is sent: this host hands out the link that")
            await app.press(*keys("bob@example.org"), "enter")
            await app.until_text("A password for the account")
            await app.press(*keys(PASSWORD), "enter")
            await app.until_text("The same password again:")
            await app.press("x", "enter")
            await app.until_text("That is not the same password")
            await app.press("ctrl+u", *keys(PASSWORD), "enter")
            await app.until_text("That username is taken: choose another.")
            await app.press("escape")
            await app.until_screen(LobbyScreen)
            await app.press("n")
            await app.until_screen(AskScreen)
            await app.press(*"bob_1", "enter")
            await app.until_text("bob@example.org")
            await app.press("enter")
            await app.until_text("A password for the account")
            await app.press(*keys(PASSWORD), "enter")
            await app.until_text("The same password again:")
            await app.press(*keys(PASSWORD), "enter")
            await app.until_text("After that, log in here.")
            assert PASSWORD not in app.text()
        token = await api.link_token("/account/confirm")
        await api.good("POST", "/accounts/confirm", {"token": token})


@pytest.mark.parametrize(
    ("said", "words"),
    [({}, "A mail"), ({"sends_mail": True}, "A mail"), ({"sends_mail": False}, "No mail")],
    ids=["nothing", "mails", "no mails"],
)
async def test_a_mail_is_promised_unless_the_host_sends_none(
    said: dict[str, bool], words: str
) -> None:
    server = {"name": "rachel", "rubp_ports": [1982], **said}
    async with api_stand_in(
        lambda asked: answer(200, server if "/server" in asked else {"items": []})
    ) as host:
        lobby = await visit_lobby([host.url])
    told = question(ADDRESS, "here", sends_mail=lobby.sends_mail)
    assert told.startswith(f"Your e-mail address, which is shown to nobody. {words} ")


@pytest.mark.parametrize("theme", ["dark", "terminal"])
async def test_on_a_narrow_screen_a_question_stands_alone(tmp_path: Path, theme: str) -> None:
    """The frame of the list below is as wide as that of the question."""
    async with among_friends(hosts_in(tmp_path), (60, 20)) as app:
        app.app.change(theme=theme)
        await app.until_text("enter Choose")
        for key, screen in (("o", AskScreen), ("colon", CommandsScreen)):
            await app.press(key)
            await app.until_screen(screen)
            await app.until(lambda: "enter Choose" not in app.text(), "a question alone")
            await app.press("escape")
            await app.until_text("enter Choose")
        app.app.push_screen(SeatQuestion("CAKE", "TEA42"))
        await app.until_text("Give up your seat?")
        assert "enter Choose" not in app.text()


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


@pytest.mark.parametrize(
    "said", [{"name": "rachel", "rubp_ports": ["x\x1b[31m", 70000]}, {"name": "shop"}, {}]
)
async def test_at_the_port_of_other_pages_the_usual_port_is_named(said: dict[str, object]) -> None:
    async with api_stand_in(lambda _: answer(200, said)) as host:
        where = host.url.authority
        told = f"{where} is the port of pages: games have another port, usually 1982"
        assert games_text(where, await games_port(where)) == told


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


@pytest.mark.parametrize(
    ("named", "shared"),
    [
        ("http://192.0.2.7:4000", "http://192.0.2.7:4000"),
        ("http://localhost:4000", ""),
        ("no address", ""),
        (7, ""),
    ],
)
async def test_a_link_from_this_machine_is_one_for_friends_elsewhere(
    named: object, shared: str, tmp_path: Path
) -> None:
    def says(request: str) -> bytes:
        about = {"name": "rachel", "rubp_ports": [1982], "url": named}
        return answer(200, about if "/server" in request else {"items": []})

    async with api_stand_in(says) as host:
        lobby = await visit_lobby([host.url])
    place = hosts_in(tmp_path).place(str(host.url), "CAKE", lobby=lobby)
    assert place.invites == f"{shared or host.url}/t/{{}}"
    assert place.url == host.url


SIZES = pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)


async def nobody_near() -> list[Neighbour]:
    return []


async def one_near() -> list[Neighbour]:
    return [Neighbour("Rachel on [b]shelf", "192.168.1.20:1982")]


def remember_games(folder: Path, where: str) -> None:
    """Put games at a host into an album: won, third, won, ..."""
    others = ("Bob", "Cleo", "Dan")
    for day in range(1, 8):
        me = 0 if day % 2 else 2
        names = (*others[:me], "Ann", *others[me:])
        time = f"2026-11-{day:02}T11:00:00+00:00"
        album.add_game(folder, PlayedGame(time, where, names, (), me, {}, 4, 60))


def know_some_hosts(folder: Path) -> Hosts:
    """Return hosts visited just now, with games at the latest one."""
    hosts = replace(hosts_in(folder), games_path=folder / "games")
    hosts.remember("http://192.168.1.7:4000", "Annie", tls=False)
    hosts.remember("cards.example.org", "Ann", tls=True)
    remember_games(folder / "games", "cards.example.org")
    return hosts


@SIZES
def test_what_the_hosts_look_like(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]
) -> None:
    """From 100 columns on, beside them the latest game at the one at the caret, and its players."""
    hosts = know_some_hosts(tmp_path)
    app = friends_app(hosts)

    async def before(pilot: Pilot[None]) -> None:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        app.push_screen(HostsScreen(hosts, lambda *_: None, one_near))
        await seen.until_text("Rachel on [b]shelf")
        if size[0] >= 100:
            await seen.until_text("7 games, 4 won")

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_beside_the_hosts_stands_what_is_known_of_each(tmp_path: Path) -> None:
    hosts = know_some_hosts(tmp_path)
    hosts.keep_login(Login(HostUrl("http", "192.168.1.7", 4000), "ann_1", TOKEN, 2e9))
    app = friends_app(hosts)
    async with app.run_test(size=(120, 36)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        app.push_screen(HostsScreen(hosts, lambda *_: None, nobody_near))
        await seen.until_text("7 games, 4 won")
        await seen.until_text("Cleo out 3rd")
        await seen.until_text("a guest there")
        await seen.press("down")
        await seen.until_text("none yet")
        await seen.until_text("ann_1, by login")
        assert "Cleo" not in seen.text()
        await seen.press("down")
        await seen.until_words("leads to that table at once.")
        await pilot.resize_terminal(80, 24)
        await seen.until(lambda: "that table at once" not in seen.text())


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


def test_a_host_is_listed_once_however_it_was_named(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    pages = HostUrl("http", "cards.example", 4000)
    hosts.remember("cards.example", "Ann", tls=False)
    hosts.remember("http://cards.example:4000", "Ann", tls=False, port=1982, pages=pages)
    hosts.remember("cards.example:6502", "Ann", tls=False)  # another server on that machine
    hosts.remember("127.0.0.1:1982", "Ann", tls=False)
    hosts.remember("localhost", "Ann", tls=False)
    assert [host.address for host in hosts.visited()] == [
        "localhost",
        "cards.example:6502",
        "http://cards.example:4000",
    ]


def test_hosts_nearby_that_were_visited_by_another_name_are_not_listed_again(
    tmp_path: Path,
) -> None:
    here = frozenset({"127.0.0.1", "192.168.1.5"})
    near = [
        Neighbour("Rachel on desk", "192.168.1.5:1982", here),
        Neighbour("Rachel on desk", "192.168.1.5:6502", here),
        Neighbour("Rachel on shelf", "192.168.1.20:1982", frozenset({"192.168.1.20"})),
    ]
    hosts = hosts_in(tmp_path)
    hosts.remember("localhost", "Ann", tls=False)
    hosts.remember("nowhere.invalid", "Ann", tls=False)
    assert asyncio.run(unlisted(near, hosts.visited())) == near[1:]


def test_hosts_nearby_are_heard() -> None:
    """A host that advertises itself is found by name, address and port."""
    name = f"Rachel on shelf port 1.{SERVICE}"
    with Zeroconf(ip_version=IPVersion.V4Only) as zeroconf:
        zeroconf.register_service(
            ServiceInfo(
                SERVICE, name, port=1, server="shelf.local.", parsed_addresses=["127.0.0.1"]
            )
        )
        near = {each.address: each for each in asyncio.run(neighbours())}
    assert near["127.0.0.1:1"].name == "Rachel on shelf"
    assert "127.0.0.1" in near["127.0.0.1:1"].machine


def test_what_hosts_nearby_are_heard_with_can_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make play` installs only what playing needs."""
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setattr(sys, "executable", "/home/ann/rachel/.venv/bin/python")
    with pytest.raises(HostTrouble, match=r"~/rachel/\.venv/bin/python -m pip install zeroconf"):
        asyncio.run(neighbours())


def test_a_game_left_at_a_host_is_found_again_by_what_was_typed_for_it(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("http://cards.example:4000", "Ann", tls=False)
    assert hosts.left_game() is None
    seat = SavedSeat("cards.example:1982", 7, bytes(range(8)), "Ann", "CAKE", None, ("Bob", "Cy"))
    saved_seat.save(hosts.seats_path, seat)
    left = hosts.left_game()
    assert left is not None
    assert left.about == "at cards.example with Bob and Cy"
    assert left.open().host_key == "cards.example:1982"
    lock = SeatLock(hosts.seats_path, "cards.example:1982")
    left = hosts.left_game()
    assert left is not None
    with pytest.raises(Unplayable, match="open in another terminal"):
        left.open()
    lock.release()
    # Where the host has said where its pages are, and that its games have another port than usual:
    pages = HostUrl("http", "other.example", 4000)
    hosts.remember("other.example", "Ann", tls=False, port=6502, pages=pages)
    assert hosts.left_game() is None
    seat = SavedSeat("other.example:6502", 8, bytes(range(8)), "Ann", "CAKE", None, ())
    saved_seat.save(hosts.seats_path, seat)
    left = hosts.left_game()
    assert left is not None
    place = left.open()
    assert place.host_key == "other.example:6502"
    assert (place.url, place.invites) == (pages, "http://other.example:4000/t/{}")
    hosts_file = hosts.hosts_path.read_text()
    hosts.hosts_path.write_text(hosts_file.replace("http://other.example:4000", "ftp://[x"))
    assert hosts.visited()[0].pages is None


def test_the_latest_visits_are_kept(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    for number in range(25):
        hosts.remember(f"host{number}.example", "Ann", tls=number % 2 == 0)
    hosts.remember("host9.example", "Zoe", tls=True)
    found = hosts.visited()
    assert [host.address for host in found[:2]] == ["host9.example", "host24.example"]
    assert found[0] == VisitedHost("host9.example", True, "Zoe", found[0].at)
    assert len(found) == 20
    (tmp_path / "hosts.json").write_text('{"a b": {"tls": true, "name": "", "at": 1}, "c": 7}')
    assert hosts.visited() == []


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
