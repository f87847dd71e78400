"""nginx with our configuration in front of a server: pages over HTTPS, games over TLS."""

import asyncio
import logging
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Final, NamedTuple

import aiohttp
import pytest
from certificate import CERTIFICATE, write_certificate
from deploy_files import DEPLOY
from deploy_tools import program
from http_server import DEADLINE_S, HOST, HttpServer, http_server
from postgres_server import free_port
from ssh_hosting import StrictLimits
from tcp_player import TcpPlayer, sit_down, together

from rachel_server import app

CONFIGURATION: Final = (DEPLOY / "nginx/nginx.conf").read_text()
LETSENCRYPT: Final = "/etc/letsencrypt/live/cards.example.org"


class Proxy(NamedTuple):
    """A running nginx, by the ports that strangers know."""

    http: int
    https: int
    games: int


def adapted(folder: Path, proxy: Proxy, served: HttpServer) -> str:
    """Return the configuration with ports, files and user that a test may use."""
    certificate, key = write_certificate(folder)
    text = CONFIGURATION
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    changes = {
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
        "/run/nginx.pid": str(folder / "pid"),
        f"{LETSENCRYPT}/fullchain.pem": str(certificate),
        f"{LETSENCRYPT}/privkey.pem": str(key),
        "/var/www/acme": str(folder),
        "listen 80;": f"listen {HOST}:{proxy.http};",
        "listen 443 ": f"listen {HOST}:{proxy.https} ",
        "listen 1983 ": f"listen {HOST}:{proxy.games} ",
        "127.0.0.1:4000": f"{HOST}:{served.port}",
        "127.0.0.1:1982": f"{HOST}:{served.server.rubp_ports[0]}",
        "http {": "\n".join(["http {", *(f"{it}_temp_path {folder}/{it};" for it in temporary)]),
    }
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    return text


@asynccontextmanager
async def nginx(folder: Path, served: HttpServer) -> AsyncIterator[Proxy]:
    """Run nginx in front of a server."""
    proxy = Proxy(free_port(), free_port(), free_port())
    file = folder / "nginx.conf"
    file.write_text(adapted(folder, proxy, served))
    log = folder / "nginx.log"
    running = await asyncio.create_subprocess_exec(
        *(program("nginx"), "-c", file, "-e", log, "-g", "daemon off;")
    )
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not (folder / "pid").exists():
                assert running.returncode is None, log.read_text()
                await asyncio.sleep(0.01)
        yield proxy
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


@asynccontextmanager
async def behind_nginx(folder: Path) -> AsyncIterator[tuple[HttpServer, Proxy]]:
    """Run a server for production, and nginx in front of it."""
    chosen = {"environment": "production", "public_host": "cards.example.org"}
    proxies = (ip_network(HOST),)
    async with (
        http_server(folder / "data", trusted_proxies=proxies, **chosen) as served,
        nginx(folder, served) as proxy,
    ):
        yield served, proxy


def believing() -> ssl.SSLContext:
    """Return TLS that believes the certificate in use."""
    return ssl.create_default_context(cadata=CERTIFICATE)


async def come(player: TcpPlayer, proxy: Proxy, address: str = HOST) -> None:
    """Connect a player over TLS, from an address of this machine, and say HELLO."""
    await asyncio.get_running_loop().create_connection(
        lambda: player,
        *(HOST, proxy.games),
        ssl=believing(),
        server_hostname="localhost",
        local_addr=(address, 0),
    )
    player.send(player.session.hello())


def test_it_starts_where_ipv6_is_off() -> None:
    """A socket for IPv6 cannot be made there, and nginx gives up."""
    lines = [line.strip() for line in CONFIGURATION.splitlines() if "listen [::]" in line]
    ports = [line.removeprefix("# listen [::]:") for line in lines if line.startswith("# listen")]
    assert ports == ["80;", "443 ssl;", "1983 ssl;"]
    assert len(lines) == len(ports) + 1, "and the comment that explains them"


async def test_plain_http_is_sent_to_https_and_challenges_are_not(tmp_path: Path) -> None:
    challenge = tmp_path / ".well-known/acme-challenge/token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    async with behind_nginx(tmp_path) as (_, proxy), aiohttp.ClientSession() as session:
        url = f"http://localhost:{proxy.http}"
        async with session.get(f"{url}/tables?a=b", allow_redirects=False) as answer:
            assert answer.status == 308
            assert answer.headers["Location"] == "https://localhost/tables?a=b"
        async with session.get(f"{url}/.well-known/acme-challenge/token") as answer:
            assert await answer.text() == "proof"


async def test_server_knows_who_asks_and_how(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    caplog.set_level(logging.INFO, "rachel_server.http.connection")
    async with behind_nginx(tmp_path) as (_, proxy), aiohttp.ClientSession() as session:
        url = f"https://localhost:{proxy.https}/"
        async with session.get(url, ssl=believing(), headers=forged) as answer:
            assert answer.status == 200  # no redirect to where it came to
            assert "Strict-Transport-Security" in answer.headers
        async with session.get(f"{url}metrics", ssl=believing()) as answer:
            assert answer.status == 403  # it is not this machine that asks
    clients = {vars(record)["client"] for record in caplog.records}
    assert clients == {HOST}


async def test_players_behind_tls_count_by_their_own_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = StrictLimits(1, proxies=(ip_network(HOST),), headers=True)
    monkeypatch.setattr(app, "AddressLimits", lambda **_: limits)
    players = [TcpPlayer(name, plays=False) for name in ("ann", "bob", "eve")]
    async with behind_nginx(tmp_path) as (_, proxy):
        for player, address in zip(players, ("127.0.0.2", "127.0.0.3", "127.0.0.2"), strict=True):
            await come(player, proxy, address)
            await player.until(lambda it: bool(it.welcomes) or not it.connected, "an answer")
        assert [player.connected for player in players] == [True, True, False]
        assert limits.turned_away["address"] == 1
        for player in players:
            player.cut()


async def test_game_between_a_player_behind_tls_and_one_without(tmp_path: Path) -> None:
    players = [TcpPlayer("ann", room="HERE"), TcpPlayer("bob", room="HERE")]
    async with behind_nginx(tmp_path) as (served, proxy):
        await come(players[0], proxy)
        await sit_down(players[1:], served.server.rubp_ports[0])
        await together(player.until_over() for player in players)
        for player in players:
            player.cut()
