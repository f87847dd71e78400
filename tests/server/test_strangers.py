"""What strangers send: nothing, garbage, floods. It must cost the others nothing."""

import asyncio
import random
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from game_server import game_server
from tcp_player import DEADLINE_S, HOST, TcpPlayer, sit_down, together

from rachel.rubp import HOST_ID, Heartbeat, Hello, SyncRequest, encode, encode_frame
from rachel_server.core.peers import HELLOS_MAX
from rachel_server.edge.session import GARBAGE_BYTES_MAX

_NO_LINGER = struct.pack("ii", 1, 0)
"""Closing then resets the connection instead of ending it."""


@asynccontextmanager
async def table_of_others(tmp_path: Path) -> AsyncIterator[tuple[int, list[TcpPlayer]]]:
    """Run a server with a game of two in it, halfway; yield its port and the two.

    In the end they must be able to play it to its end, without having noticed anything.
    """
    players = [TcpPlayer("ann", room="OTHERS"), TcpPlayer("bob", room="OTHERS", plays=False)]
    async with game_server(tmp_path, seats=2) as port:
        await sit_down(players, port)
        await players[1].until_prompt()
        yield port, players
        players[1].play_on()
        await together(player.until_over() for player in players)
        for player in players:
            player.check_pairs()
            assert len(player.welcomes) == 1


async def until_closed(sock: socket.socket) -> bytes:
    """Return everything that comes until the other side closes the connection."""
    loop = asyncio.get_running_loop()
    received = bytearray()
    async with asyncio.timeout(DEADLINE_S):
        try:
            while data := await loop.sock_recv(sock, 65536):
                received += data
        except ConnectionError:
            pass
    return bytes(received)


async def send_for_ever(sock: socket.socket, data: bytes) -> None:
    """Send the same again and again.

    Raises:
        ConnectionError: the other side has closed the connection.
    """
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await asyncio.get_running_loop().sock_sendall(sock, data)


@asynccontextmanager
async def stranger(port: int) -> AsyncIterator[socket.socket]:
    """Connect a bare socket."""
    with socket.create_connection((HOST, port)) as sock:
        sock.setblocking(False)
        yield sock


async def test_whoever_does_not_say_hello_is_cut_off(tmp_path: Path) -> None:
    heartbeats = 3 * encode(Heartbeat(), version=1, sequence=1, player_id=HOST_ID, game_id=0)
    sent = [
        b"",
        b"GETTING nowhere",
        b"\x16\x04\x01",
        b"RACH\x02\x01" + bytes(57),
        heartbeats,
    ]
    loop = asyncio.get_running_loop()
    async with table_of_others(tmp_path) as (port, _), AsyncExitStack() as stack:
        strangers = [await stack.enter_async_context(stranger(port)) for _ in sent]
        for sock, data in zip(strangers, sent, strict=True):
            await loop.sock_sendall(sock, data)
        answers = await asyncio.gather(*map(until_closed, strangers))
    assert list(map(len, answers)) == [0, 0, 0, 0, len(heartbeats)]


async def test_who_speaks_something_else_is_told_where_this_is(tmp_path: Path) -> None:
    async with table_of_others(tmp_path) as (port, _):
        for method in ("GET", "POST"):
            async with aiohttp.request(method, f"http://{HOST}:{port}/", data=b"x") as answer:
                assert answer.status == 400
                assert "rachel play" in await answer.text()
        with pytest.raises(ssl.SSLError, match="VERSION"):
            await asyncio.open_connection(HOST, port, ssl=ssl.create_default_context())
        async with stranger(port) as sock:
            await asyncio.get_running_loop().sock_sendall(sock, b"SSH-2.0-OpenSSH_9.2\r\n")
            assert b"rachel play" in await until_closed(sock)


async def test_a_seated_client_may_send_what_it_likes_between_its_frames(tmp_path: Path) -> None:
    player = TcpPlayer("odd", room="ODD", plays=False)
    async with table_of_others(tmp_path) as (port, _):
        await player.connect(port)
        await player.until_seated()
        player.send(b"GET / HTTP/1.1\r\n\r\n")
        player.send(player.session.heartbeat())
        await player.until(lambda it: any(isinstance(m, Heartbeat) for m in it.heard), "a beat")


async def test_half_open_connections(tmp_path: Path) -> None:
    async with table_of_others(tmp_path) as (port, _):
        async with stranger(port) as sock:  # says that it will not say anything more
            sock.shutdown(socket.SHUT_WR)
            assert await until_closed(sock) == b""
        async with stranger(port) as sock:  # half a frame, then a reset
            await asyncio.get_running_loop().sock_sendall(sock, b"RACH\x02\x01")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


async def test_reader_that_never_reads_is_cut(tmp_path: Path) -> None:
    hello = encode(Hello("deaf", room="DEAF"), version=1, sequence=1, player_id=HOST_ID, game_id=0)
    beat = encode(Heartbeat(), version=1, sequence=2, player_id=0, game_id=0)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with sock:
        async with table_of_others(tmp_path) as (port, players):
            sock.connect((HOST, port))
            sock.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, hello)
            with pytest.raises(ConnectionError):
                await send_for_ever(sock, 256 * beat)
            turn = players[0].turn
            players[1].play_on()
            await players[0].until_turn(turn + 1)


async def test_noise_between_frames_is_borne_as_long_as_frames_come(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    beat = encode(Heartbeat(), version=1, sequence=1, player_id=HOST_ID, game_id=0)
    noise = bytes(GARBAGE_BYTES_MAX // 2)
    async with table_of_others(tmp_path) as (port, _), stranger(port) as sock:
        for _ in range(5):
            await loop.sock_sendall(sock, noise + beat)
        sock.shutdown(socket.SHUT_WR)
        assert len(await until_closed(sock)) == 5 * len(beat)


async def test_noise_without_end_is_cut(tmp_path: Path) -> None:
    async with table_of_others(tmp_path) as (port, _), stranger(port) as sock:
        with pytest.raises(ConnectionError):
            await send_for_ever(sock, bytes(1000))


async def test_flood_of_hellos_is_cut(tmp_path: Path) -> None:
    def hello(number: int) -> bytes:
        return encode(
            Hello(f"P{number}", room=f"R{number}"),
            version=1,
            sequence=number,
            player_id=HOST_ID,
            game_id=0,
        )

    flood = b"".join(map(hello, range(HELLOS_MAX + 1)))
    async with table_of_others(tmp_path) as (port, _), stranger(port) as sock:
        await asyncio.get_running_loop().sock_sendall(sock, flood)
        welcomes = [
            frame
            for frame in _frames(await until_closed(sock))
            if frame[5] == 2  # WELCOME
        ]
        assert len(welcomes) == HELLOS_MAX


def _frames(data: bytes) -> list[bytes]:
    return [data[start : start + 64] for start in range(0, len(data), 64)]


def noise(rng: random.Random) -> bytes:
    """Return bytes that mean nothing."""
    return rng.randbytes(rng.randrange(1, 300))


def unknown_types(rng: random.Random) -> bytes:
    """Return whole frames, of types that only hosts send or nobody does."""
    return b"".join(_frame(rng, kind) for kind in (0x02, 0x07, 0x0D, 0x11, 0x7F, 0xFF))


def hostile_frames(rng: random.Random) -> bytes:
    """Return whole frames of every type with payloads of random bytes."""
    return b"".join(_frame(rng, kind) for kind in range(0x12))


def _frame(rng: random.Random, kind: int) -> bytes:
    return encode_frame(
        kind,
        rng.randbytes(48),
        version=rng.choice((1, 2)),
        sequence=rng.randrange(0x10000),
        player_id=rng.choice((0, 1, 7, HOST_ID)),
        game_id=rng.choice((0, 1, 2, 0xFFFF)),
    )


@pytest.mark.parametrize("seated", [False, True])
@pytest.mark.parametrize("make", [noise, unknown_types, hostile_frames])
async def test_nothing_a_stranger_sends_stops_the_server(
    tmp_path: Path, make: Callable[[random.Random], bytes], seated: bool
) -> None:
    rng = random.Random(f"{make.__name__} {seated}")
    loop = asyncio.get_running_loop()
    hello = encode(Hello("evil", room="EVIL"), version=2, sequence=0, player_id=HOST_ID, game_id=0)
    async with table_of_others(tmp_path) as (port, players):
        for _ in range(40):
            async with stranger(port) as sock:
                await loop.sock_sendall(sock, hello if seated else b"")
                try:
                    for _ in range(5):
                        await loop.sock_sendall(sock, make(rng))
                except ConnectionError:
                    continue
                sock.shutdown(socket.SHUT_WR)
                await until_closed(sock)
        turn = players[0].turn
        players[1].act()
        await players[0].until_turn(turn + 1)


async def test_sync_requests_and_actions_of_strangers_to_the_game(tmp_path: Path) -> None:
    """Frames that name somebody else's game and seat change nothing there."""
    async with table_of_others(tmp_path) as (port, players):
        game_id = players[0].session.game_id
        intruder = TcpPlayer("intruder", room="ELSE")
        await intruder.connect(port)
        await intruder.until_seated()
        turn = players[0].turn
        for kind in (0x04, 0x05, 0x10):
            frame = encode_frame(
                kind, bytes(48), version=2, sequence=9, player_id=1, game_id=game_id
            )
            intruder.heard.clear()
            intruder.send(frame)
            await intruder.until(lambda player: bool(player.heard), "an answer")
        sync = encode(SyncRequest(0), version=2, sequence=10, player_id=1, game_id=0)
        intruder.send(sync)
        assert players[0].turn == turn
        assert intruder.session.view is None
