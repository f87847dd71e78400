"""The hosts that a player knows: visited, nearby, with a game to go on with; no screens."""

import asyncio
import sys
from pathlib import Path

import pytest
from api_stand_in import answer, api_stand_in
from friends_pilot import hosts_in
from zeroconf import IPVersion, ServiceInfo, Zeroconf

from rachel_tui.hosts import Unplayable, unlisted
from rachel_tui.keep import saved_seat
from rachel_tui.keep.hosts import VisitedHost
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.seat_lock import SeatLock
from rachel_tui.net.host_api import games_port, games_text
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.lobby import visit_lobby
from rachel_tui.net.neighbours import SERVICE, Neighbour, neighbours


@pytest.mark.parametrize(
    "said", [{"name": "rachel", "rubp_ports": ["x\x1b[31m", 70000]}, {"name": "shop"}, {}]
)
async def test_at_the_port_of_other_pages_the_usual_port_is_named(said: dict[str, object]) -> None:
    async with api_stand_in(lambda _: answer(200, said)) as host:
        where = host.url.authority
        told = f"{where} is the port of pages: games have another port, usually 1982"
        assert games_text(where, await games_port(where)) == told


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
