"""Connections that go from one process to another, each with the address of whom it serves."""

import socket
from typing import Final

_ADDRESS_BYTES: Final = 64
"""What every message has, so that none is read together with the next one."""


def hand_over(door: socket.socket, connection: socket.socket, address: str) -> None:
    """Give a connection to the process at the other end of a Unix socket; then it is closed here.

    Raises:
        OSError: that process is gone, or far behind; the connection is as it was.
    """
    text = address.encode()[:_ADDRESS_BYTES].ljust(_ADDRESS_BYTES, b"\0")
    socket.send_fds(door, [text], [connection.fileno()])
    connection.close()


def take_over(door: socket.socket) -> tuple[socket.socket | None, str] | None:
    """Return the next connection and its address; None when the other process is gone.

    The connection is None if this process may open no further files.

    Raises:
        BlockingIOError: there is none now.
    """
    text, descriptors, _, _ = socket.recv_fds(door, _ADDRESS_BYTES, 1)
    if not text:
        return None
    connection = socket.socket(fileno=descriptors[0]) if descriptors else None
    return connection, text.rstrip(b"\0").decode()
