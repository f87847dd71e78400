"""Where a host is: ``example.org``, ``example.org:6502``, ``[::1]:1982`` or ``::1``."""

import re
from typing import Final

from rachel.text import shown

DEFAULT_PORT: Final = 1982
"""The TCP port of RUBP (docs/PROTOCOL.md, Reaching a host)."""
DEFAULT_TLS_PORT: Final = 1983
"""The port of RUBP inside TLS, unless the host says otherwise; the protocol itself names none."""

_BRACKETED: Final = re.compile(r"\[(?P<host>[^\[\]]*)\](?::(?P<port>.*))?")
_HOST: Final = re.compile(r"[0-9A-Za-z_.-]+")
_IPV6: Final = re.compile(r"[0-9A-Fa-f:.]+(?:%[0-9A-Za-z_.-]+)?")


def parse_address(text: str, default_port: int = DEFAULT_PORT) -> tuple[str, int]:
    """Return the host (without brackets) and port that ``text`` names.

    An IPv6 address needs brackets when a port follows; several colons without brackets are an
    address alone. International host names are returned in their ASCII form.

    Raises:
        ValueError: the text is no address; the message says in one line what to write.
    """
    host, port = _split(text.strip())
    is_none = f"'{shown(text)}' is not an address; write it like"
    if ":" in host:
        if not _IPV6.fullmatch(host):
            raise ValueError(f"{is_none} [::1]:{default_port}")
    else:
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
        if not _HOST.fullmatch(host):
            raise ValueError(f"{is_none} example.org:{default_port}")
    if port is None:
        return host, default_port
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= 0xFFFF):
        raise ValueError(f"'{shown(text)}' names no port; ports are 1 to 65535")
    return host, int(port)


def names_port(text: str) -> bool:
    """Tell whether an address names its port, instead of leaving it to the default."""
    return _split(text.strip())[1] is not None


def address_text(host: str, port: int) -> str:
    """Return host and port in one piece, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _split(text: str) -> tuple[str, str | None]:
    if found := _BRACKETED.fullmatch(text):
        # Brackets are for IPv6 only: an empty host fits no address.
        return found["host"] if ":" in found["host"] else "", found["port"]
    if text.count(":") > 1:
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None
