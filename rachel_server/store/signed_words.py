"""Unsigned integers of 64 bits, in columns that hold signed ones."""

from typing import Any, Final

_SIGN: Final = 1 << 63
_WRAP: Final = 1 << 64


def signed(value: int) -> int:
    """Return the signed integer with the same 64 bits: the upper half is stored negative.

    Raises:
        ValueError: the value is not an unsigned 64-bit integer.
    """
    if not 0 <= value < _WRAP:
        raise ValueError(f"{value} is not an unsigned 64-bit integer")
    return value if value < _SIGN else value - _WRAP


def unsigned(value: Any) -> Any:  # noqa: ANN401
    """Return the unsigned integer with the same 64 bits, and anything else as it is.

    SQLite stores a text in any column: whoever reads the row finds that, not the whole query.
    """
    return value % _WRAP if isinstance(value, int) else value
