"""Lines: what carries bytes between a client and its host, and how to get one.

A `Connection` asks a `Dial` for every `Line` that it needs, so that it works alike over TCP, inside
TLS, and with a host in the same process.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

_READ_BYTES_MAX: Final = 4096
"""What is taken in at once: a host that sends without end leaves time for keys in between."""
_LAST_WRITES_S: Final = 1.0


class Line(Protocol):
    """Bytes to a host and back. None of its methods is called after `close`."""

    async def read(self) -> bytes:
        """Return what the host sent, at least one byte; b"" after the host has closed the line.

        A call that is cancelled loses nothing: the next one returns the same bytes.

        Raises:
            OSError: the line is lost.
        """

    def write(self, data: bytes) -> None:
        """Send bytes, now or as soon as the host takes them."""

    def is_closing(self) -> bool:
        """Tell whether what is written now can no longer arrive."""

    async def close(self) -> None:
        """Close the line; what was written last gets a moment to leave. Raises nothing."""


Dial: TypeAlias = Callable[[], Awaitable[Line]]
"""Makes a new line to a host. Raises OSError where that is not possible."""


def dial_tcp(host: str, port: int, *, tls: bool = False) -> Dial:
    """Return how to connect to a port over TCP.

    With ``tls`` the host must show a certificate that this machine trusts.
    """
    context = ssl.create_default_context() if tls else None

    async def dial() -> Line:
        try:
            return _StreamLine(*await asyncio.open_connection(host, port, ssl=context))
        except UnicodeError as problem:  # a host name that DNS cannot carry
            raise socket.gaierror(socket.EAI_NONAME, "no such host name") from problem

    return dial


async def line_on(sock: socket.socket) -> Line:
    """Return a line on a Unix socket, to a host on this machine."""
    return _StreamLine(*await asyncio.open_unix_connection(sock=sock))


class _StreamLine:
    """A `Line` over TCP, with or without TLS, or over a Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        await asyncio.sleep(0)  # what is there already would be returned without a pause
        return await self._reader.read(_READ_BYTES_MAX)

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def is_closing(self) -> bool:
        return self._writer.is_closing()

    async def close(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(_LAST_WRITES_S):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()  # the host does not read: waiting longer is no use
        except OSError:
            return


def is_unknown(problem: OSError) -> bool:
    """Tell whether no machine has the name of a host, which waiting does not change."""
    return isinstance(problem, socket.gaierror) and problem.errno != socket.EAI_AGAIN


def why_unreachable(where: str, problem: OSError) -> str:
    """Return in one line, for people, why there is no connection to ``where``."""
    if isinstance(problem, socket.gaierror):
        return f"cannot find {where}: {problem.strerror}"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"cannot trust {where}: {problem.verify_message}"
    if isinstance(problem, ssl.SSLError):
        return f"cannot reach {where}: nobody speaks TLS there"
    if isinstance(problem, TimeoutError):
        return f"cannot reach {where}: no answer"
    reason = os.strerror(problem.errno) if problem.errno else "nobody answers there"
    return f"cannot reach {where}: {reason}"
