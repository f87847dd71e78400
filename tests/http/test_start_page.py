"""The start page: tables for friends and against bots, and what is on the public ones."""

from pathlib import Path

import pytest
from browser import Page, browser_at
from http_server import HttpServer, http_server
from tcp_player import TcpPlayer, sit_down

from rachel_server.core.peers import TABLES_PER_ADDRESS
from rachel_server.core.table import Table
from rachel_server.core.table_settings import FRIENDS_DELAY_S, TableSettings

HOST_SETTINGS = TableSettings(seats=3, start_delay_s=60.0, bot_delay_s=0.0, turn_time_s=45.0)


def tables(served: HttpServer) -> list[Table]:
    runtime = served.server._runtime
    assert runtime is not None
    return list(runtime.house.lobby.tables.values())


async def opened(page: Page, served: HttpServer) -> Table:
    """Return the only table there is, to which a form has led."""
    (table,) = tables(served)
    assert page.path.partition("?")[0] == f"/t/{table.room}"
    return table


async def test_a_table_for_friends_waits_for_them(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=HOST_SETTINGS) as served, browser_at(served) as browser:
        start = await browser.open("/")
        page = await browser.send(start, "/open/friends", seats="6")
        table = await opened(page, served)
        assert page.path.endswith("?invite=1")
        assert (table.public, table.settings.seats, table.seats.names) == (False, 6, [])
        assert table.settings.start_delay_s == table.settings.kept_s == FRIENDS_DELAY_S
        assert table.settings.turn_time_s == 45.0


async def test_a_table_against_bots_begins_at_once(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=HOST_SETTINGS) as served, browser_at(served) as browser:
        start = await browser.open("/")
        page = await browser.send(start, "/open/solo", level="advanced")
        table = await opened(page, served)
        assert (table.public, table.settings.bot_level) == (False, "advanced")
        player = TcpPlayer("ANN", room=table.room, plays=False)
        await sit_down([player], served.server.rubp_ports[0])
        await player.until_turn(0)
        levels = [seat.bot_level for _, seat in table.seats.taken()]
        assert sorted(map(str, levels)) == ["None", *3 * ["advanced"]]
        player.cut()


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/open/friends", {"seats": "9"}),
        ("/open/friends", {"seats": ""}),
        ("/open/solo", {"level": "divine"}),
    ],
)
async def test_what_the_form_does_not_offer_is_refused(
    tmp_path: Path, path: str, typed: dict[str, str]
) -> None:
    async with http_server(tmp_path) as served, browser_at(served) as browser:
        assert (await browser.send(await browser.open("/"), path, **typed)).status == 400
        foreign = await browser.post(path, "seats=2", **{"Sec-Fetch-Site": "cross-site"})
        assert foreign.status == 403
        assert tables(served) == []


async def test_an_address_may_open_only_so_many(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, browser_at(served) as browser:
        start = await browser.open("/")
        for _ in range(TABLES_PER_ADDRESS.burst):
            await browser.send(start, "/open/friends", seats="2")
        refused = await browser.send(start, "/open/solo", level="beginner")
        while refused.status == 200:  # a slow machine has earned some more meanwhile
            refused = await browser.send(start, "/open/solo", level="beginner")
        assert (refused.status, "Retry-After" in refused.headers) == (429, True)
        assert len(tables(served)) >= TABLES_PER_ADDRESS.burst


async def test_a_full_server_says_so(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, browser_at(served) as browser:
        runtime = served.server._runtime
        assert runtime is not None
        runtime.house.lobby._tables_max = 0
        page = await browser.send(await browser.open("/"), "/open/solo", level="beginner")
        assert (page.status, "try again later" in page.text) == (409, True)


async def test_public_tables_can_be_joined_and_watched(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=HOST_SETTINGS) as served, browser_at(served) as browser:
        empty = await browser.open("/")
        assert "Every public table is empty" in empty.text
        port = served.server.rubp_ports[0]
        players = [TcpPlayer(name, plays=False) for name in ("<b>ANN", "BOB", "CAROL", "DAN")]
        hidden = TcpPlayer("EVE", room="HIDDEN", plays=False)
        await sit_down([*players, hidden], port)
        playing, waiting = sorted(
            (table for table in tables(served) if table.public), key=lambda it: it.game_id
        )
        page = await browser.open("/")
        assert "<b>ANN, BOB, CAROL" in page.text
        assert f"{waiting.room} 1 of 3 here DAN" in page.text
        assert page.text.index(waiting.room) < page.text.index(playing.room)
        assert "EVE" not in page.text
        at_tables = [link for link in page.links if link.startswith("/t/")]
        assert at_tables == [
            f"/t/{waiting.room}",
            f"/t/{waiting.room}?watch=1",
            f"/t/{playing.room}?watch=1",
        ]
        for player in (*players, hidden):
            player.cut()
