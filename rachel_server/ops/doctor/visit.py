"""Sends requests to a server as a stranger would; redirects are not followed."""

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

_LIMIT_S: Final = 5.0
"""How long a server may be silent."""
_BODY_BYTES_MAX: Final = 1 << 20


class Unreachable(Exception):  # noqa: N818 - says what is the matter
    """There is no answer in HTTP; the text says why."""


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


@contextmanager
def _connected(url: SplitResult, *, believing: bool) -> Iterator[HTTPConnection]:
    """Connect, disconnect on leaving, and turn whatever fails into one of our exceptions."""
    host = url.hostname or ""
    connection: HTTPConnection
    if url.scheme == "https":
        context = ssl.create_default_context()
        if believing:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection(host, url.port, timeout=_LIMIT_S, context=context)
    else:
        connection = HTTPConnection(host, url.port, timeout=_LIMIT_S)
    try:
        with closing(connection):
            connection.connect()
            yield connection
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
        raise Unreachable("it does not speak HTTP") from None
