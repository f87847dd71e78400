"""Tokens of sessions and mailed links: 32 random bytes as text, and their hash for the store."""

import hashlib
import re
import secrets
from typing import Final

_SIZE: Final = 32
TOKEN_PATTERN: Final = r"[A-Za-z0-9_-]{43}"

_TOKEN: Final = re.compile(TOKEN_PATTERN)


def new_token() -> tuple[str, bytes]:
    """Return a new token and the hash under which it is stored.

    The token has 43 characters that are safe in URLs and headers. A fast hash is enough, because
    nobody can guess 32 random bytes.
    """
    token = secrets.token_urlsafe(_SIZE)
    return token, _hash(token)


def token_hash(token: str) -> bytes | None:
    """Return the hash under which a token is stored; None if the text cannot be a token."""
    return _hash(token) if _TOKEN.fullmatch(token) else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
