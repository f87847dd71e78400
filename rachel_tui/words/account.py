"""The words around an account at a host: what is asked of somebody who makes one."""

from typing import Final

USERNAME: Final = "username"
ADDRESS: Final = "email"
PASSWORD: Final = "password"

NOT_THE_SAME: Final = "that is not the same password: type it again"


def question(field: str, where: str) -> str:
    """Return what is asked for a field of a new account at ``where``."""
    return {
        USERNAME: f"Your username at {where}: 3 to 20 letters, digits or underscores.",
        ADDRESS: "Your e-mail address, which is shown to nobody. A mail with a link goes there.",
        PASSWORD: "A password for the account, of 12 characters or more.",
    }[field]


def registered_text(said: str) -> str:
    """Return what is to be done after the host has ``said`` how to go on."""
    return f"{said} After that, log in here.".lstrip()
