"""What a proxy does that speaks the PROXY protocol, for tests."""

import asyncio
import socket
import struct
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from tcp_player import HOST

SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"


def header_v1(source: IPv4Address | IPv6Address) -> bytes:
    """Return the line that says where a connection comes from."""
    return f"PROXY TCP{source.version} {source} {source} 4711 1982\r\n".encode()


def header_v2(source: IPv4Address | IPv6Address, *, more: bytes = b"") -> bytes:
    """Return the same in binary, with more in it that concerns others."""
    block = source.packed * 2 + struct.pack("!HH", 4711, 1982) + more
    family = 0x11 if source.version == 4 else 0x21
    return SIGNATURE + struct.pack("!BBH", 0x21, family, len(block)) + block


async def proxied(port: int, header: bytes) -> socket.socket:
    """Connect like a proxy, from this machine, with a header that comes byte by byte.

    Raises:
        ConnectionError: it is refused in the middle of it.
    """
    sock = socket.create_connection((HOST, port))
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for byte in header:
            await asyncio.get_running_loop().sock_sendall(sock, bytes([byte]))
            await asyncio.sleep(0)  # the server reads in the same event loop
    except ConnectionError:
        sock.close()
        raise
    return sock
