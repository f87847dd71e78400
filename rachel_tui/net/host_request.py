"""One request to a host's HTTP side: an object out, an object back, bounded in time and size.

The host is a stranger. Its answer may be late, endless or no answer at all; redirects are told,
never followed, so that a token goes nowhere but where its owner logged in.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from socket import socket
from typing import Any, Final, cast

from rachel import __version__
from rachel.text import clean_text
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.line import why_unreachable

ANSWER_LIMIT_S: Final = 10.0
"""How long a request may take, from looking the host up to the last byte of its answer."""
ANSWER_BYTES_MAX: Final = 256 * 1024

_READ_BYTES_MAX: Final = 65536
_TEXT_BYTES_MAX: Final = 200


class HostTrouble(Exception):  # noqa: N818 - what a host does to us
    """A host did not do what it was asked; the text says in one line why, and is safe to show."""


class NoAnswer(HostTrouble):
    """There was no answer, or none that a Rachel server gives."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered.

    Attributes:
        status: the HTTP status, 200-599 without redirects.
        body: the object that came with it, empty when nothing came.
    """

    status: int
    body: dict[str, Any]


async def request(
    url: HostUrl,
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: Mapping[str, Any] | None = None,
    limit_s: float = ANSWER_LIMIT_S,
) -> Answer:
    """Ask a host for ``path`` below its address and return the answer, whatever its status.

    Raises:
        NoAnswer: nobody answers in time, or not as a Rachel server does.
    """
    head = [
        f"{method} {url.path}{path} HTTP/1.1",
        f"Host: {url.authority}",
        f"User-Agent: rachel/{__version__}",
        "Accept: application/json",
        "Connection: close",
    ]
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    content = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    try:
        async with asyncio.timeout(limit_s):
            received = await _exchange(url, "\r\n".join([*head, "", ""]).encode() + content)
    except OSError as problem:
        raise NoAnswer(why_unreachable(str(url), problem)) from None
    except UnicodeError:  # a host name that DNS cannot carry
        raise NoAnswer(f"cannot find {url}: no such host name") from None
    return _read(url, method, received)


def one_line(text: object) -> str:
    """Return what a host wrote for people as one short harmless line, empty if it is no text."""
    return clean_text(text, max_bytes=_TEXT_BYTES_MAX) if isinstance(text, str) else ""


def no_rachel(url: HostUrl) -> NoAnswer:
    """Return the trouble with a host that answers, but not as a Rachel server does."""
    return NoAnswer(f"{url} does not answer like a Rachel server")


async def _exchange(url: HostUrl, sent: bytes) -> bytes:
    """Send a request and return all bytes of the answer.

    Raises:
        OSError: there is no connection, or it was lost.
        NoAnswer: the answer is larger than any of a Rachel server.
    """
    context = ssl.create_default_context() if url.scheme == "https" else None
    reader, writer = await asyncio.open_connection(url.host, url.port, ssl=context)
    try:
        writer.write(sent)
        received = bytearray()
        while data := await reader.read(_READ_BYTES_MAX):
            received += data
            if len(received) > ANSWER_BYTES_MAX:
                raise no_rachel(url)
        return bytes(received)
    finally:
        writer.transport.abort()  # whatever else it has to say, nobody listens


class _Received:
    """Bytes that came, dressed as the socket that HTTPResponse reads from."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._received)


def _read(url: HostUrl, method: str, received: bytes) -> Answer:
    """Take an answer apart.

    Raises:
        NoAnswer: it is none, or a redirect.
    """
    response = HTTPResponse(cast(socket, _Received(received)), method=method)
    try:
        response.begin()
        text = response.read()
        status = response.status
        if 300 <= status < 400:
            target = one_line(response.getheader("Location"))
            raise NoAnswer(f"{url} sends elsewhere" + (f": {target}" if target else ""))
        body = json.loads(text) if text else {}
    except (HTTPException, ValueError, RecursionError, OSError):
        raise no_rachel(url) from None
    if not isinstance(body, dict) or status < 200 or status > 599:
        raise no_rachel(url)
    return Answer(status, body)
