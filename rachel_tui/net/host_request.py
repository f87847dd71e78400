"""One request to a host's HTTP side: an object out, an object back, bounded in time and size.

The host is a stranger. Its answer may be late, endless or no answer at all. A redirect is reported
and never followed, so that a token goes only to the host where its owner logged in.
"""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, TypeVar

from rachel import __version__
from rachel.text import NAMELESS, clean_name, clean_text
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.line import why_unreachable

ANSWER_LIMIT_S: Final = 10.0
"""How long a request may take, from looking the host up to the last byte of its answer."""
ANSWER_BYTES_MAX: Final = 256 * 1024
"""The largest body that is read unless a larger one is wanted; http.client limits the headers."""

_TEXT_BYTES_MAX: Final = 200

Result = TypeVar("Result")


class HostTrouble(Exception):  # noqa: N818 - the host is at fault, not this program
    """A host did not do what it was asked; the message says why, in a line that is safe to show."""


class NoAnswer(HostTrouble):
    """There was no answer, or one that no Rachel server gives."""


class NoSuchHost(NoAnswer):
    """No machine is found by the name of the host."""


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
    seat: bytes | None = None,
    body: Mapping[str, Any] | None = None,
    limit_s: float = ANSWER_LIMIT_S,
    bytes_max: int = ANSWER_BYTES_MAX,
) -> Answer:
    """Ask a host for ``path`` below its ``url``; return the answer, whatever its status.

    ``token`` is a login's, ``seat`` the reconnect token of a seat at one of the host's tables.

    Raises:
        NoSuchHost: no machine is found by the name.
        NoAnswer: there is no answer in time, or one that no Rachel server gives.
    """
    headers = {
        "User-Agent": f"rachel/{__version__}",
        "Accept": "application/json",
        "Connection": "close",
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if seat is not None:
        headers["Rachel-Seat"] = seat.hex()
    if body is not None:
        headers["Content-Type"] = "application/json"
    content = None if body is None else json.dumps(body).encode()
    ask = partial(_ask, url, method, url.path + path, content, headers, limit_s, bytes_max)
    try:
        async with asyncio.timeout(limit_s):
            return await in_thread(ask)
    except HTTPException:  # before OSError: a host that hangs up without an answer raises both
        raise no_rachel(url) from None
    except socket.gaierror as problem:
        raise NoSuchHost(why_unreachable(url.host, problem)) from None
    except OSError as problem:
        raise NoAnswer(why_unreachable(str(url), problem)) from None
    except UnicodeError:  # a host name that DNS cannot carry
        raise NoSuchHost(f"cannot find {url.host}: no such host name") from None


def one_line(text: object) -> str:
    """Return a host's text as one short line that is safe to show; empty if it is no text."""
    return clean_text(text, max_bytes=_TEXT_BYTES_MAX) if isinstance(text, str) else ""


def player_names(players: Sequence[object]) -> tuple[str, ...]:
    """Return the names in a host's objects about players, each no longer than a name can be."""
    names = [player.get("name") for player in players if isinstance(player, dict)]
    return tuple(clean_name(name) if isinstance(name, str) else NAMELESS for name in names)


def no_rachel(url: HostUrl) -> NoAnswer:
    """Return the error for a host that answers, but not as a Rachel server does."""
    return NoAnswer(f"{url} does not answer like a Rachel server")


async def in_thread(call: Callable[[], Result]) -> Result:
    """Return what ``call`` returns, or raise what it raises.

    Unlike asyncio.to_thread, this does not hold up the end of the program: a player who leaves
    while a host is silent does not wait for it.
    """
    waiting: Future[Result] = Future()
    waiting.set_running_or_notify_cancel()  # from now on the thread alone settles it

    def work() -> None:
        try:
            waiting.set_result(call())
        except Exception as problem:
            waiting.set_exception(problem)

    threading.Thread(target=work, name="host-request", daemon=True).start()
    return await asyncio.wrap_future(waiting)


def _ask(
    url: HostUrl,
    method: str,
    path: str,
    content: bytes | None,
    headers: Mapping[str, str],
    silence_s: float,
    bytes_max: int,
) -> Answer:
    """Ask and read the answer; ``silence_s`` is how long the host may say nothing.

    Raises:
        NoAnswer: no Rachel server answers like this.
        HTTPException: the answer is no HTTP.
        OSError: there is no connection, or it was lost.
    """
    if url.scheme == "http":
        connection = HTTPConnection(url.host, url.port, timeout=silence_s)
    else:
        context = ssl.create_default_context()
        connection = HTTPSConnection(url.host, url.port, timeout=silence_s, context=context)
    with closing(connection):
        connection.request(method, path, body=content, headers=headers)
        with connection.getresponse() as response:
            if 300 <= response.status < 400:
                target = one_line(response.getheader("Location"))
                raise NoAnswer(f"{url} sends elsewhere" + (f": {target}" if target else ""))
            text = response.read(bytes_max + 1)
            if response.length or len(text) > bytes_max:  # cut off, or too large
                raise no_rachel(url)
    try:
        body = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise no_rachel(url) from None
    if not isinstance(body, dict) or not 200 <= response.status <= 599:
        raise no_rachel(url)
    return Answer(response.status, body)
