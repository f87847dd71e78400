"""Proxies that say whose connections they pass on, in front of each port for games."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import asyncssh
import pytest
from certificate import CERTIFICATE, tls_settings
from http_server import http_server
from proxied import SIGNATURE, header_v1, header_v2, proxied
from ssh_hosting import Keyless, StrictLimits, listening
from tcp_player import DEADLINE_S, HOST, TcpPlayer

from rachel_server import app
from rachel_server.edge import listener
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.ssh_visit import Visit

Header = Callable[[IPv4Address | IPv6Address], bytes]

HERE = (ip_network(HOST),)
PORTS = ["rubp", "rubp_tls", "ssh"]
ANN, BOB = ip_address("192.0.2.1"), ip_address("2001:db8::1")


async def show_address(visit: Visit) -> int:
    """Show where a visitor comes from, then wait."""
    visit.write(f"{visit.address}\n".encode())
    await visit.must_leave.wait()
    return 0


@asynccontextmanager
async def one_each(
    kind: str,
    folder: Path,
    patch: pytest.MonkeyPatch,
    *,
    trusted: bool = True,
    headers: bool = True,
) -> AsyncIterator[tuple[int, AddressLimits]]:
    """Run a server that takes one connection of an address; yield a port of it, and its limits."""
    limits = StrictLimits(1, proxies=HERE if trusted else (), headers=headers)
    if kind == "ssh":
        async with listening(folder, show_address, limits) as port:
            yield port, limits
    else:
        patch.setattr(app, "AddressLimits", lambda **_: limits)
        async with http_server(folder, **tls_settings(folder)) as served:
            yield served.server.ports[kind][0], limits


@asynccontextmanager
async def visitor(kind: str, port: int, header: bytes) -> AsyncIterator[str | None]:
    """Come to a port; yield the address one has there if it is told, None if one is not served."""
    try:
        sock = await proxied(port, header)
    except ConnectionError:
        yield None
        return
    if kind == "ssh":
        try:
            connection = await asyncssh.connect(
                sock=sock, username="x", client_factory=Keyless, client_keys=[],
                known_hosts=None, config=None, agent_path=None,
            )  # fmt: skip
        except (OSError, asyncssh.Error):
            yield None
            return
        async with connection:
            process = await connection.create_process()
            yield (await process.stdout.readline()).strip()
        return
    player = TcpPlayer("ann", plays=False)
    tls = ssl.create_default_context(cadata=CERTIFICATE) if kind == "rubp_tls" else None
    with suppress(OSError):
        await asyncio.get_running_loop().create_connection(
            lambda: player, sock=sock, ssl=tls, server_hostname="localhost" if tls else None
        )
        player.send(player.session.hello())
        await player.until(lambda it: bool(it.welcomes) or not it.connected, "an answer")
    yield "" if player.welcomes else None
    player.cut()
    await player.until_lost()


@pytest.mark.parametrize("kind", PORTS)
@pytest.mark.parametrize("header", [header_v1, header_v2])
async def test_addresses_behind_a_proxy_have_limits_of_their_own(
    kind: str, header: Header, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        one_each(kind, tmp_path, monkeypatch) as (port, limits),
        visitor(kind, port, header(ANN)) as ann,
        visitor(kind, port, header(ANN)) as again,
        visitor(kind, port, header(BOB)) as bob,
        visitor(kind, port, SIGNATURE + b"\x20\x00\x00\x00") as proxy,
    ):
        told = kind == "ssh"
        assert [ann, again, bob] == [str(ANN) * told, None, str(BOB) * told]
        assert proxy == HOST * told
        assert limits.turned_away["address"] == 1


@pytest.mark.parametrize("kind", PORTS)
async def test_a_proxy_that_says_nothing_is_served_itself(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        one_each(kind, tmp_path, monkeypatch) as (port, _),
        visitor(kind, port, b"") as first,
        visitor(kind, port, b"") as second,
    ):
        assert [first, second] == [HOST * (kind == "ssh"), None]


@pytest.mark.parametrize("kind", PORTS)
@pytest.mark.parametrize("trusted", [False, True])
async def test_nobody_else_can_say_where_a_connection_comes_from(
    kind: str, trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither who is no proxy, nor one where proxies send no headers."""
    async with (
        one_each(kind, tmp_path, monkeypatch, trusted=trusted, headers=not trusted) as (port, _),
        visitor(kind, port, header_v1(ANN)) as first,
        visitor(kind, port, header_v1(BOB)) as second,
    ):
        # What comes before the first frame is dropped; the others know no such protocol.
        assert [first, second] == ["" if kind == "rubp" else None, None]


async def test_a_client_may_wait_for_the_server_to_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "HANDSHAKE_LIMIT_S", 0.1)
    async with asyncio.timeout(DEADLINE_S), one_each("ssh", tmp_path, monkeypatch) as (port, _):
        with await proxied(port, b"") as sock:
            assert await asyncio.get_running_loop().sock_recv(sock, 8) == b"SSH-2.0-"


@pytest.mark.parametrize(
    ("kind", "header", "ends"),
    [
        ("rubp", b"PROXY TCP4 nowhere nowhere 1 2\r\n", False),
        ("rubp_tls", SIGNATURE + b"\x21\x11\xff\xff", False),
        ("ssh", b"PROXY TCP4 " + b"1" * 200, False),
        ("rubp", header_v1(ANN)[:-1], True),
        ("rubp_tls", header_v2(ANN)[:-1], False),
        ("ssh", SIGNATURE[:1], False),
    ],
)
async def test_a_broken_header_ends_the_connection_with_one_line_in_the_log(
    kind: str,
    header: bytes,
    ends: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is malformed, or too long, or its sender ends it early or never."""
    monkeypatch.setattr(listener, "HANDSHAKE_LIMIT_S", DEADLINE_S if ends else 0.5)
    async with (
        asyncio.timeout(DEADLINE_S),
        one_each(kind, tmp_path, monkeypatch) as (port, limits),
    ):
        with suppress(ConnectionError), await proxied(port, header) as sock:
            if ends:
                sock.shutdown(socket.SHUT_WR)
            assert await asyncio.get_running_loop().sock_recv(sock, 1) == b""
        assert not limits.turned_away
    warnings = [it.message for it in caplog.records if it.name == listener.__name__]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"a broken PROXY header came from {HOST}: ")
