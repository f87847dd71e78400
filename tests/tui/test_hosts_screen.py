"""The screen of the hosts: naming one, going there, and what is known of each."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from api_stand_in import TOKEN
from app_pilot import AppPilot
from friends_pilot import PATIENT, SIZES, among_friends, friends_app, hosts_in, keys, type_host
from http_server import http_server
from textual.pilot import Pilot

from rachel_tui.games.played import PlayedGame
from rachel_tui.hosts import Hosts
from rachel_tui.keep import album
from rachel_tui.keep.hosts import load_all
from rachel_tui.net.host_api import Login
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.neighbours import Neighbour
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.hosts import HostsScreen
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.name import NameScreen


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
