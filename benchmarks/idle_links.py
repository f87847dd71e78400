"""What idle links cost a server: memory for each, and CPU time while nothing happens.

The same players sit at tables of four, whose games have begun and where nobody acts: over TCP, then
over WebSocket as browsers do.

    python benchmarks/idle_links.py
    python benchmarks/idle_links.py --links 1000 --seconds 30
"""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import aiohttp
from loading import allow_many_files
from measured_process import MeasuredProcess, rachel_server
from tally import SEATS

from rachel.rubp import HOST_ID, Hello, encode

_SETTLE_S: Final = 3.0

Connect: TypeAlias = Callable[[MeasuredProcess, bytes], Awaitable[object]]
"""Connects, sends the bytes of a HELLO, and returns what keeps the link."""


async def over_tcp(server: MeasuredProcess, hello: bytes) -> object:
    """Sit down over TCP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(hello)
    return reader, writer


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--links", type=int, default=1000, help="how many  [default: 1000]")
    parser.add_argument("--seconds", type=float, default=10.0, help="of idleness  [default: 10]")
    options = parser.parse_args()
    allow_many_files()
    print("transport  links   KB each   CPU while idle")
    for name in ("tcp", "websocket"):
        asyncio.run(_measure(name, options.links, options.seconds))


async def _measure(name: str, links: int, seconds: float) -> None:
    with rachel_server() as server:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as browser:

            async def over_websocket(server: MeasuredProcess, hello: bytes) -> object:
                url = f"http://127.0.0.1:{server.http_port}/ws"
                socket = await browser.ws_connect(url, protocols=("rubp.v1",))
                await socket.send_bytes(hello)
                return socket, asyncio.create_task(_read(socket))

            connect: Connect = over_tcp if name == "tcp" else over_websocket
            before = server.rss_mb() or 0
            kept = [await connect(server, _hello(number)) for number in range(links)]
            await asyncio.sleep(_SETTLE_S)
            cpu, memory = server.cpu_s() or 0, server.rss_mb() or 0
            await asyncio.sleep(seconds)
            share = ((server.cpu_s() or 0) - cpu) / seconds
            each = 1024 * (memory - before) / len(kept)
            print(f"{name:9} {links:6} {each:9.1f}   {share:14.1%}", flush=True)


def _hello(number: int) -> bytes:
    """Return the HELLO of one of four at a table."""
    hello = Hello(f"P{number}", token=os.urandom(8), room=f"R{number // SEATS}")
    return encode(hello, version=1, sequence=0, player_id=HOST_ID, game_id=0)


async def _read(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Read, so that pings are answered."""
    async for _ in socket:
        pass


if __name__ == "__main__":
    main()
