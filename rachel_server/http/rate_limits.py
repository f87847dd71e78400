"""How often an address or an account may do something: token buckets, bounded in memory.

Every request is limited per address. What concerns accounts is limited twice, for forms and the API
together: per address, and per account that is asked for, which may not even exist. The limit per
account is spent before a mail is written, and holds for everybody, even for the networks whose
requests are not counted otherwise: an owner who is refused has mails with good links already.
Logging out is neither secret nor costly: only `REQUESTS` limits it. Logging in is in
`rachel_server.http.login_limits`.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rachel_server.accounts.tokens import token_hash
from rachel_server.accounts.validation import EMAIL_MAX, key_of
from rachel_server.core.limits import Buckets, RateLimit
from rachel_server.edge.limits import is_in
from rachel_server.http.clients import Client
from rachel_server.http.errors import ApiError
from rachel_server.ops.settings import Network

REQUESTS: Final = RateLimit("requests", burst=300, per_minute=1200)
"""Requests of any kind per address: far more than a page, a lobby list and a script need."""


@dataclass(frozen=True, slots=True)
class TwofoldLimit:
    """How often something that concerns accounts may be done.

    Attributes:
        per_address: by the address that asks.
        per_account: by a key of the account, such as `name_key`, whatever addresses ask.
    """

    per_address: RateLimit
    per_account: RateLimit


REGISTRATIONS: Final = TwofoldLimit(
    RateLimit("registrations_address", burst=10, per_minute=1),
    RateLimit("registrations_account", burst=5, per_minute=0.2),
)
"""By `name_key` of the e-mail address."""

RESETS: Final = TwofoldLimit(
    RateLimit("resets_address", burst=10, per_minute=1),
    RateLimit("resets_account", burst=5, per_minute=0.2),
)
"""By `name_key` of the e-mail address."""

LINKS: Final = TwofoldLimit(
    RateLimit("links_address", burst=20, per_minute=10),
    RateLimit("links_account", burst=10, per_minute=2),
)
"""By `link_key` of the token in a mail's link: one link is for one account."""

CHANGES: Final = TwofoldLimit(
    RateLimit("changes_address", burst=20, per_minute=10),
    RateLimit("changes_account", burst=10, per_minute=6),
)
"""What a logged-in person must confirm with the password, by `account_key`. Counted apart from
logins: a stranger who keeps failing to log in cannot keep the owner from a new password."""

EXPORTS: Final = TwofoldLimit(
    RateLimit("exports_address", burst=10, per_minute=2),
    RateLimit("exports_account", burst=5, per_minute=1),
)
"""By `account_key`."""


def name_key(name: str) -> str:
    """Return the key under which attempts for a typed name or address are counted; it is short."""
    return key_of(name.strip()[:EMAIL_MAX])


def link_key(token: str) -> str:
    """Return the key under which uses of a link are counted; the token cannot be read from it."""
    return (token_hash(token) or b"").hex()


def account_key(account: int) -> str:
    """Return the key under which requests of the account's owner are counted."""
    return str(account)


class RateLimited(ApiError):  # noqa: N818 - says what is the matter
    """A limit is reached: 429, with the seconds to wait in Retry-After."""

    def __init__(self, wait_s: float) -> None:
        seconds = max(1, math.ceil(wait_s))
        super().__init__(
            429,
            "rate_limited",
            f"Too many requests: wait {seconds} s.",
            details={"retry_after_s": seconds},
            headers={"Retry-After": str(seconds)},
        )


class RateLimits:
    """The buckets of every limit.

    Args:
        exempt: networks whose requests are not limited per address.
        clock: seconds from any start.
    """

    def __init__(
        self, *, exempt: Sequence[Network] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._exempt = exempt
        self._clock = clock
        self._buckets: dict[str, Buckets] = {}

    def spend(self, limit: RateLimit, key: str) -> None:
        """Count one use of a limit for ``key``, such as the name of an account.

        Raises:
            RateLimited: the limit is reached.
        """
        wait_s = self.take(limit, key)
        if wait_s:
            raise RateLimited(wait_s)

    def take(self, limit: RateLimit, key: str) -> float:
        """Count one use and return 0; if the limit is reached, return the seconds to wait."""
        buckets = self._buckets.get(limit.name)
        if buckets is None:
            buckets = self._buckets[limit.name] = Buckets(limit)
        return buckets.take(key, self._clock())

    def spend_for(self, limit: RateLimit, client: Client) -> None:
        """Count one use of a limit for a client's address, unless its network is exempt.

        Raises:
            RateLimited: the limit is reached.
        """
        if client.address is None or not is_in(client.address, self._exempt):
            self.spend(limit, client.key)
