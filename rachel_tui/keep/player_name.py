"""The name of a player who has said none: that of the machine's user."""

import getpass

from rachel.text import ascii_name


def login_name() -> str:
    """Return the name of the machine's user, as a player's name."""
    try:
        return ascii_name(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return ascii_name("")
