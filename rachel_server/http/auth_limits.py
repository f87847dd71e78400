"""How often somebody may try to get in: limits that forms and the API have in common.

Everything about accounts is limited twice: per address, and per account that is asked for, which
may not even exist. The second is spent before any password is checked, or any mail written. Logging
out is neither secret nor costly; like every request it is limited per address
(`rachel_server.http.rate_limits.REQUESTS`).

Limits per account hold for everybody, those networks included that are not counted otherwise.
"""

from typing import Final

from rachel_server.accounts.tokens import token_hash
from rachel_server.accounts.validation import EMAIL_MAX, key_of
from rachel_server.core.limits import RateLimit

LOGINS_PER_ADDRESS: Final = RateLimit("logins_address", burst=20, per_minute=10)
LOGINS_PER_ACCOUNT: Final = RateLimit("logins_account", burst=10, per_minute=6)
"""By `name_key` of the name or address that logs in."""

REGISTRATIONS_PER_ADDRESS: Final = RateLimit("registrations_address", burst=10, per_minute=1)
REGISTRATIONS_PER_ACCOUNT: Final = RateLimit("registrations_account", burst=5, per_minute=0.2)
"""By `name_key` of the e-mail address."""

RESETS_PER_ADDRESS: Final = RateLimit("resets_address", burst=10, per_minute=1)
RESETS_PER_ACCOUNT: Final = RateLimit("resets_account", burst=5, per_minute=0.2)
"""By `name_key` of the e-mail address."""

LINKS_PER_ADDRESS: Final = RateLimit("links_address", burst=20, per_minute=10)
LINKS_PER_ACCOUNT: Final = RateLimit("links_account", burst=10, per_minute=2)
"""By `link_key` of the token in a mail's link: one link is for one account."""

CHANGES_PER_ADDRESS: Final = RateLimit("changes_address", burst=20, per_minute=10)
CHANGES_PER_ACCOUNT: Final = RateLimit("changes_account", burst=10, per_minute=6)
"""Whatever asks for the password of who is logged in, by `account_key`; apart from logins, so that
a stranger who keeps trying to log in does not keep the owner from choosing a new password."""

EXPORTS_PER_ADDRESS: Final = RateLimit("exports_address", burst=10, per_minute=2)
EXPORTS_PER_ACCOUNT: Final = RateLimit("exports_account", burst=5, per_minute=1)
"""By `account_key`."""


def name_key(name: str) -> str:
    """Return what a name or an address that somebody typed counts as; never a long text."""
    return key_of(name[:EMAIL_MAX])


def link_key(token: str) -> str:
    """Return what a link's token counts as: nothing from which the token can be had."""
    return (token_hash(token) or b"").hex()


def account_key(account: int) -> str:
    """Return what an account counts as that somebody is logged in to."""
    return str(account)
