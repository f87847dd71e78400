"""The errors that the services raise for what a stranger may do wrong."""

from enum import StrEnum
from typing import Final


class AccountErrorCode(StrEnum):
    """Why a service refuses: identifiers for programs, which never change."""

    USERNAME_INVALID = "username_invalid"
    USERNAME_TAKEN = "username_taken"
    EMAIL_INVALID = "email_invalid"
    EMAIL_TAKEN = "email_taken"
    PASSWORD_INVALID = "password_invalid"
    WRONG_CREDENTIALS = "wrong_credentials"
    WRONG_PASSWORD = "wrong_password"
    LINK_INVALID = "link_invalid"
    CODE_INVALID = "code_invalid"
    TOO_MANY_KEYS = "too_many_keys"
    CURSOR_INVALID = "cursor_invalid"
    BUSY = "busy"


MESSAGES: Final = {
    AccountErrorCode.USERNAME_INVALID: "A username has 3 to 20 letters, digits or underscores.",
    AccountErrorCode.USERNAME_TAKEN: "That username is taken: choose another.",
    AccountErrorCode.EMAIL_INVALID: "That is not an e-mail address: write it like ann@example.org.",
    AccountErrorCode.EMAIL_TAKEN: "That e-mail address has an account already: log in.",
    AccountErrorCode.PASSWORD_INVALID: "A password has 12 to 128 characters.",
    AccountErrorCode.WRONG_CREDENTIALS: "The name or the password is wrong: try again.",
    AccountErrorCode.WRONG_PASSWORD: "The password is wrong: try again.",
    AccountErrorCode.LINK_INVALID: "The link has been used or is too old: ask for a new one.",
    AccountErrorCode.CODE_INVALID: "That code has been used or is too old: get a new one.",
    AccountErrorCode.TOO_MANY_KEYS: "The account has 20 keys already: remove one first.",
    AccountErrorCode.CURSOR_INVALID: "There is no such page: begin with the first one.",
    AccountErrorCode.BUSY: "The server is busy: try again in a moment.",
}
"""One line for people: what is wrong, and what to do about it."""


class AccountError(Exception):
    """A service refuses; the text says in one line why, and what to do about it.

    Attributes:
        code: the reason, for programs.
    """

    def __init__(self, code: AccountErrorCode) -> None:
        super().__init__(MESSAGES[code])
        self.code = code
