"""PostgreSQL killed under a server full of games, for some seconds: nothing is lost or done twice.

And the server on a PostgreSQL that is absent, empty, of an older schema or in use.
"""

import asyncio
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import PostgresDatabase
from journal_rows import journal_of, rows_announced
from postgres_server import PostgresServer, postgres_server
from rachel_server_process import ServeProcess, serving, start_serve
from tcp_player import DEADLINE_S, TcpPlayer, sit_down, together

from rachel.rubp import Heartbeat
from rachel_server.store.data_dir import PORTS_FILE
from rachel_server.store.migrate import upgrade
from rachel_server.store.revisions import head

TABLES = 12
TURNS_BEFORE = 4
DOWN_S = 3.0
DELAYED = "Saving is delayed: please wait"


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[PostgresDatabase]:
    """Make a database of a PostgreSQL that may be killed, as durable as a host's own."""
    with postgres_server(durable=True) as server, server.database() as name:
        upgrade(server.url(name))
        yield PostgresDatabase(server, name, tmp_path)


def health(http_port: int) -> tuple[int, str]:
    """Return the status code of /health and what it says of the database."""
    address = f"http://127.0.0.1:{http_port}/health"
    try:
        with urllib.request.urlopen(address, timeout=DEADLINE_S) as answer:
            code, body = answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            code, body = refusal.code, json.load(refusal)
    return code, body["checks"]["database"]["status"]


async def until_health(http_port: int, wanted: tuple[int, str]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            if await asyncio.to_thread(health, http_port) == wanted:
                return
            await asyncio.sleep(0.05)


def http_port_of(database: PostgresDatabase) -> int:
    port: int = json.loads((database.data_dir / PORTS_FILE).read_text())["http"][0]
    return port


async def hears(player: TcpPlayer, text: str) -> None:
    await player.until(lambda player: text in player.announcements, repr(text))


async def test_play_goes_on_unaided(mortal: PostgresDatabase) -> None:
    players = [
        TcpPlayer(f"{name}{table}", room=f"TABLE{table}", plays=False)
        for table in range(TABLES)
        for name in ("left", "right")
    ]
    async with serving(mortal, "--seats", "2") as served:
        await sit_down(players, served.ports[0])
        http = http_port_of(mortal)
        assert await asyncio.to_thread(health, http) == (200, "pass")
        for player in players:
            player.play_on()
        await together(player.until_turn(TURNS_BEFORE) for player in players)
        mortal.server.kill()
        await together(hears(player, DELAYED) for player in players)
        await until_health(http, (503, "fail"))
        told = {player: len(player.turn_ends) for player in players}
        up_again = time.monotonic() + DOWN_S
        while time.monotonic() < up_again:
            assert await asyncio.to_thread(health, http) == (503, "fail")
            for player in players:
                player.heard = [one for one in player.heard if not isinstance(one, Heartbeat)]
                player.send(player.session.heartbeat())
            await together(
                player.until(
                    lambda player: any(isinstance(one, Heartbeat) for one in player.heard), "life"
                )
                for player in players
            )
        assert {player: len(player.turn_ends) for player in players} == told
        await asyncio.to_thread(mortal.server.start)
        await together(player.until_over() for player in players)
        await until_health(http, (200, "pass"))
        served.process.terminate()
        code, _, log = await served.ended()
    assert code == 0
    assert "Traceback" not in log
    for player in players:
        saved = journal_of(mortal, player.session.room)
        assert [row.turn for row in saved] == list(range(len(saved)))
        assert rows_announced(player) == saved
        player.check_pairs()
    assert set(mortal.rows("SELECT status, count(*) FROM games GROUP BY status")) == {
        ("finished", TABLES)
    }


async def refused(database: PostgresDatabase) -> str:
    """Return the one line with which the server refuses to start."""
    process = await start_serve(database)
    async with asyncio.timeout(DEADLINE_S):
        output, log = await process.communicate()
    assert (process.returncode, output) == (1, b"")
    text = log.decode()
    assert text.startswith("Error: ")
    assert text.count("\n") == 1
    if database.server_url is not None:
        assert database.server.password not in text
    return text


async def test_an_absent_database_is_one_line(postgres: PostgresServer, tmp_path: Path) -> None:
    database = PostgresDatabase(postgres, "rachel", tmp_path)
    line = await refused(database)
    assert 'database "rachel" does not exist' in line
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    database.server_url = postgres.url("rachel", port=port)
    assert "the database cannot be used: " in (line := await refused(database))
    assert "Connection refused" in line
    assert str(port) in line


async def test_the_schema_must_be_there(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as name:
        database = PostgresDatabase(postgres, name, tmp_path)
        line = f"this Rachel needs {head()}: run rachel migrate\n"
        assert await refused(database) == f"Error: the database has no tables yet, {line}"
        upgrade(database.url)
        database.change("UPDATE alembic_version SET version_num = '0001'")
        assert await refused(database) == f"Error: the database is at 0001, {line}"
        database.change("UPDATE alembic_version SET version_num = '9999'")
        assert "newer version of Rachel made " in await refused(database)


async def test_one_server_to_a_database(mortal: PostgresDatabase) -> None:
    async with serving(mortal):
        second = PostgresDatabase(mortal.server, mortal.name, mortal.data_dir / "second")
        assert "another server is running on postgresql://rachel@127.0.0.1" in await refused(second)
    served = await ServeProcess.start(second)
    assert mortal.name in served.first_line
    assert mortal.server.password not in served.first_line
    served.process.terminate()
    assert (await served.ended())[0] == 0
