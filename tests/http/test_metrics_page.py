"""Metrics: what they say after a real game, and who may see them."""

import asyncio
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path

import pytest
from databases import Database
from http_server import DEADLINE_S, HttpServer, http_server
from prometheus_client import ProcessCollector
from prometheus_client.parser import text_string_to_metric_families
from raw_http import raw_connection
from tcp_player import TcpPlayer, sit_down, together

from rachel.form import form
from rachel.rubp import DrawCard, MessageType, Platform, encode, encode_frame
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.session import GARBAGE_BYTES_MAX
from rachel_server.http import health
from rachel_server.ops.metrics import ProcessMetrics
from rachel_server.ops.secrets import Secret

TOKEN = "a token of some length"

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def samples(served: HttpServer) -> Samples:
    """Return every number on the page by its name and labels."""
    page = (await served.ask("/metrics")).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


async def test_numbers_of_a_real_game(database: Database) -> None:
    players = [
        TcpPlayer("ann", room="HERE", platform=Platform.C64),
        TcpPlayer("bob", room="HERE", plays=False),
    ]
    async with http_server(database) as served:
        before = await samples(served)
        await sit_down(players, served.server.rubp_ports[0])
        await players[1].until_prompt()
        during = await samples(served)
        players[1].play_on()
        await together(player.until_over() for player in players)
        after = await samples(served)
        for player in players:
            player.cut()
        turns = players[0].turn
    assert value(before, "rachel_tables", phase="playing") == 0
    assert value(during, "rachel_tables", phase="playing") == 1
    assert value(during, "rachel_connections", transport="tcp", platform="Commodore 64") == 1
    assert value(during, "rachel_connections", transport="tcp", platform="terminal") == 1
    assert value(after, "rachel_tables", phase="playing") == 0
    assert value(after, "rachel_tables", phase="finished") == 1
    assert value(after, "rachel_connections_opened_total") == 2
    assert value(after, "rachel_actions_total", by="player") == turns
    assert value(after, "rachel_actions_total", by="host") == 0
    assert value(after, "rachel_action_seconds_count", by="player") == turns
    assert value(after, "rachel_action_seconds_bucket", by="player", le="+Inf") == turns
    assert 0 < value(after, "rachel_action_seconds_sum", by="player") < 30 * turns
    # The start and its two seats, the actions, the end: each was committed once.
    commits = value(after, "rachel_journal_commit_seconds_count")
    assert 1 < commits <= turns + 2
    assert value(after, "rachel_journal_commit_rows_count") == commits
    assert value(after, "rachel_journal_commit_rows_sum") >= turns
    assert value(after, "rachel_journal_stalled") == 0


async def test_bots_count_for_themselves(tmp_path: Path) -> None:
    alone = TcpPlayer("ann", room="HERE")
    table = TableSettings(seats=3, start_delay_s=0.0, bot_delay_s=0.0, turn_time_s=None)
    async with http_server(tmp_path, table=table) as served:
        await sit_down([alone], served.server.rubp_ports[0])
        await alone.until_over()
        found = await samples(served)
        own = sum(end.seat == alone.session.seat for end in alone.turn_ends)
    assert value(found, "rachel_actions_total", by="player") == own
    assert value(found, "rachel_actions_total", by="host") == alone.turn - own
    assert value(found, "rachel_bot_seconds_count") == alone.turn - own
    assert value(found, "rachel_bot_seconds_sum") > 0


async def test_refused_frames_count_by_reason(tmp_path: Path) -> None:
    players = [TcpPlayer(name, room="HERE", plays=False) for name in ("ann", "bob", "eve")]
    async with http_server(tmp_path) as served:
        await sit_down(players[:2], served.server.rubp_ports[0])
        for player in players[:2]:
            await player.until(lambda player: player.session.view is not None, "the deal")
        waiting = next(player for player in players[:2] if not player.session.prompt)
        game_id = waiting.session.game_id
        refused = len(waiting.heard)
        for message in (DrawCard(), DrawCard()):
            waiting.send(encode(message, version=2, sequence=7, player_id=0, game_id=game_id))
        waiting.send(
            encode_frame(0x7F, bytes(48), version=2, sequence=8, player_id=0, game_id=game_id)
        )
        waiting.send(
            encode_frame(
                MessageType.WELCOME, bytes(48), version=2, sequence=9, player_id=0, game_id=game_id
            )
        )
        waiting.send(encode(DrawCard(), version=2, sequence=9, player_id=0, game_id=game_id + 1))
        waiting.send(b"nonsense" * 8)
        # Each refusal is an ERROR, those of actions with the hand.
        await waiting.until(lambda player: len(player.heard) >= refused + 7, "the refusals")
        await players[2].connect(served.server.rubp_ports[0])
        await players[2].until(lambda player: player.rejected, "the answer")
        waiting.cut()
        await players[1 - players.index(waiting)].until(
            lambda player: len(player.session.present) == 1, "the other's absence"
        )
        found = await samples(served)
    reasons = {
        dict(labels)["reason"]: number
        for (name, labels), number in found.items()
        if name == "rachel_rejected_frames_total"
    }
    assert reasons == {
        "not_your_turn": 2,
        "unknown_type": 1,
        "not_for_hosts": 1,
        "other_game": 1,
        "hello_game_in_progress": 1,
    }
    assert value(found, "rachel_dropped_bytes_total") == 64


async def test_garbage_counts_while_it_comes_and_floods_when_they_end(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, AsyncExitStack() as connections:
        for _ in range(50):
            port = served.server.rubp_ports[0]
            connection = await connections.enter_async_context(raw_connection(port))
            await connection.send(b"x" * 1000)
        async with asyncio.timeout(DEADLINE_S):
            while value(await samples(served), "rachel_dropped_bytes_total") < 50_000:
                pass
        await connection.send(b"x" * GARBAGE_BYTES_MAX)
        await connection.until_closed()
        found = await samples(served)
    assert value(found, "rachel_connections_turned_away_total", reason="flood") == 1


async def test_database_that_is_away_shows_while_nobody_asks_or_plays(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health, "_WATCH_S", 0.01)

    async def until_up(wanted: int) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while value(await samples(served), "rachel_database_up") != wanted:
                pass

    here = (ip_network("127.0.0.0/8"),)
    async with http_server(database, unlimited_networks=here) as served:
        await until_up(1)
        with database.gone():
            await until_up(0)
        await until_up(1)
    said = [record.message for record in caplog.records if record.name == health.__name__]
    assert said[0].startswith("the database does not answer: ")
    assert len(set(said)) == len(said), "each reason once a minute"
    assert said[-1] == "the database answers again"


def test_process_is_measured_where_proc_shows_nothing_else(tmp_path: Path) -> None:
    """As under the unit, whose ProcSubset=pid hides when the machine was started."""
    (tmp_path / "self").symlink_to("/proc/self")
    here, hidden = (
        {metric.name: metric.samples[0].value for metric in collector.collect()}
        for collector in (
            ProcessCollector(registry=None),
            ProcessMetrics(registry=None, proc=str(tmp_path)),
        )
    )
    assert hidden.keys() == here.keys()
    assert hidden["process_start_time_seconds"] == pytest.approx(
        here["process_start_time_seconds"], abs=2
    )


async def test_requests_count_by_route_and_not_by_address(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        for path in ("/health", "/health?token=secret", "/secret/a", "/secret/b"):
            await served.ask(path)
        await served.ask("/health", "DELETE")
        await served.ask("/", "PROPFIND")
        page = (await served.ask("/metrics")).text
        found = await samples(served)
    assert "secret" not in page

    def requests(route: str, method: str, status: str) -> float:
        return value(found, "rachel_http_requests_total", route=route, method=method, status=status)

    assert requests("/health", "GET", "200") == 2
    assert requests("unmatched", "GET", "404") == 2
    assert requests("unmatched", "DELETE", "405") == 1
    assert requests("unmatched", "OTHER", "405") == 1
    assert value(found, "rachel_http_request_seconds_count", route="/health", method="GET") == 2


async def test_database_pool_and_process(database: Database) -> None:
    async with http_server(database, app_version="1.2.3") as served:
        found = await samples(served)
        async with asyncio.timeout(DEADLINE_S):
            while value(found, "rachel_database_pool_in_use"):  # what has expired is being deleted
                found = await samples(served)
    assert value(found, "rachel_info", version="1.2.3", form=form()) == 1
    assert value(found, "rachel_database_pool_size") > 0
    assert value(found, "process_resident_memory_bytes") > 0


async def test_two_servers_in_one_process_have_metrics_of_their_own(tmp_path: Path) -> None:
    async with http_server(tmp_path / "one") as one, http_server(tmp_path / "two") as two:
        await one.ask("/health")
        found = await samples(two)
    assert ("rachel_http_requests_total", (("method", "GET"),)) not in found
    assert not [labels for name, labels in found if name == "rachel_http_requests_total"]


async def test_token_guards_them(tmp_path: Path) -> None:
    wrong = [
        "",
        "Bearer",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer \u00e4\u00f6\u00fc",
        TOKEN,
    ]
    async with http_server(tmp_path, metrics_token=Secret(TOKEN)) as served:
        for authorization in (f"Bearer {TOKEN}", f"bearer {TOKEN}"):
            answer = await served.ask("/metrics", headers={"Authorization": authorization})
            assert answer.status == 200
            assert "rachel_tables" in answer.text
        for headers in ({}, *({"Authorization": text} for text in wrong)):
            answer = await served.ask("/metrics", headers=headers)
            assert (answer.status, '"unauthorized"' in answer.text) == (401, True), headers
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
            assert "rachel_tables" not in answer.text


@pytest.mark.parametrize(
    ("headers", "trusted", "status"),
    [
        ({}, (), 200),
        ({"X-Forwarded-For": "127.0.0.1"}, (), 403),  # a proxy here that nobody told us about
        ({"X-Forwarded-For": "127.0.0.1"}, ("127.0.0.0/8",), 403),
        ({"X-Forwarded-For": "192.0.2.1"}, ("127.0.0.0/8",), 403),
        ({"Forwarded": "for=127.0.0.1"}, (), 403),
        ({"X-Real-IP": "127.0.0.1"}, (), 403),
        ({}, ("127.0.0.0/8",), 403),
    ],
)
async def test_without_a_token_they_are_for_this_machine(
    tmp_path: Path, headers: dict[str, str], trusted: tuple[str, ...], status: int
) -> None:
    networks = tuple(map(ip_network, trusted))
    async with http_server(tmp_path, trusted_proxies=networks) as served:
        answer = await served.ask("/metrics", headers=headers)
    assert answer.status == status
    assert (status == 200) == ("rachel_tables" in answer.text)


async def test_page_is_what_prometheus_reads(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        answer = await served.ask("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
