"""What usernames, passwords and e-mail addresses may look like."""

import re
from typing import Final

from rachel_server.accounts.errors import AccountError, AccountErrorCode

PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 128
EMAIL_MAX: Final = 254
"""Characters of an address that a mail server takes (RFC 5321, 4.5.3.1.3)."""

USERNAME_PATTERN: Final = r"[A-Za-z0-9_]{3,20}"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# As browsers check it (HTML, e-mail state), with a dot in the domain. The letters of other
# alphabets have an ASCII form in domains; before the @ few servers take them.
EMAIL_PATTERN: Final = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"

_USERNAME: Final = re.compile(USERNAME_PATTERN)
_EMAIL: Final = re.compile(EMAIL_PATTERN)


def is_username(text: str) -> bool:
    """Tell whether somebody could be called that: 3 to 20 ASCII letters, digits, underscores."""
    return _USERNAME.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Tell whether mail could be sent there."""
    return len(text) <= EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def require_username(text: str) -> None:
    """Refuse what is no username.

    Raises:
        AccountError: it is none.
    """
    if not is_username(text):
        raise AccountError(AccountErrorCode.USERNAME_INVALID)


def require_email(text: str) -> None:
    """Refuse what is no e-mail address.

    Raises:
        AccountError: it is none.
    """
    if not is_email(text):
        raise AccountError(AccountErrorCode.EMAIL_INVALID)


def require_password(text: str) -> None:
    """Refuse what cannot be a password.

    Raises:
        AccountError: it cannot.
    """
    if not PASSWORD_MIN <= len(text) <= PASSWORD_MAX:
        raise AccountError(AccountErrorCode.PASSWORD_INVALID)


def key_of(text: str) -> str:
    """Return what a username or an address is found by: both are the same in any case."""
    return text.lower()
