"""Hashing of passwords with argon2, which takes its time: in threads, few at once."""

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
    # OWASP's choice for argon2id: 19 MiB and about 20 ms for each.
    time_cost=2,
    memory_cost=19 * 1024,
    parallelism=1,
    type=Type.ID,
)
_THREADS: Final = 2
_WAITING_MAX: Final = 64
"""Whoever comes when so many wait is sent away: they would wait for seconds."""

_T = TypeVar("_T")


class Passwords:
    """Hashes and checks passwords. `close` it in the end."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="rachel-passwords")
        self._waiting = 0
        self._nobodys = _HASHER.hash(secrets.token_bytes(16))

    async def hash(self, password: str) -> str:
        """Return what to store of a password.

        Raises:
            AccountError: too many wait.
        """
        return await self._in_thread(lambda: _HASHER.hash(_bytes(password)))

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is the one of which this is stored.

        None, for somebody who does not exist, takes as long and is never right.

        Raises:
            AccountError: too many wait.
        """
        return await self._in_thread(lambda: self._check(password, password_hash))

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether what is stored was made with other parameters than today's."""
        return _HASHER.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, password: str, password_hash: str | None) -> bool:
        try:
            right = _HASHER.verify(password_hash or self._nobodys, _bytes(password))
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
    """Return the same bytes however a keyboard composes its accents.

    A text that is too long for a password is cut where it still is; one with half a character has
    bytes, too. Neither can be anybody's password.
    """
    text = normalize("NFKC", password[: PASSWORD_MAX + 1])
    return text.encode("utf-8", "surrogatepass")
