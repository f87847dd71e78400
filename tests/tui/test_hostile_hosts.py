"""Hosts that are none, or mean no good: a clear line, no traceback, and the way home stays open."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import playing, playing_at
from friends_pilot import among_friends, hosts_in, type_host
from memory_host import MemoryHost
from rubp_tcp_host import framed
from scripted_host import position
from table_host import GAME_ID, TableHost, hosting

from rachel.rubp import (
    Announce,
    Error,
    ErrorCode,
    Heartbeat,
    Hello,
    Message,
    Phase,
    PlayerName,
    Welcome,
)
from rachel.rules.actions import DRAW
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.hosts import HostsScreen
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.waiting import WaitingScreen

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]
NOISE = random.Random(1).randbytes(4096)
A_SEAT = framed(Welcome(0, 7, 4, Phase.WAITING))


def without_end(data: bytes, *, first: bytes = b"") -> Answer:
    """Return what sends something again and again, as fast as it is taken."""

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(data)
            await writer.drain()

    return flood


def once(data: bytes) -> Answer:
    """Return what sends something when asked, and hangs up."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(data)
        await writer.drain()

    return reply


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept, and no more."""
    await reader.read()


@asynccontextmanager
async def a_host_that(answers: Answer) -> AsyncIterator[str]:
    """Run one; yield its address."""
    conversations = set[asyncio.Task[None]]()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        with suppress(ConnectionError, asyncio.CancelledError):
            await answers(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations)


def many(*messages: Message) -> bytes:
    """Return a lot of frames."""
    return framed(*messages) * 100


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (once(b""), "closed the connection"),
        (once(NOISE), "closed the connection"),
        (without_end(NOISE), "Connecting to"),
        (without_end(b"RACH" * 1024), "Connecting to"),
        (without_end(b"x" * 4096, first=b"HTTP/1.1 200 OK\r\n\r\n"), "is the port of pages"),
        (without_end(b"x" * 4096, first=b"HTTP/1.1 200 OK\r\nX: "), "is the port of pages"),
        (
            once(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
            "is the port of pages",
        ),
        (without_end(many(Heartbeat())), "Connecting to"),
        (without_end(many(Error(ErrorCode.UNKNOWN))), "the host has no seat for you"),
        (without_end(A_SEAT * 100), "4 seats of 4 free"),
        (without_end(many(Announce("[red]\x1b[31m")), first=A_SEAT), "Host: [red][31m"),
        (
            without_end(many(*(PlayerName(it % 4, f"N{it}") for it in range(9))), first=A_SEAT),
            "You have a seat",
        ),
    ],
    ids=[
        "hangs up", "noise", "noise without end", "half a frame without end", "pages without end",
        "headers without end", "a redirect", "heartbeats", "errors", "welcomes", "announcements",
        "names",
    ],
)  # fmt: skip
async def test_who_comes_there_reads_what_is_wrong_and_gets_home(
    tmp_path: Path, answers: Answer, told: str
) -> None:
    async with a_host_that(answers) as address, among_friends(hosts_in(tmp_path)) as app:
        await type_host(app, address)
        await app.until_screen(LobbyScreen)
        await app.until_words("are not found")
        await app.press("p")
        await app.until_screen(WaitingScreen)
        await app.until_words(told)
        await app.press("q")
        await app.until_screen(LobbyScreen)
        await app.press("q")
        await app.until_screen(HostsScreen)
        await app.press("q")
        await app.until_screen(HomeScreen)


async def test_while_a_host_says_nothing_the_way_home_is_open(tmp_path: Path) -> None:
    async with a_host_that(say_nothing) as address, among_friends(hosts_in(tmp_path)) as app:
        await type_host(app, address)
        await app.until_words("Asking whether it is there")
        assert isinstance(app.app.screen, AskScreen)
        await app.press("escape")
        await app.until_screen(HostsScreen)
        await app.press("escape")
        await app.until_screen(HomeScreen)


@pytest.mark.parametrize("breaks", [False, True], ids=["goes on", "hangs up"])
async def test_noise_in_the_middle_of_a_game_costs_nothing(tmp_path: Path, breaks: bool) -> None:
    game = position("3S QH KC", "5C 6C 8C", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        make_noise(host)
        if breaks:
            host.drop()
            await host.hears(Hello, 2)
        await app.until_prompt()
        await app.press("enter")
        await app.until(lambda: host.game.turn == 1)
        make_noise(host)
        host.move(DRAW)
        await app.until_prompt()
        assert len(app.hand.picking.hand) == 2


async def test_a_host_that_repeats_its_welcome_has_it_kept_once(tmp_path: Path) -> None:
    host = MemoryHost(position("3S QH KC", "5C 6C 8C", top="9H"))
    kept = list[str]()
    place = replace(host.place(tmp_path), welcomed=kept.append)
    async with playing_at(place) as app:
        await app.until_prompt()
        kept.clear()
        host.send(*[Welcome(0, GAME_ID, 2, Phase.PLAYING)] * 50, Announce("So welcome"))
        await app.until_text("So welcome")
        assert kept == ["Ann"]


def make_noise(host: TableHost) -> None:
    """Send what no host says."""
    host.send_bytes(NOISE)
    host.send_bytes(framed(Welcome(0, 7, 4, Phase.PLAYING))[:40])
