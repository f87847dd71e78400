"""Passwords that leave time for something else to happen between checking one and its use."""

from collections.abc import Awaitable, Callable

from rachel_server.accounts.passwords import Passwords


class SlowPasswords(Passwords):
    """Checks passwords; afterwards, something happens.

    Attributes:
        meanwhile: what, once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        """Check a password."""
        right = await super().is_right(password, password_hash)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return right
