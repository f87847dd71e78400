"""Where a host's HTTP side is: what a player may type, and the URLs that it can mean."""

import re
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from rachel.address import address_text, parse_address
from rachel.text import shown

HTTP_PORT: Final = 4000
"""Where a host without a proxy in front of it listens (docs/DEPLOYMENT.md, Settings)."""

_USUAL_PORTS: Final = {"http": 80, "https": 443}
_INVITATION: Final = re.compile(r"(?P<host>\S+?)/t/(?P<code>[A-Za-z0-9]{1,8})/?(?:\?watch=1)?\.?")
_GAME_PAGE: Final = re.compile(r"(?P<host>\S+)/games/(?P<game>[A-Za-z0-9]{1,40})/?")
_OTHER_PAGE: Final = re.compile(
    r".*/(?:account(?:/.*)?|games/[^/]+|leaderboard|open/[^/]+|players/[^/]+|privacy|rules|terms)"
)
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


class HostUrl(NamedTuple):
    """One address of a host's HTTP side.

    Attributes:
        scheme: ``http`` or ``https``.
        host: its name or address, an IPv6 one without brackets.
        port: its TCP port.
        path: what comes before ``/api``, without a slash at the end.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def authority(self) -> str:
        """Host and port, as the Host header has them: without the port that is usual."""
        text = address_text(self.host, self.port)
        usual = self.port == _USUAL_PORTS[self.scheme]
        return text.rpartition(":")[0] if usual else text

    @property
    def typed(self) -> str:
        """The shortest text that `possible_urls` turns into this address first."""
        usual = self.scheme == "https" and not self.path
        return self.authority if usual else str(self)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_url(text: str) -> HostUrl:
    """Return the address that ``https://example.org`` or ``http://localhost:4000`` names.

    Raises:
        ValueError: the text is no such address; the message says in one line what to write.
    """
    problem = f"'{shown(text)}' is not an address; write it like https://example.org"
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        raise ValueError(problem) from None
    path = parts.path.rstrip("/")
    plain = not (parts.query or parts.fragment) and _PATH.fullmatch(path)
    if parts.scheme not in _USUAL_PORTS or not plain:
        raise ValueError(problem)
    host, port = parse_address(parts.netloc, _USUAL_PORTS[parts.scheme])
    return HostUrl(parts.scheme, host.lower(), port, path)


def invitation_in(text: str) -> tuple[str, str]:
    """Return the host and the room code of an invitation, ``http://example.org/t/CAKE``.

    The page may be the one for watching, which ends in ``?watch=1``. Of any other text, return the
    text as it is and no code.
    """
    found = _INVITATION.fullmatch(text.strip())
    return (found["host"], found["code"].upper()) if found else (text, "")


def game_in(text: str) -> tuple[str, str] | None:
    """Return the host and the id that the page of a recorded game has: ``HOST/games/ID``."""
    found = _GAME_PAGE.fullmatch(text.strip())
    return (found["host"], found["game"]) if found else None


def named_host(text: str) -> str:
    """Return HOST[:PORT] as it is, and the host alone of the URL of its pages.

    Games have another port than pages.
    """
    try:
        url = urlsplit(text.strip())
    except ValueError:
        return text
    return url.hostname if url.scheme in _USUAL_PORTS and url.hostname else text


def check_host(text: str) -> None:
    """Check what a player has typed for a host: HOST[:PORT], or the URL of its pages.

    Raises:
        ValueError: it names no host, or one of its pages that lead to no table; the message says
            in one line what to write.
    """
    if "://" in text:
        path = parse_url(text).path
        if game_in(text):
            raise ValueError("that is the page of a game that is over: look at it with rachel view")
        if _OTHER_PAGE.fullmatch(path):
            raise ValueError(f"{path} is no table: the link of one ends like /t/CAKE")
    else:
        parse_address(text)


def called_host(text: str) -> str:
    """Return what a player reads for a host: HOST[:PORT] as it is, and of a URL no more than that.

    The port of pages is only named where it is none of the usual ones.
    """
    try:
        url = parse_url(text)
    except ValueError:
        return text
    usual = url.port in (HTTP_PORT, *_USUAL_PORTS.values())
    return url.host if usual else address_text(url.host, url.port)


def possible_urls(text: str, *, plainly: bool = False) -> list[HostUrl]:
    """Return the URLs at which a host's HTTP side may be, the best first; at least one.

    A whole URL means itself. A name or an address means HTTPS and, on this machine only, also plain
    HTTP: a password goes to another machine in the clear only if the player wrote ``http://``.
    With ``plainly`` there is nothing to hide, and plain HTTP is possible everywhere.

    Raises:
        ValueError: the text names no host; the message says in one line what to write.
    """
    text = text.strip().removesuffix(".")  # it may be copied from the end of a sentence
    if "://" in text:
        return [parse_url(text)]
    host, port = parse_address(text, _USUAL_PORTS["https"])
    host = host.lower()
    urls = [HostUrl("https", host, port)]
    if plainly or is_here(host):
        urls.append(HostUrl("http", host, parse_address(text, HTTP_PORT)[1]))
    return urls


def new_account_text(url: HostUrl) -> str:
    """Return where people make an account at a host with a browser."""
    return f"Make an account at {url}/account/register"


def hides_passwords(url: HostUrl, text: str) -> bool:
    """Tell whether a password on its way to ``url`` can be read by no others.

    It can be sent in the clear if ``text``, which the player typed, says so.
    """
    return url.scheme == "https" or url in possible_urls(text)


def is_here(host: str) -> bool:
    """Tell whether a name or an address always means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
