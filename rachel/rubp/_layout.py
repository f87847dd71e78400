"""How the message modules declare, pack and unpack their payloads."""

from collections.abc import Iterable
from struct import Struct, error
from typing import Any

from rachel.rubp.codes import NONE_BYTE
from rachel.rubp.frame import PAYLOAD_SIZE, ProtocolError

HAS_HASH = 0x01
"""Flag bit 0 of every message that can carry a state hash."""


class MessageError(ProtocolError):
    """A frame's payload is not a message: unknown_type, bad_count, bad_suit or bad_value."""


class Layout:
    """The fields of one payload in order, each written ``name:code`` with a struct code.

    Codes are big-endian; ``8s`` and the like are byte runs, ``4x`` and the like stay zero.

    Raises:
        RuntimeError: the fields do not fill exactly 48 bytes.
    """

    __slots__ = ("_fields", "_message", "_pack", "unpack")

    def __init__(self, message: str, *fields: str) -> None:
        pairs = [tuple(field.split(":")) for field in fields]
        layout = Struct(">" + "".join(code for _, code in pairs))
        if layout.size != PAYLOAD_SIZE:
            raise RuntimeError(f"{message} is laid out in {layout.size} bytes")
        self._message = message
        self._fields = [(name, code) for name, code in pairs if not code.endswith("x")]
        self._pack = layout.pack
        self.unpack = layout.unpack

    def pack(self, *values: Any) -> bytes:  # noqa: ANN401 - struct's own signature
        """Return the 48 bytes of ``values``, one for each field that is not padding.

        Raises:
            ValueError: a value does not fit its field; the text names the field.
        """
        try:
            return self._pack(*values)
        except error as problem:
            raise self._misfit(values, problem) from problem

    def _misfit(self, values: Iterable[Any], problem: error) -> ValueError:
        for (name, code), value in zip(self._fields, values, strict=True):
            try:
                Struct(">" + code).pack(value)
            except error as reason:
                return ValueError(f"{self._message} {name} {value!r} does not fit: {reason}")
        return ValueError(f"{self._message} does not fit: {problem}")


def byte_run(what: str, values: tuple[int, ...], longest: int) -> bytes:
    """Return ``values`` as bytes, at most ``longest`` of them.

    Raises:
        ValueError: there are more, or one is not 0-255; the text starts with ``what``.
    """
    if len(values) > longest:
        raise ValueError(f"{what}: {len(values)} do not fit, {longest} do")
    try:
        return bytes(values)
    except ValueError as problem:
        raise ValueError(f"{what}: each is one byte, 0-255") from problem


def read_cards(count: int, field: bytes) -> tuple[int, ...]:
    """Return the first ``count`` cards of ``field``.

    Raises:
        MessageError: bad_count, the field has fewer bytes than that.
    """
    if count > len(field):
        raise MessageError("bad_count", f"{count} cards do not fit {len(field)} bytes")
    return tuple(field[:count])


def suit_byte(suit: int | None) -> int:
    """Return the byte of a nominated suit, FF for None.

    Raises:
        ValueError: it is not one of the four suits.
    """
    if suit is None:
        return NONE_BYTE
    if 0 <= suit <= 3:
        return suit
    raise ValueError(f"{suit} is not a suit, 0-3")


def read_suit(byte: int) -> int | None:
    """Return the nominated suit 0-3, None for FF.

    Raises:
        MessageError: bad_suit, the byte is neither.
    """
    if byte <= 3:
        return byte
    if byte == NONE_BYTE:
        return None
    raise MessageError("bad_suit", f"0x{byte:02X} is not a suit")


def optional_byte(what: str, value: int | None) -> int:
    """Return the byte of a seat or place, FF for None.

    Raises:
        ValueError: 255 means none and cannot be a value.
    """
    if value is None:
        return NONE_BYTE
    if value == NONE_BYTE:
        raise ValueError(f"{what}: 255 means none on the wire")
    return value


def read_optional(byte: int) -> int | None:
    """Return a seat or place, None for FF."""
    return None if byte == NONE_BYTE else byte


def cut_utf8(text: str, longest: int) -> bytes:
    """Return ``text`` as UTF-8, cut between two characters to at most ``longest`` bytes."""
    data = text.encode()
    if len(data) <= longest:
        return data
    while longest and data[longest] & 0xC0 == 0x80:
        longest -= 1
    return data[:longest]


def text_run(what: str, text: str, longest: int) -> bytes:
    """Return ``text`` as null-terminated fields carry it: UTF-8, cut at a character boundary.

    Raises:
        ValueError: it holds a NUL, which would end it early, or a lone surrogate.
    """
    if "\0" in text:
        raise ValueError(f"{what} holds a NUL")
    return cut_utf8(text, longest)


def read_text(field: bytes) -> str:
    """Return the text before the first NUL; bytes that are not UTF-8 are left out."""
    return field.partition(b"\0")[0].decode(errors="ignore")
