"""The PROXY protocol, versions 1 and 2: a header in which a proxy says whom it passes on.

Sans I/O: bytes in, what they say out.
https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
"""

import re
import struct
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NamedTuple

HEADER_BYTES_MAX: Final = 4096
"""The longest header: there is room for what proxies add about TLS, but not for everything."""

_LINE_BYTES_MAX: Final = 107
_START_V1: Final = b"PROXY "
_START_V2: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_FIXED_V2: Final = struct.Struct("!12sBBH")
_LOCAL: Final = 0x20
_PROXY: Final = 0x21
_ADDRESS_BYTES: Final = {0x00: 0, 0x11: 12, 0x12: 12, 0x21: 36, 0x22: 36, 0x31: 216, 0x32: 216}
"""By family and transport of version 2, how many bytes both addresses take."""
_SOURCE_BYTES: Final = {0x11: 4, 0x21: 16}
_ADDRESS: Final = rb"([0-9A-Fa-f.:]+)"
_LINE: Final = re.compile(
    rb"PROXY (TCP4|TCP6) %b %b ([0-9]{1,5}) ([0-9]{1,5})" % (_ADDRESS, _ADDRESS)
)


class BrokenHeader(ValueError):  # noqa: N818 - says what is the matter
    """A header that says nothing; the text tells why."""


class ProxyHeader(NamedTuple):
    """What a connection begins with.

    Attributes:
        size: the header's bytes, 0 if there is none.
        source: the address that the proxy passes on; empty without one, and for connections of the
            proxy's own.
    """

    size: int
    source: str


def read_header(data: bytes) -> ProxyHeader | None:
    """Read the header that a connection's first bytes hold; None until more of them have come.

    Raises:
        BrokenHeader: it is malformed, or too long.
    """
    for start, read in ((_START_V1, _read_v1), (_START_V2, _read_v2)):
        if data.startswith(start):
            return read(data)
        if start.startswith(data):
            return None
    return ProxyHeader(0, "")


def _read_v1(data: bytes) -> ProxyHeader | None:
    line, end, _ = data[:_LINE_BYTES_MAX].partition(b"\r\n")
    if not end:
        if len(data) >= _LINE_BYTES_MAX:
            raise BrokenHeader("its line is too long")
        return None
    size = len(line) + len(end)
    if line.startswith(b"PROXY UNKNOWN"):
        return ProxyHeader(size, "")
    said = _LINE.fullmatch(line)
    if said is None or max(int(said[4]), int(said[5])) > 65535:
        raise BrokenHeader("its line is malformed")
    family = IPv4Address if said[1] == b"TCP4" else IPv6Address
    try:
        source, _ = family(said[2].decode()), family(said[3].decode())
    except ValueError:
        raise BrokenHeader("its addresses are malformed") from None
    return ProxyHeader(size, str(source))


def _read_v2(data: bytes) -> ProxyHeader | None:
    if len(data) < _FIXED_V2.size:
        return None
    _, command, family, length = _FIXED_V2.unpack_from(data)
    size = _FIXED_V2.size + length
    if size > HEADER_BYTES_MAX:
        raise BrokenHeader(f"it has {size} bytes, more than {HEADER_BYTES_MAX}")
    if command not in (_LOCAL, _PROXY):
        raise BrokenHeader(f"its version and command are 0x{command:02x}")
    if command == _PROXY and length < _ADDRESS_BYTES.get(family, HEADER_BYTES_MAX):
        raise BrokenHeader(f"its family 0x{family:02x} has {length} bytes")
    if len(data) < size:
        return None
    source_bytes = _SOURCE_BYTES.get(family, 0)
    if command == _LOCAL or not source_bytes:
        return ProxyHeader(size, "")
    source = ip_address(data[_FIXED_V2.size : _FIXED_V2.size + source_bytes])
    return ProxyHeader(size, str(source))
