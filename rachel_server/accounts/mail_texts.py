"""The texts of the server's mails, and the links in them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

CONFIRM_PATH: Final = "/account/confirm"
"""The page that confirms an address; its parameter ``token`` is the secret of the link."""
RESET_PATH: Final = "/account/reset"
"""The page that sets a new password, with the same parameter."""
FORGOT_PATH: Final = "/account/forgot"
"""The page on which people ask for a link to `RESET_PATH`."""

_GREETING: Final = "Hello {username},"
_SIGNATURE: Final = "\n\nRachel at {base_url}\n"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail; its representation shows neither the address nor the links.

    Attributes:
        to: the address.
        subject: one line.
        text: plain text, lines divided by ``\\n``.
        username: the account it is about.
        link: the link in it by which its reader proves to have it, empty for none.
    """

    to: str
    subject: str
    text: str
    username: str = ""
    link: str = ""

    def __repr__(self) -> str:
        return f"Mail({self.subject!r})"


class MailTexts:
    """Writes the mails of a server.

    Args:
        base_url: where people reach it, such as ``https://cards.example.org``.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")

    def confirm(self, to: str, username: str, token: str) -> Mail:
        """Return the mail that asks the owner of an address to confirm the account."""
        link = self._link(CONFIRM_PATH, token)
        return self._mail(
            to,
            "Confirm your e-mail address",
            username,
            "somebody, hopefully you, wants to play Rachel under this name. Confirm\n"
            "within three days that this is your address:\n\n"
            f"{link}\n\n"
            "If it was not you, do nothing: there will be no account.",
            link,
        )

    def already_registered(self, to: str, username: str) -> Mail:
        """Return the mail that says what a page must not tell strangers: there is an account."""
        return self._mail(
            to,
            "You have an account already",
            username,
            "somebody, hopefully you, tried to register with this address. It has an\n"
            f"account already, which is called {username}. If you forgot its password:\n\n"
            f"{self._base_url}{FORGOT_PATH}\n\n"
            "If it was not you, do nothing: nothing has changed.",
        )

    def reset(self, to: str, username: str, token: str) -> Mail:
        """Return the mail with the link that sets a new password."""
        link = self._link(RESET_PATH, token)
        return self._mail(
            to,
            "Choose a new password",
            username,
            "somebody, hopefully you, forgot the password of this account. Choose a\n"
            "new one within an hour:\n\n"
            f"{link}\n\n"
            "If it was not you, do nothing: the old password stays.",
            link,
        )

    def password_changed(self, to: str, username: str) -> Mail:
        """Return the mail that tells the owner of an account that its password was changed."""
        return self._mail(
            to,
            "Your password was changed",
            username,
            "your account has a new password, and whoever was logged in with the old\n"
            "one is logged out. If it was not you, choose another one at once:\n\n"
            f"{self._base_url}{FORGOT_PATH}",
        )

    def _mail(self, to: str, subject: str, username: str, text: str, link: str = "") -> Mail:
        greeting = _GREETING.format(username=username)
        signature = _SIGNATURE.format(base_url=self._base_url)
        whole = f"{greeting}\n\n{text}{signature}"
        return Mail(to, f"Rachel: {subject}", whole, username, link)

    def _link(self, path: str, token: str) -> str:
        return f"{self._base_url}{path}?{urlencode({'token': token})}"
