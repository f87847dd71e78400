"""Hashes passwords with argon2, which is slow on purpose: in two threads, off the event loop."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.validation import PASSWORD_MAX

_HASHER: Final = PasswordHasher(
    # The parameters OWASP recommends for argon2id: 19 MiB and about 20 ms for each.
    time_cost=2,
    memory_cost=19 * 1024,
    parallelism=1,
    type=Type.ID,
)
_THREADS: Final = 2
_WAITING_MAX: Final = 64
"""When so many wait, further ones are refused: they would have to wait for seconds."""

_T = TypeVar("_T")


class Passwords:
    """Hashes and checks passwords. `close` it in the end."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="rachel-passwords")
        self._waiting = 0
        self._decoy = _HASHER.hash(secrets.token_bytes(16))

    async def hash(self, password: str) -> str:
        """Return the hash to store for a password.

        Raises:
            AccountError: too many wait.
        """
        return await self._in_thread(lambda: _HASHER.hash(_bytes(password)))

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password fits a stored hash.

        The hash is None if there is no such account: the check then takes as long, and fails.

        Raises:
            AccountError: too many wait.
        """
        return await self._in_thread(lambda: self._check(password, password_hash))

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a stored hash was made with other parameters than today's."""
        return _HASHER.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, password: str, password_hash: str | None) -> bool:
        try:
            right = _HASHER.verify(password_hash or self._decoy, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and password_hash is not None

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        if self._waiting >= _WAITING_MAX:
            raise AccountError(AccountErrorCode.BUSY)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _bytes(password: str) -> bytes:
    """Return the bytes to hash: the same ones however a keyboard composes accents (NFKC).

    A text longer than any password is cut to one character more than passwords have, and lone
    surrogates are encoded, too: neither can be a stored password, so the check fails.
    """
    text = normalize("NFKC", password[: PASSWORD_MAX + 1])
    return text.encode("utf-8", "surrogatepass")
