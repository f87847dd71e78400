"""Tokens that prove something: 32 random bytes as text for the owner, a hash for the store."""

import hashlib
import re
import secrets
from typing import Final

_SIZE: Final = 32
TOKEN_PATTERN: Final = r"[A-Za-z0-9_-]{43}"

_TOKEN: Final = re.compile(TOKEN_PATTERN)


def new_token() -> tuple[str, bytes]:
    """Return a token that nobody can guess, and the hash under which the store knows it.

    It has 43 characters that are safe in URLs and headers. A fast hash is enough for what is as
    random as this.
    """
    token = secrets.token_urlsafe(_SIZE)
    return token, _hash(token)


def token_hash(token: str) -> bytes | None:
    """Return the hash under which the store knows a token; None for what cannot be one."""
    return _hash(token) if _TOKEN.fullmatch(token) else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
