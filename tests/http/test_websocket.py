"""RUBP over `/ws`: the same tables as over TCP, and an end to links that do harm."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
from http_server import DEADLINE_S, HttpServer, http_server
from tcp_player import TcpPlayer, sit_down, together

from rachel.rubp import HOST_ID, Heartbeat, Hello, SyncRequest, decode, encode
from rachel.rubp.frame import decode_frame
from rachel_server.core.peers import SILENCE_MAX_S
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge import websocket
from rachel_server.edge.limits import CONNECTIONS_PER_ADDRESS_MAX
from rachel_server.edge.websocket import MESSAGE_BYTES_MAX, PING_S, SUBPROTOCOL

BEHIND_PROXY = {"X-Forwarded-For": "192.0.2.7"}
PROXY = {"trusted_proxies": (ip_network("127.0.0.1/32"),)}


class WebSocketLine:
    """A WebSocket as a player's line."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._sent: list[asyncio.Task[None]] = []

    async def read(self) -> bytes:
        message = await self.socket.receive()
        if message.type is not aiohttp.WSMsgType.BINARY:
            return b""
        assert len(message.data) % 64 == 0, "whole frames"
        return bytes(message.data)

    def write(self, data: bytes) -> None:
        self._sent.append(asyncio.ensure_future(self.socket.send_bytes(data)))


async def dial(served: HttpServer, **headers: str) -> WebSocketLine:
    return WebSocketLine(
        await served.session.ws_connect(
            served.url + "/ws", protocols=(SUBPROTOCOL,), headers=headers, autoclose=True
        )
    )


@asynccontextmanager
async def linked(served: HttpServer, **headers: str) -> AsyncIterator[WebSocketLine]:
    line = await dial(served, **headers)
    yield line
    await line.socket.close()


def frame(message: Hello | Heartbeat | SyncRequest) -> bytes:
    return encode(message, version=1, sequence=0, player_id=HOST_ID, game_id=0)


async def close_code(line: WebSocketLine) -> int | None:
    """Read until the server ends a link; return its reason."""
    async with asyncio.timeout(DEADLINE_S):
        while await line.read():
            pass
    return line.socket.close_code


async def test_a_whole_game_between_links_and_a_socket(tmp_path: Path) -> None:
    players = [TcpPlayer(name) for name in ("ANN", "BOB", "TCP")]
    table = TableSettings(seats=3, turn_time_s=None, bot_delay_s=0)
    async with http_server(tmp_path, table=table) as served:
        await sit_down(players[2:], served.server.rubp_ports[0])
        for player in players[:2]:
            await player.sit_down(lambda: dial(served))
            await player.until_seated()
        assert 'transport="websocket"} 2' in (await served.ask("/metrics")).text.replace(
            'platform="terminal",', ""
        )
        await together(player.until_over() for player in players)
    for player in players:
        player.check_pairs()
        assert player.session.proof.verified


async def test_a_lost_link_comes_back_to_its_seat(tmp_path: Path) -> None:
    ann, bob = TcpPlayer("ANN", plays=False), TcpPlayer("BOB")
    async with http_server(tmp_path) as served:
        line = await dial(served)
        await ann.sit_down(lambda: _given(line))
        await ann.until_seated()
        await sit_down([bob], served.server.rubp_ports[0])
        await ann.until_prompt()
        await line.socket.close()
        await ann.until_lost()
        await bob.until(lambda player: 0 not in player.session.present, "the loss")
        await ann.sit_down(lambda: dial(served))
        await ann.until_prompt()
        ann.play_on()
        await together([ann.until_over(), bob.until_over()])
    assert ann.session.seat == 0


async def _given(line: WebSocketLine) -> WebSocketLine:
    return line


@pytest.mark.parametrize(
    ("headers", "protocols", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, (SUBPROTOCOL,), 403),
        ({"Origin": "null"}, (SUBPROTOCOL,), 403),
        ({}, (), 400),
        ({}, ("rubp.v9",), 400),
    ],
)
async def test_who_gets_no_link(
    tmp_path: Path, headers: dict[str, str], protocols: tuple[str, ...], status: int
) -> None:
    async with http_server(tmp_path) as served:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await served.session.ws_connect(
                served.url + "/ws", headers=headers, protocols=protocols
            )
        assert refused.value.status == status
        assert (await served.ask("/ws")).status == 400
        async with linked(served, Origin=served.url) as line:
            line.write(frame(Heartbeat()))
            assert decode(decode_frame(await line.read())) == Heartbeat()
            assert line.socket.protocol == SUBPROTOCOL
            assert line.socket.compress == 0


@pytest.mark.parametrize(
    ("what", "code"),
    [("HELLO", 1003), (b"x" * 63, 1003), (b"", None), (b"\0" * (MESSAGE_BYTES_MAX + 64), 1009)],
)
async def test_what_is_no_whole_frame_ends_the_link(
    tmp_path: Path, what: str | bytes, code: int | None
) -> None:
    async with http_server(tmp_path) as served, linked(served) as line:
        if isinstance(what, str):
            await line.socket.send_str(what)
        else:
            await line.socket.send_bytes(what)
        if code is None:
            line.write(frame(Heartbeat()))
            assert await line.read()
        else:
            assert await close_code(line) == code


async def test_an_address_has_so_many_links_also_behind_a_proxy(tmp_path: Path) -> None:
    async with http_server(tmp_path, **PROXY) as served:
        lines = [await dial(served, **BEHIND_PROXY) for _ in range(CONNECTIONS_PER_ADDRESS_MAX)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await dial(served, **BEHIND_PROXY)
        assert refused.value.status == 429
        async with linked(served, **{"X-Forwarded-For": "192.0.2.8"}):
            pass
        await lines[0].socket.close()
        async with asyncio.timeout(DEADLINE_S):
            while True:
                try:
                    lines.append(await dial(served, **BEHIND_PROXY))
                    break
                except aiohttp.WSServerHandshakeError:
                    await asyncio.sleep(0)
        for line in lines:
            await line.socket.close()


async def test_who_asks_and_does_not_read_is_cut(tmp_path: Path) -> None:
    players = [TcpPlayer("ANN", plays=False), TcpPlayer("BOB", plays=False)]
    async with http_server(tmp_path) as served:
        await sit_down(players, served.server.rubp_ports[0])
        await players[0].until_prompt()
        async with linked(served) as line:
            line.write(frame(Hello("EVE")))
            await line.read()
            asked = frame(SyncRequest(0)) * 64
            async with asyncio.timeout(DEADLINE_S):
                with suppress(ConnectionError):
                    while True:
                        await line.socket.send_bytes(asked)
        players[0].play_on()
        players[1].play_on()
        await together(player.until_over() for player in players)


async def test_who_does_not_answer_pings_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "PING_S", 0.02)
    async with http_server(tmp_path) as served:
        socket = await served.session.ws_connect(
            served.url + "/ws", protocols=(SUBPROTOCOL,), autoping=False
        )
        await socket.send_bytes(frame(Hello("ANN", room="TEA42")))
        kinds = set()
        async with asyncio.timeout(DEADLINE_S):
            while not socket.closed:
                kinds.add((await socket.receive()).type)
        assert aiohttp.WSMsgType.PING in kinds
        async with linked(served) as line:  # one that answers stays
            for _ in range(20):
                line.write(frame(Heartbeat()))
                assert await line.read()


def test_pings_find_the_dead_within_the_silence_that_others_may_keep() -> None:
    rounded_s = math.ceil(PING_S) + 1 + math.ceil(PING_S / 2)  # as aiohttp does; see PING_S
    assert rounded_s <= SILENCE_MAX_S


async def test_a_stop_says_goodbye_and_keeps_the_seat(tmp_path: Path) -> None:
    ann, bob = TcpPlayer("ANN", plays=False), TcpPlayer("BOB", plays=False)
    async with aiohttp.ClientSession() as browser:
        async with http_server(tmp_path) as served:
            socket = await browser.ws_connect(served.url + "/ws", protocols=(SUBPROTOCOL,))
            await ann.sit_down(lambda: _given(WebSocketLine(socket)))
            await ann.until_seated()
            await sit_down([bob], served.server.rubp_ports[0])
            await ann.until_prompt()
        await ann.until_lost()
        assert ann.announcements[-1].startswith("The server restarts")
        assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
    async with http_server(tmp_path) as served:
        await ann.sit_down(lambda: dial(served))
        await ann.until_prompt()
        await bob.connect(served.server.rubp_ports[0])
        ann.play_on()
        bob.play_on()
        await together([ann.until_over(), bob.until_over()])
