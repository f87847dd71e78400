"""Visits a server as a stranger would: over HTTP, where redirects are not followed, and RUBP."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from rachel.rubp import FrameStream, Heartbeat, encode

_LIMIT_S: Final = 5.0
"""How long a server may be silent."""
_BODY_BYTES_MAX: Final = 1 << 20
_BANNER_BYTES_MAX: Final = 255
_ANSWER_BYTES_MAX: Final = 4096


class Unreachable(Exception):  # noqa: N818 - says what is the matter
    """There is no answer, or none in the right language; the text says why."""


class Untrusted(Exception):  # noqa: N818 - says what is the matter
    """Browsers would refuse the certificate; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request.

    Attributes:
        status: the HTTP status.
        headers: the headers, by name in any case.
        text: the first megabyte of the body.
        peer: the address that answered.
        asked_at: the middle between request and answer, in Unix time.
    """

    status: int
    headers: Message
    text: str
    peer: str
    asked_at: float


def ask(
    url: str, path: str, *, headers: dict[str, str] | None = None, believing: bool = False
) -> Answer:
    """Send a GET to a server and return the answer.

    Args:
        url: the scheme, host and perhaps port.
        path: the path that follows.
        headers: further headers.
        believing: whether to accept any certificate.

    Raises:
        Unreachable: there is no answer.
        Untrusted: browsers would refuse its certificate.
    """
    with _connected(urlsplit(url), believing=believing) as connection:
        peer = str(connection.sock.getpeername()[0])
        before = time.time()
        connection.request("GET", path, headers={"User-Agent": "rachel-doctor"} | (headers or {}))
        response = connection.getresponse()
        after = time.time()
        text = response.read(_BODY_BYTES_MAX).decode("utf-8", "replace")
        return Answer(response.status, response.headers, text, peer, (before + after) / 2)


def certificate(url: str) -> dict[str, Any]:
    """Return the certificate of a server, as `ssl.SSLSocket.getpeercert` describes it.

    Raises:
        Unreachable: there is no answer.
        Untrusted: browsers would refuse it.
    """
    with _connected(urlsplit(url), believing=False) as connection:
        assert isinstance(connection.sock, ssl.SSLSocket)
        return connection.sock.getpeercert() or {}


def knock(host: str, port: int, *, tls: bool, believing: bool) -> None:
    """Exchange a heartbeat with a port for games, which leaves no trace there.

    Raises:
        Unreachable: there is no answer.
        Untrusted: clients would refuse its certificate.
    """
    with _explained("RUBP"), socket.create_connection((host, port), _LIMIT_S) as plain:
        wire = _tls(believing=believing).wrap_socket(plain, server_hostname=host) if tls else plain
        with closing(wire):
            wire.sendall(encode(Heartbeat(), version=2, sequence=0, player_id=0, game_id=0))
            stream, left = FrameStream(), _ANSWER_BYTES_MAX
            while not stream.feed(data := wire.recv(left)):
                left -= len(data)
                if not data or not left:
                    raise Unreachable("it does not speak RUBP")


def read_banner(host: str, port: int) -> None:
    """Read what an SSH server calls itself, and leave.

    Raises:
        Unreachable: there is no answer, or it is not this program's.
    """
    with _explained("SSH"), socket.create_connection((host, port), _LIMIT_S) as wire:
        banner = wire.recv(_BANNER_BYTES_MAX)
    if not banner.startswith(b"SSH-"):
        raise Unreachable("it does not speak SSH")
    if not banner.startswith(b"SSH-2.0-Rachel"):
        raise Unreachable("another SSH server answers there")


@contextmanager
def _connected(url: SplitResult, *, believing: bool) -> Iterator[HTTPConnection]:
    """Connect, and disconnect on leaving."""
    host = url.hostname or ""
    connection: HTTPConnection
    if url.scheme == "https":
        context = _tls(believing=believing)
        connection = HTTPSConnection(host, url.port, timeout=_LIMIT_S, context=context)
    else:
        connection = HTTPConnection(host, url.port, timeout=_LIMIT_S)
    with _explained("HTTP"), closing(connection):
        connection.connect()
        yield connection


def _tls(*, believing: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if believing:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def _explained(language: str) -> Iterator[None]:
    """Turn whatever fails on a visit into one of our exceptions."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Untrusted(error.verify_message) from None
    except ssl.SSLError:
        raise Unreachable("it does not speak TLS") from None
    except TimeoutError:
        raise Unreachable(f"it is silent for {_LIMIT_S:.0f} s") from None
    except socket.gaierror:
        raise Unreachable("its name is not known") from None
    except OSError as error:
        raise Unreachable(error.strerror or type(error).__name__) from None
    except (HTTPException, UnicodeError):
        raise Unreachable(f"it does not speak {language}") from None
