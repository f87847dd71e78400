"""Heartbeats, patience and pauses: on a clock that is passed in, and at hosts that are no good."""

import asyncio
from collections.abc import Callable

import pytest
from rubp_tcp_host import GAME_ID, TcpHost, framed, gone, tcp_host

from rachel.client.session import ClientSession
from rachel.rubp import WATCHES, Error, ErrorCode, Hello, Phase, Welcome
from rachel_tui.bot.player import BotPlayer
from rachel_tui.net.connection import Connection
from rachel_tui.net.line import Dial, dial_tcp
from rachel_tui.net.link_timing import Attempts, LinkTiming, Pulse


def test_pauses_double_up_to_a_limit_until_a_link_lasts() -> None:
    attempts, pauses, now = Attempts(LinkTiming()), [], 0.0
    for lasted_s in (0.0, 0.0, 9.5, 1.0, 0.0, 0.0, 3.0, 10.0, 0.0):
        pauses.append(attempts.pause_s(now))
        attempts.begin(now)
        now += lasted_s
    assert pauses == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 0.25]
    assert attempts.failed == 1


def test_a_host_has_ten_seconds_to_welcome_us() -> None:
    pulse = Pulse(LinkTiming(), now=100.0)
    assert (pulse.wakes_at, pulse.lost_at) == (110.0, 110.0)
    assert [pulse.is_lost(now) for now in (100.0, 109.9, 110.0)] == [False, False, True]


def test_each_word_of_the_host_is_good_for_thirty_seconds() -> None:
    pulse = Pulse(LinkTiming(), now=0.0)
    for now in (1.0, 30.0, 59.0):
        assert not pulse.is_lost(now)
        pulse.hear(now)
    assert [pulse.is_lost(now) for now in (88.9, 89.0)] == [False, True]


def test_heartbeats_come_every_ten_seconds_and_never_in_bursts() -> None:
    pulse = Pulse(LinkTiming(), now=0.0)
    pulse.hear(0.0)
    assert [pulse.beats(now) for now in (9.9, 10.0, 10.1, 19.9, 20.0)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert pulse.wakes_at == 30.0
    assert [pulse.beats(now) for now in (57.0, 57.1)] == [True, False]
    assert pulse.lost_at == pulse.wakes_at == 30.0


def welcome_and_refuse(host: TcpHost) -> None:
    """Have every HELLO welcomed and refused at once."""
    host.answer = lambda *_: framed(
        Welcome(0, GAME_ID, 2, Phase.WAITING), Error(ErrorCode.LOBBY_FULL)
    )


def welcome_and_forget(host: TcpHost) -> None:
    """Have fresh HELLOs welcomed and cut off, and reclaims refused."""

    def answer(hello: Hello, game_id: int) -> bytes:
        if game_id:
            return gone(hello, game_id)
        asyncio.get_running_loop().call_later(0.01, host.drop)
        return framed(Welcome(0, GAME_ID, 2, Phase.WAITING))

    host.answer = answer


def bot(dial: Dial, log: Callable[[str], None] = print) -> BotPlayer:
    return BotPlayer(
        dial, "host", name="Robot", room="", level="beginner", games=1, delay_s=0.0,
        report=print, log=log,
    )  # fmt: skip


async def test_a_bot_that_is_stopped_says_goodbye() -> None:
    async with tcp_host() as host:
        seated = asyncio.Event()
        dial = dial_tcp("127.0.0.1", host.port)
        playing = asyncio.create_task(bot(dial, log=lambda _: seated.set()).run())
        await seated.wait()
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        (_, (_, goodbye)) = await host.hears(Hello, times=2)
    assert isinstance(goodbye, Hello)
    assert goodbye.capabilities == WATCHES


async def test_a_bot_leaves_a_host_with_newer_rules() -> None:
    async with tcp_host() as host:
        host.answer = lambda *_: framed(Welcome(0, GAME_ID, 2, Phase.WAITING, 2))
        robot = bot(dial_tcp("127.0.0.1", host.port))
        await asyncio.wait_for(robot.run(), 20)
        await host.hears(Hello, times=2)
    assert robot.problem is not None
    assert robot.problem.startswith("host plays by version 2 of the rules")
    assert len(host.heard) == 2, "HELLO and goodbye"


def person(dial: Dial) -> Connection:
    return Connection(ClientSession("Ann", token=b"seatseat"), dial, "host", lambda _: None)


@pytest.mark.parametrize(
    ("client", "behave"),
    [(bot, welcome_and_refuse), (bot, welcome_and_forget), (person, welcome_and_forget)],
)
async def test_a_host_that_welcomes_and_refuses_is_asked_ever_later(
    client: Callable[[Dial], BotPlayer | Connection], behave: Callable[[TcpHost], None]
) -> None:
    async with tcp_host() as host:
        behave(host)
        loop = asyncio.get_running_loop()
        began = loop.time()
        playing = asyncio.create_task(client(dial_tcp("127.0.0.1", host.port)).run())
        await host.hears(Hello, times=4)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
    assert loop.time() - began >= 0.25 + 0.5 + 1.0
