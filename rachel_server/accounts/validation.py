"""The forms of usernames, passwords and e-mail addresses.

Phone keyboards add a space to a name or an address that they complete: spaces around one do not
count. A password is taken as it is.
"""

import re
from typing import Final

from rachel_server.accounts.errors import AccountError, AccountErrorCode

PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 128
EMAIL_MAX: Final = 254
"""The longest address that mail servers accept, in characters (RFC 5321, 4.5.3.1.3)."""

USERNAME_PATTERN: Final = r"[A-Za-z0-9_]{3,20}"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# What browsers accept (HTML, e-mail state), with a dot in the domain. Other alphabets have an ASCII
# form in domains; before the @ few mail servers accept them.
EMAIL_PATTERN: Final = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"

_USERNAME: Final = re.compile(USERNAME_PATTERN)
_EMAIL: Final = re.compile(EMAIL_PATTERN)


def is_username(text: str) -> bool:
    """Tell whether a text can be a username: 3 to 20 ASCII letters, digits and underscores."""
    return _USERNAME.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Tell whether a text can be an e-mail address."""
    return len(text) <= EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def require_username(text: str) -> str:
    """Return the username in a text.

    Raises:
        AccountError: USERNAME_INVALID.
    """
    name = text.strip()
    if not is_username(name):
        raise AccountError(AccountErrorCode.USERNAME_INVALID)
    return name


def require_email(text: str) -> str:
    """Return the e-mail address in a text.

    Raises:
        AccountError: EMAIL_INVALID.
    """
    address = text.strip()
    if not is_email(address):
        raise AccountError(AccountErrorCode.EMAIL_INVALID)
    return address


def require_password(text: str) -> None:
    """Make sure that a text has as many characters as a password may have.

    Raises:
        AccountError: PASSWORD_INVALID.
    """
    if not PASSWORD_MIN <= len(text) <= PASSWORD_MAX:
        raise AccountError(AccountErrorCode.PASSWORD_INVALID)


def key_of(text: str) -> str:
    """Return the key of a username or an address, which ignores case."""
    return text.lower()
