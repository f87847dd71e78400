"""What lost visitors hear: browsers, TLS and SSH clients that come to the port for games."""

import re
from typing import Final

_HTTP: Final = re.compile(rb"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) \S")
_TLS_HANDSHAKE: Final = re.compile(rb"\x16\x03[\x00-\x04]")
_SSH: Final = b"SSH-"
_TEXT: Final = b"This port is for games of Rachel: rachel play HOST:PORT\r\n"
_HTTP_ANSWER: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_TEXT), _TEXT)
)
_TLS_ANSWER: Final = b"\x15\x03\x01\x00\x02\x02\x46"
"""A fatal alert, protocol_version (RFC 8446, 6): this port does not speak TLS."""


def answer_to(data: bytes) -> bytes | None:
    """Return what to answer to first bytes in another protocol; None for what may be RUBP."""
    if _HTTP.match(data):
        return _HTTP_ANSWER
    if _TLS_HANDSHAKE.match(data):
        return _TLS_ANSWER
    return _TEXT if data.startswith(_SSH) else None
