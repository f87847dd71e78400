"""Health: the shape is what deployments rely on, and unhealthy means unhealthy."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from http_server import DEADLINE_S, HttpServer, http_server
from raw_http import raw_connection
from sqlalchemy import Engine, event
from tcp_player import TcpPlayer, sit_down

from rachel.form import form
from rachel_server import runtime

STOP_LIMIT_S = 5.0
"""A server that is told to stop is gone by then."""


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask until something is so."""
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():
            pass


def checks(body: dict[str, Any]) -> dict[str, str]:
    return {name: check["status"] for name, check in body["checks"].items()}


async def test_healthy_in_exactly_this_shape(database: Database) -> None:
    async with http_server(database, app_version="1.2.3") as served:
        answer = await served.ask("/health")
        body = await served.json("/health")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    timestamp = body.pop("timestamp")
    assert body == {
        "status": "healthy",
        "version": "1.2.3",
        "form": form(),
        "checks": {"database": {"status": "pass"}, "application": {"status": "pass"}},
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", timestamp)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(timestamp)) < timedelta(minutes=1)


async def test_live_and_ready(database: Database) -> None:
    async with http_server(database) as served:
        live, ready = await served.ask("/health/live"), await served.ask("/health/ready")
    assert (live.status, ready.status) == (200, 200)
    assert (live.text, ready.text) == ('{"status": "live"}', '{"status": "ready"}')


async def test_database_that_is_gone(database: Database) -> None:
    async with http_server(database) as served:
        with database.gone():
            answer = await served.ask("/health")
            body = await served.json("/health")
            ready, live = await served.ask("/health/ready"), await served.ask("/health/live")
        await until(lambda: is_healthy(served))
    assert (answer.status, body["status"]) == (503, "unhealthy")
    assert checks(body) == {"database": "fail", "application": "pass"}
    assert (ready.status, ready.text) == (503, '{"status": "not_ready"}')
    assert live.status == 200


async def test_database_without_its_tables(database: Database) -> None:
    async with http_server(database) as served:
        database.change("ALTER TABLE games RENAME TO gone")
        body = await served.json("/health")
        assert checks(body) == {"database": "fail", "application": "pass"}
        database.change("ALTER TABLE gone RENAME TO games")
        await until(lambda: is_healthy(served))


async def test_moves_that_cannot_be_saved(database: Database) -> None:
    """A database that can be read but not written to is not healthy: play has stopped."""
    players = [TcpPlayer("ann", room="HERE"), TcpPlayer("bob", room="HERE", plays=False)]
    async with http_server(database) as served:
        await sit_down(players, served.server.rubp_ports[0])
        await players[1].until_prompt()
        with database.locked():
            players[1].act()
            await until(lambda: is_unhealthy(served))
            body = await served.json("/health")
            stalled = (await served.ask("/metrics")).text
        await until(lambda: is_healthy(served))
        players[1].play_on()
        await players[0].until_over()
    assert (body["status"], checks(body)["database"]) == ("unhealthy", "fail")
    assert "rachel_journal_stalled 1.0" in stalled


async def test_event_loop_that_is_far_behind(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, raw_connection(served.port) as connection:
        await until(lambda: is_healthy(served))
        await connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        hold_up_the_loop()
        answer = await connection.answer()
        await until(lambda: is_healthy(served))
    assert answer.status == 503
    assert checks(answer.json) == {"database": "pass", "application": "fail"}


def hold_up_the_loop() -> None:
    """Do what no code on an event loop should."""
    time.sleep(2.7)


async def test_table_that_has_stopped_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None ever does; so what is due within the hour counts as overdue here."""
    monkeypatch.setattr(runtime, "OVERDUE_S", -3600.0)
    async with http_server(tmp_path) as served:
        before = await served.json("/health")
        await sit_down([TcpPlayer("ann", room="HERE")], served.server.rubp_ports[0])
        await until(lambda: is_unhealthy(served))
        after = await served.json("/health")
    assert checks(before)["application"] == "pass"
    assert checks(after) == {"database": "pass", "application": "fail"}


async def is_healthy(served: HttpServer) -> bool:
    return (await served.ask("/health")).status == 200


async def is_unhealthy(served: HttpServer) -> bool:
    return (await served.ask("/health")).status == 503


async def test_many_who_ask_at_once_cost_one_question(tmp_path: Path) -> None:
    questions = []

    def count(*statement: object) -> None:
        questions.append(statement[2])

    async with http_server(tmp_path) as served:
        event.listen(Engine, "before_cursor_execute", count)
        try:
            answers = await asyncio.gather(*(served.ask("/health") for _ in range(50)))
        finally:
            event.remove(Engine, "before_cursor_execute", count)
    assert {answer.status for answer in answers} == {200}
    asked = [statement for statement in questions if "FROM games" in str(statement)]
    assert 1 <= len(asked) < len(answers) / 5


async def test_stopping_server_hangs_up_within_its_time(tmp_path: Path) -> None:
    """Idle and half-sent requests do not hold the server up."""
    async with AsyncExitStack() as server, AsyncExitStack() as connections:
        served = await server.enter_async_context(http_server(tmp_path))
        idle = await connections.enter_async_context(raw_connection(served.port))
        half = await connections.enter_async_context(raw_connection(served.port))
        await idle.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        await idle.answer()
        await half.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123")
        async with asyncio.timeout(STOP_LIMIT_S):
            await server.aclose()
        await idle.until_closed()
        await half.until_closed()
