"""The words around an account at a host: what is asked of somebody who makes one."""

from typing import Final

USERNAME: Final = "username"
ADDRESS: Final = "email"
PASSWORD: Final = "password"

NOT_THE_SAME: Final = "that is not the same password: type it again"


_PLAN: Final = "You choose a username and a password, and say an e-mail address. "
_MAILED: Final = "A mail with a link goes there."
_HANDED_OUT: Final = "No mail is sent: this host hands out the link that makes the account."


def plan_text(*, sends_mail: bool) -> str:
    """Return how an account comes about at a host, which sends its link by mail or does not."""
    mailed = "The link in the mail that comes there makes the account."
    return f"{_PLAN}{mailed if sends_mail else _HANDED_OUT}"


def question(field: str, where: str, *, sends_mail: bool) -> str:
    """Return what is asked for a field of a new account at ``where``."""
    link = _MAILED if sends_mail else _HANDED_OUT
    return {
        USERNAME: f"Your username at {where}: 3 to 20 letters, digits or underscores.",
        ADDRESS: f"Your e-mail address, which is shown to nobody. {link}",
        PASSWORD: "A password for the account, of 12 characters or more.",
    }[field]


def registered_text(said: str) -> str:
    """Return what is to be done after the host has ``said`` how to go on."""
    return f"{said} After that, log in here.".lstrip()
