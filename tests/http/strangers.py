"""Strangers for tests: what they send, what they may hear, and what it must not cost others."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest
from http_server import DEADLINE_S, HttpServer
from prometheus_client import ProcessCollector
from raw_http import RawAnswer, RawConnection, raw_connection
from tcp_player import TcpPlayer, sit_down, together

from rachel_server.http import connection as connections
from rachel_server.http import requests

GROWTH_MAX_BYTES = 16 * 1024 * 1024
"""What the interpreter may keep for itself between two halves of a flood; a leak is more."""

Make = Callable[[random.Random], bytes]


@asynccontextmanager
async def table_of_others(served: HttpServer) -> AsyncIterator[None]:
    """Let two people play while something goes on, and to the end of a game afterwards."""
    pair = TcpPlayer("ann", room="OTHERS"), TcpPlayer("bob", room="OTHERS", plays=False)
    await sit_down(pair, served.server.rubp_ports[0])
    await pair[1].until_prompt()
    yield
    pair[1].play_on()
    await together(player.until_over() for player in pair)
    for player in pair:
        player.check_pairs()
        assert len(player.welcomes) == 1


def memory_bytes() -> float:
    """Return how much memory this process has, the server's and the strangers'."""
    (found,) = (
        sample.value
        for family in ProcessCollector(registry=None).collect()
        for sample in family.samples
        if sample.name == "process_resident_memory_bytes"
    )
    return found


async def answers_to(port: int, data: bytes) -> list[RawAnswer]:
    """Send bytes and return all that is answered, at least one answer."""
    async with raw_connection(port) as connection:
        with suppress(ConnectionError):
            await connection.send(data)
        answers = [await connection.answer()]
        try:
            connection.end()
            while True:
                answers.append(await connection.answer())
        except (EOFError, OSError):
            return answers


_SOURCE: Final = re.compile(rb"\.py\W+(?:line )?\d")
"""A place in a program; a random token may well have ".py" in it."""


def check(make: Callable[..., bytes], answer: RawAnswer) -> None:
    """Check that an answer is an error of the stranger's, in our own words, or harmless."""
    what = f"{make.__name__}: {answer}"
    assert answer.status < 500, what
    assert answer.headers["x-content-type-options"] == "nosniff", what
    assert b"Traceback" not in answer.body, what
    assert not _SOURCE.search(answer.body), what
    assert b"aiohttp" not in answer.body, what
    if answer.status >= 400 and answer.body:
        assert set(answer.json) == {"error", "message", "details"}, what


async def drip(connection: RawConnection, byte: bytes) -> None:
    """Send the same byte again and again, slowly, until the other side has enough."""
    async with asyncio.timeout(DEADLINE_S):
        try:
            while True:
                await connection.send(byte)
                await asyncio.sleep(0.1)
        except ConnectionError:
            return


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have servers wait for a second where they would wait for many."""
    monkeypatch.setattr(connections, "HEADERS_LIMIT_S", 1.0)
    monkeypatch.setattr(connections, "READING_LIMIT_S", 1.0)
    monkeypatch.setattr(requests, "REQUEST_LIMIT_S", 1.0)


async def games_of_others(served: HttpServer, enough: asyncio.Event) -> int:
    """Let two people play one game after the other until it is enough; return how many."""
    games = 0
    while not enough.is_set():
        pair = [TcpPlayer(name, room=f"GAME{games}") for name in ("ann", "bob")]
        await sit_down(pair, served.server.rubp_ports[0])
        await together(player.until_over() for player in pair)
        for player in pair:
            player.check_pairs()
            player.cut()
        games += 1
    return games
