"""Connection over real loopback sockets: it comes back, it beats, it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from rubp_tcp_host import (
    GAME_ID,
    NINE_OF_CLUBS,
    TcpHost,
    framed,
    gone,
    tcp_host,
)

from rachel.client.session import ClientSession
from rachel.client.updates import (
    GameOver,
    HostTooNew,
    PlaysElsewhere,
    Refused,
    Rejected,
    Update,
    Welcomed,
)
from rachel.rubp import (
    HOST_ID,
    Error,
    ErrorCode,
    GameState,
    HandSync,
    Heartbeat,
    Hello,
    Phase,
    PlayCard,
    SyncRequest,
    Welcome,
)
from rachel_tui.net.connection import Connection, LinkState
from rachel_tui.net.line import dial_tcp
from rachel_tui.net.link_timing import LinkTiming

TOKEN = bytes(range(1, 9))
OVER = GameState(1, 0, NINE_OF_CLUBS, None, 0, 0, 40, (0, 5), True, 1, 4, 98, 7, 1, (0,))
ENDED = {LinkState.CLOSED, LinkState.GAME_OVER}
# Patient where a slow machine must not change the result, quick where the test waits for it.
TIMING = LinkTiming(
    connect_s=20.0, heartbeat_s=20.0, silence_s=60.0, backoff_first_s=0.001, backoff_max_s=0.01
)


class Watched:
    """A running connection, everything it reported, and a way to wait for something to be true."""

    def __init__(self, session: ClientSession, port: int, timing: LinkTiming) -> None:
        self.session = session
        self.link = Connection(
            session,
            dial_tcp("127.0.0.1", port),
            f"127.0.0.1:{port}",
            self._on_change,
            timing=timing,
        )
        self.states: list[LinkState] = []
        self.errors: list[str | None] = []
        self.waits = 0
        self.updates: list[Update] = []
        self._changed = asyncio.Event()

    def _on_change(self, updates: list[Update]) -> None:
        self.states.append(self.link.state)
        self.errors.append(self.link.error)
        self.waits += self.link.retry_at is not None
        self.updates += updates
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def until_online(self) -> None:
        await self.until(lambda: self.link.state is LinkState.ONLINE)


@asynccontextmanager
async def running(
    port: int, session: ClientSession | None = None, timing: LinkTiming = TIMING
) -> AsyncIterator[Watched]:
    """Run a connection to the port; at the end it closes and has said so."""
    watched = Watched(session or ClientSession("Ann", token=TOKEN), port, timing)
    task = asyncio.create_task(watched.link.run())
    try:
        yield watched
    finally:
        await watched.link.close()
        await task
    assert watched.states[-1] is watched.link.state
    assert watched.link.state in ENDED


async def test_it_joins_and_delivers_both_ways() -> None:
    async with tcp_host() as host, running(host.port) as watched:
        assert watched.link.state is LinkState.CONNECTING
        with pytest.raises(ConnectionError):
            watched.link.send(b"")
        await watched.until_online()
        assert watched.updates == [Welcomed(0, Phase.WAITING)]
        assert (watched.link.attempt, watched.link.error, watched.link.retry_at) == (0, None, None)
        watched.link.send(watched.session.sync())
        assert await host.hears(SyncRequest) == [(GAME_ID, SyncRequest(0))]
    with pytest.raises(ConnectionError):
        watched.link.send(b"")


async def test_a_lost_link_comes_back_to_the_same_prompt() -> None:
    async with tcp_host() as host, running(host.port) as watched:
        await watched.until_online()
        host.drop()
        await watched.until(lambda: watched.session.prompt)
        assert watched.link.state is LinkState.ONLINE
        hellos = await host.hears(Hello, 2)
        assert [game_id for game_id, _ in hellos] == [0, GAME_ID]
        assert LinkState.RECONNECTING in watched.states
        assert f"lost the connection to 127.0.0.1:{host.port}" in watched.errors
        watched.link.send(watched.session.play([NINE_OF_CLUBS]))
        assert await host.hears(PlayCard) == [(GAME_ID, PlayCard((NINE_OF_CLUBS,), None, 99))]


async def test_a_refusal_that_comes_in_two_parts_gives_the_prompt_back() -> None:
    async with tcp_host() as host, running(host.port) as watched:
        await watched.until_online()
        host.drop()
        await watched.until(lambda: watched.session.prompt)
        watched.link.send(watched.session.play([NINE_OF_CLUBS]))
        await host.hears(PlayCard)
        host.send(framed(Error(ErrorCode.INVALID_PLAY)))
        await watched.until(lambda: Refused(ErrorCode.INVALID_PLAY, ()) in watched.updates)
        assert not watched.session.prompt
        host.send(framed(HandSync((NINE_OF_CLUBS,), 3, 99)))
        await watched.until(lambda: watched.session.prompt)


async def test_it_outlives_a_restart_of_the_host() -> None:
    async with tcp_host() as host, running(host.port) as watched:
        await watched.until_online()
        await host.stop()
        await watched.until(lambda: watched.link.attempt >= 3)
        assert watched.states[-1] is LinkState.RECONNECTING
        assert watched.errors[-1] == f"cannot reach 127.0.0.1:{host.port}: Connection refused"
        await host.listen()
        await watched.until_online()
        assert watched.session.prompt


async def test_a_host_that_accepts_and_hangs_up_gets_longer_and_longer_pauses() -> None:
    async with tcp_host() as host:

        def hang_up(hello: Hello, game_id: int) -> bytes:
            host.drop()
            return b""

        host.answer = hang_up
        async with running(host.port) as watched:
            await watched.until(lambda: watched.link.attempt >= 5)
            assert watched.states == [LinkState.CONNECTING] * len(watched.states)
            assert watched.waits >= 4


async def test_a_host_that_never_answers_is_given_up_and_tried_again() -> None:
    async with tcp_host() as host:
        host.answer = lambda hello, game_id: b""
        timing = LinkTiming(connect_s=0.02, backoff_first_s=0.001, backoff_max_s=0.001)
        async with running(host.port, timing=timing) as watched:
            await host.hears(Hello, 3)
            await watched.until(lambda: watched.link.error is not None)
            assert watched.link.error == f"cannot reach 127.0.0.1:{host.port}: no answer"


async def test_a_host_that_says_nothing_of_use_is_told_from_a_silent_one() -> None:
    async with tcp_host() as host:
        host.answer = lambda hello, game_id: b"SSH-2.0-OpenSSH_9.6\r\n"
        timing = LinkTiming(connect_s=0.2, backoff_first_s=0.001, backoff_max_s=0.001)
        async with running(host.port, timing=timing) as watched:
            await watched.until(lambda: watched.link.error is not None)
            problem = f"cannot understand 127.0.0.1:{host.port}: is it a host of Rachel?"
            assert watched.link.error == problem


async def test_it_sends_heartbeats_and_their_answers_keep_it_alive() -> None:
    timing = LinkTiming(connect_s=1.0, heartbeat_s=0.02, silence_s=20.0)
    async with tcp_host() as host, running(host.port, timing=timing) as watched:
        await host.hears(Heartbeat, 60)  # longer than the host had for its WELCOME
        assert watched.link.state is LinkState.ONLINE
        assert f"127.0.0.1:{host.port} stopped answering" not in watched.errors


async def test_silence_is_a_lost_link() -> None:
    timing = LinkTiming(heartbeat_s=0.02, silence_s=0.05, backoff_first_s=0.001)
    async with tcp_host() as host:
        host.echo_heartbeats = False
        async with running(host.port, timing=timing) as watched:
            hellos = await host.hears(Hello, 2)
            assert f"127.0.0.1:{host.port} stopped answering" in watched.errors
    assert hellos[1][0] == GAME_ID


async def test_a_hello_that_cannot_be_seated_ends_it() -> None:
    async with tcp_host() as host:
        host.answer = lambda hello, game_id: framed(Error(ErrorCode.LOBBY_FULL))
        async with running(host.port) as watched:
            await watched.until(lambda: watched.link.state is LinkState.CLOSED)
    assert watched.updates == [Rejected(ErrorCode.LOBBY_FULL)]
    assert watched.link.error == "that table is full"
    assert len(host.heard) == 1


async def test_who_plays_elsewhere_now_does_not_come_back() -> None:
    async with tcp_host() as host:
        host.answer = lambda *_: framed(
            Welcome(0, GAME_ID, 2, Phase.WAITING), Error(ErrorCode.NAME_TAKEN)
        )
        async with running(host.port) as watched:
            await watched.until(lambda: watched.link.state is LinkState.CLOSED)
    assert watched.updates == [Welcomed(0, Phase.WAITING), PlaysElsewhere()]
    assert watched.link.error == "you play elsewhere now"
    assert len(host.heard) == 1


@pytest.mark.parametrize("watches", [False, True])
async def test_a_host_with_newer_rules_is_left_in_order(watches: bool) -> None:
    async with tcp_host() as host:
        seat = HOST_ID if watches else 0
        host.answer = lambda *_: framed(Welcome(seat, GAME_ID, 2, Phase.PLAYING, 2))
        session = ClientSession("Ann", token=TOKEN, room="TEA42", watches=watches)
        async with running(host.port, session) as watched:
            await watched.until(lambda: watched.link.state is LinkState.CLOSED)
        if not watches:
            assert (await host.hears(Hello, 2))[1][0] == GAME_ID
    assert watched.updates == [HostTooNew(2)]
    assert watched.link.error == (
        f"127.0.0.1:{host.port} plays by version 2 of the rules, Rachel here by version 1:"
        " upgrade this one (git pull, or pip install --upgrade rachel)"
    )
    assert len(host.heard) == (1 if watches else 2), "and it does not come back"


async def test_a_waiting_table_that_is_gone_is_joined_afresh() -> None:
    async with tcp_host() as host, running(host.port) as watched:
        await watched.until_online()
        host.answer = lambda hello, game_id: gone(hello, game_id) if game_id else lobby(host)
        host.drop()
        await watched.until(lambda: watched.updates.count(Welcomed(0, Phase.WAITING)) == 2)
        hellos = await host.hears(Hello, 3)
        assert [game_id for game_id, _ in hellos] == [0, GAME_ID, 0]
        assert not any(isinstance(update, Rejected) for update in watched.updates)


async def test_whoever_prepares_joins_is_asked_before_each_and_may_end_it() -> None:
    session = ClientSession("Ann", token=TOKEN)
    asked: list[int] = []

    async def reserve() -> bool:
        asked.append(session.game_id)
        session.game_id, session.token = GAME_ID, bytes(range(8, 16))
        return len(asked) < 2

    async with tcp_host() as host:
        host.answer = lambda *_: framed(Welcome(0, GAME_ID, 2, Phase.WAITING))
        ended = asyncio.Event()
        link = Connection(
            session,
            dial_tcp("127.0.0.1", host.port),
            f"127.0.0.1:{host.port}",
            lambda _: ended.set() if link.state is LinkState.CLOSED else None,
            before_join=reserve,
            timing=TIMING,
        )
        running = asyncio.create_task(link.run())
        ((_, hello),) = await host.hears(Hello)
        assert isinstance(hello, Hello)
        assert hello.token == bytes(range(8, 16))
        host.answer = gone
        host.drop()  # the seat at the waiting table is gone, too, and must be reserved anew
        async with asyncio.timeout(20):
            await ended.wait()
        await running
        assert [game_id for game_id, _ in await host.hears(Hello, 2)] == [GAME_ID, GAME_ID]
    assert asked == [0, 0]


def lobby(host: TcpHost) -> bytes:
    """Return the answer to a fresh HELLO, and from now on the usual ones."""
    host.answer = TcpHost().answer
    return host.answer(Hello("Ann"), 0)


async def test_a_game_that_is_gone_ends_it() -> None:
    async with tcp_host() as host, running(host.port) as watched:
        await watched.until_online()
        host.drop()
        await watched.until(lambda: watched.session.prompt)
        host.answer = gone
        host.drop()
        await watched.until(lambda: watched.link.state is LinkState.CLOSED)
        assert watched.link.error == "that game is over"
        assert watched.updates[-1] == Rejected(ErrorCode.UNKNOWN)


async def test_it_comes_back_until_the_end_of_the_game_has_been_told() -> None:
    pair = framed(OVER, HandSync((), 4, 98))
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID)
    async with tcp_host() as host, running(host.port, session) as watched:
        await watched.until(lambda: session.prompt)
        host.send(pair)  # and no PLAYER_WON
        await watched.until(lambda: session.view is not None and session.view.public.is_over)
        host.answer = lambda *_: framed(Welcome(0, GAME_ID, 2, Phase.FINISHED)) + pair
        host.drop()
        await watched.until(lambda: GameOver(1, (0,)) in watched.updates)
        assert LinkState.RECONNECTING in watched.states
        watched.states.clear()
        host.drop()
        await watched.until(lambda: watched.link.state is LinkState.GAME_OVER)
        assert watched.states == [LinkState.GAME_OVER]
        assert watched.link.error is None
        with pytest.raises(ConnectionError):
            watched.link.send(b"")
    assert len(host.heard) == 2


async def test_a_rematch_asked_for_is_asked_for_again_when_the_link_is_lost() -> None:
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID, room="CAKE")
    async with tcp_host() as host:
        host.answer = lambda *_: framed(
            Welcome(0, GAME_ID, 2, Phase.FINISHED), OVER, HandSync((), 4, 98)
        )
        async with running(host.port, session) as watched:
            await watched.until(lambda: GameOver(1, (0,)) in watched.updates)
            host.answer = lambda *_: b""
            watched.link.send(session.again(bytes(range(8, 16))))
            await host.hears(Hello, 2)
            host.answer = lambda *_: framed(Welcome(0, GAME_ID, 2, Phase.WAITING))
            host.drop()
            await watched.until(lambda: Welcomed(0, Phase.WAITING) in watched.updates)
            hellos = await host.hears(Hello, 3)
    assert [game_id for game_id, _ in hellos] == [GAME_ID, 0, 0]
    assert hellos[1] == hellos[2]


async def test_a_saved_seat_that_is_gone_ends_it() -> None:
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID)
    async with tcp_host() as host:
        host.answer = gone
        async with running(host.port, session) as watched:
            await watched.until(lambda: watched.link.state is LinkState.CLOSED)
        assert watched.link.error == "that game is over"


async def test_a_saved_seat_is_reclaimed() -> None:
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID)
    async with tcp_host() as host, running(host.port, session) as watched:
        await watched.until(lambda: session.prompt)
        assert (await host.hears(Hello))[0][0] == GAME_ID


async def test_acknowledgements_go_out_by_themselves() -> None:
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID, acknowledge=True)
    async with tcp_host() as host, running(host.port, session):
        (request,) = await host.hears(SyncRequest)
    assert request == (GAME_ID, SyncRequest(3, 99, acknowledge=True))


async def test_a_host_name_that_does_not_exist_ends_it_with_one_line() -> None:
    """To try again and again would find no other answer."""
    told: list[Update] = []

    session = ClientSession("Ann", token=TOKEN)
    name = "x" * 64 + ".invalid"
    link = Connection(session, dial_tcp(name, 1982), name, told.extend, timing=TIMING)
    async with asyncio.timeout(20):
        await link.run()
    assert link.state is LinkState.CLOSED
    assert link.error == f"cannot find {name}: no such host name"
    assert told == [Rejected(ErrorCode.UNKNOWN)]


async def test_close_ends_a_pause_and_may_come_twice_or_first() -> None:
    timing = LinkTiming(backoff_first_s=3600.0, backoff_max_s=3600.0)
    async with tcp_host() as host:
        await host.stop()
        async with running(host.port, timing=timing) as watched:
            await watched.until(lambda: watched.waits > 0)
            await watched.link.close()
    early = Watched(ClientSession("Ann", token=TOKEN), host.port, TIMING)
    await early.link.close()
    async with asyncio.timeout(20):
        await early.link.run()
    assert early.link.state is LinkState.CLOSED


async def test_a_cancelled_run_closes_its_socket_and_says_so() -> None:
    async with tcp_host() as host:
        watched = Watched(ClientSession("Ann", token=TOKEN), host.port, TIMING)
        task = asyncio.create_task(watched.link.run())
        await watched.until_online()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert watched.states[-1] is LinkState.CLOSED
