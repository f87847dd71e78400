"""TLS of the server's own: the same HTTP and the same frames, and certificates that change."""

import asyncio
import json
import os
import signal
import socket
import ssl
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from certificate import CERTIFICATE, OTHER_KEY, tls_settings, write_certificate
from http_server import DEADLINE_S, HOST, http_server
from raw_http import raw_connection
from tcp_player import TcpPlayer, together

from rachel_server import app
from rachel_server.app import Server
from rachel_server.edge.limits import Address, AddressLimits
from rachel_server.ops.settings import ServerSettings
from rachel_server.store.data_dir import PORTS_FILE

OTHER_CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIBAjAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO5OCvCk8Dr3P859
aHlmkPNIVXhmpxvXxgc2BlVeiQrky3qpjrN5mfZ0FBIE8/+8/eJad8OyiSkNCdDd
Y/0YryijYDBeMA8GA1UdEwEB/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0
hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMB0GA1UdDgQWBBSQ2AJH7lhDOYrSlYW1
k9wnSMNN1zAKBggqhkjOPQQDAgNIADBFAiEAnSrf52+Nmh4WxSS4OOMXPOtmXIRx
CtnQGdz5p37AxGACIHKZclMb/Kc47ODjT5WgTcuo8PX521OR0h/J0fhZi3n2
-----END CERTIFICATE-----
"""


def believing(certificate: str) -> ssl.SSLContext:
    """Return a client's TLS that believes this certificate and no other."""
    return ssl.create_default_context(cadata=certificate)


async def connect(player: TcpPlayer, port: int, certificate: str = CERTIFICATE) -> None:
    """Connect a player over TLS and say HELLO at once, in the first bytes after the handshake."""
    await asyncio.get_running_loop().create_connection(
        lambda: player, "localhost", port, ssl=believing(certificate), family=socket.AF_INET
    )
    player.send(player.session.hello())


async def certificate_of(port: int) -> str:
    """Return the certificate that a port shows, in PEM."""
    return await asyncio.to_thread(ssl.get_server_certificate, (HOST, port), timeout=DEADLINE_S)


def plain(certificate: str) -> str:
    return "".join(certificate.split())


async def test_ports_are_published(tmp_path: Path) -> None:
    async with http_server(tmp_path, **tls_settings(tmp_path)) as served:
        published = json.loads((tmp_path / PORTS_FILE).read_text())
        assert published == served.server.ports
        assert set(published) == {"rubp", "rubp_tls", "http", "https"}
        assert len({port for ports in published.values() for port in ports}) == 4


async def test_game_between_tls_and_plain_tcp(tmp_path: Path) -> None:
    inside, outside = TcpPlayer("ann", room="HERE"), TcpPlayer("bob", room="HERE")
    async with http_server(tmp_path, **tls_settings(tmp_path)) as served:
        await connect(inside, served.server.ports["rubp_tls"][0])
        await inside.until_seated()
        await outside.connect(served.server.ports["rubp"][0])
        await together(player.until_over() for player in (inside, outside))
        page = (await served.ask("/metrics")).text
        for player in (inside, outside):
            player.check_pairs()
    for transport in ("tls", "tcp"):
        assert f'rachel_connections{{platform="terminal",transport="{transport}"}} 1.0' in page


async def test_https_is_secure_and_says_so(tmp_path: Path) -> None:
    chosen = tls_settings(tmp_path)
    async with http_server(tmp_path, environment="production", **chosen) as served:
        url = f"https://localhost:{served.server.ports['https'][0]}/"
        tls = believing(CERTIFICATE)
        async with served.session.get(url, ssl=tls, allow_redirects=False) as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        plain = await served.ask("/?a=b")
        assert plain.status == 308
        assert plain.headers["Location"] == url.replace("localhost", HOST) + "?a=b"


async def test_forms_are_signed_where_there_is_nothing_but_https(tmp_path: Path) -> None:
    settings = ServerSettings(
        data_dir=tmp_path, host=HOST, rubp_ports=(0,), mdns=False, **tls_settings(tmp_path)
    )
    tls = believing(CERTIFICATE)
    async with Server(settings) as server, aiohttp.ClientSession() as session:
        url = f"https://localhost:{server.ports['https'][0]}/account/login"
        async with session.get(url, ssl=tls) as answer:
            assert answer.status == 200
            assert "form_token" in await answer.text()
            assert "Secure" in answer.headers["Set-Cookie"]


async def test_plain_http_on_the_tls_ports_gets_no_answer(tmp_path: Path) -> None:
    async with http_server(tmp_path, **tls_settings(tmp_path)) as served:
        for name in ("https", "rubp_tls"):
            async with raw_connection(served.server.ports[name][0]) as connection:
                await connection.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b"HTTP" not in await connection.until_closed()


async def test_handshake_that_never_ends_is_cut(tmp_path: Path) -> None:
    async with http_server(tmp_path, **tls_settings(tmp_path)) as served:
        ports = [served.server.ports[name][0] for name in ("https", "rubp_tls")]
        async with raw_connection(ports[0]) as one, raw_connection(ports[1]) as other:
            await asyncio.gather(one.until_closed(), other.until_closed())


async def test_old_versions_of_tls_are_refused(tmp_path: Path) -> None:
    old = believing(CERTIFICATE)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    async with http_server(tmp_path, **tls_settings(tmp_path)) as served:
        url = f"https://localhost:{served.server.ports['https'][0]}/"
        async with served.session.get(url, ssl=old) as answer:
            assert answer.status == 200
        older = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        older.load_verify_locations(cadata=CERTIFICATE)
        older.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="deprecated"):
            older.minimum_version = older.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(aiohttp.ClientConnectorError):
            await served.session.get(url, ssl=older)


@asynccontextmanager
async def serve_process(data_dir: Path, **environment: str) -> AsyncIterator[Process]:
    """Run `rachel serve` with an environment; it is killed in the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from rachel.cli import main; main()"),
        *("serve", "--host", HOST, "--rubp-port", "0", "--no-mdns", "--data", str(data_dir)),
        env=os.environ | {"PORT": "0"} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(DEADLINE_S):
            assert b"Hosting" in await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_logged(process: Process, words: bytes) -> None:
    """Wait until a line of the log has these words in it."""
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE_S):
        while words not in (line := await process.stderr.readline()):
            assert line


async def test_hangup_signal_brings_in_a_new_certificate(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    environment = {
        "TLS_CERT": str(certificate),
        "TLS_KEY": str(key),
        "RUBP_TLS_PORT": "0",
        "HTTPS_PORT": "0",
    }
    player = TcpPlayer("ann", room="HERE")
    data_dir = tmp_path / "data"
    async with serve_process(data_dir, **environment) as process:
        ports = json.loads((data_dir / PORTS_FILE).read_text())
        tls_ports = [ports["rubp_tls"][0], ports["https"][0]]
        await connect(player, tls_ports[0])
        await player.until_seated()
        for port in tls_ports:
            assert plain(await certificate_of(port)) == plain(CERTIFICATE)

        key.write_text(OTHER_KEY)  # half of a change: neither the one nor the other
        process.send_signal(signal.SIGHUP)
        await until_logged(process, b"cannot be used")
        assert plain(await certificate_of(tls_ports[0])) == plain(CERTIFICATE)

        certificate.write_text(OTHER_CERTIFICATE)
        process.send_signal(signal.SIGHUP)
        await until_logged(process, b"has been read again")
        for port in tls_ports:
            assert plain(await certificate_of(port)) == plain(OTHER_CERTIFICATE)
        assert player.connected
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DEADLINE_S):
            assert await process.wait() == 0


class Strict(AddressLimits):
    """Limits that do not spare this machine."""

    def _is_exempt(self, address: Address | None) -> bool:
        return False


async def test_an_address_may_have_as_many_connections_over_tls_as_over_tcp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "AddressLimits", partial(Strict, 3))
    async with http_server(tmp_path, **tls_settings(tmp_path)) as served:
        port = served.server.ports["rubp_tls"][0]
        players = [TcpPlayer(f"p{number}", plays=False) for number in range(3)]
        for player in players:
            await connect(player, port)
        for player in players:
            await player.until(lambda player: bool(player.welcomes), "a seat")
        with pytest.raises((ConnectionError, ssl.SSLError)):
            await connect(TcpPlayer("late"), port)
        players[0].cut()
        async with asyncio.timeout(DEADLINE_S):
            await until_refused_no_more(port)


async def until_refused_no_more(port: int) -> None:
    """Wait until the places of connections that ended are free again."""
    while True:
        player = TcpPlayer("first")
        try:
            await connect(player, port)
        except (ConnectionError, ssl.SSLError):
            continue
        player.cut()
        await player.until_lost()
        return
