"""Logins: the accounts a player has at hosts, each with the token that acts for it.

One private file, because whoever has a token has the account. A host has one login at most.
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import platformdirs

from rachel_tui.keep.private_file import drop_private, read_private, write_private
from rachel_tui.net.host_urls import HostUrl, parse_url

_USERNAME: Final = re.compile(r"[A-Za-z0-9_]{1,20}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class Login:
    """An account at a host, and the proof that it is ours.

    Attributes:
        url: where the host's HTTP side is; the token is shown nowhere else.
        username: the account's name.
        token: what proves it.
        expires_at: when the login ends if it is not used, Unix time in seconds.

    Raises:
        ValueError: this is no login that a host could have given.
    """

    url: HostUrl
    username: str
    token: str = field(repr=False)
    expires_at: float

    def __post_init__(self) -> None:
        right = _USERNAME.fullmatch(self.username) and _TOKEN.fullmatch(self.token)
        if not right or not math.isfinite(self.expires_at):
            raise ValueError("no login")

    @property
    def host(self) -> str:
        """Whose login it is: the host's name or address, without a port."""
        return self.url.host


def default_path() -> Path:
    """Return where the logins of this user are kept."""
    return platformdirs.user_config_path("rachel") / "logins.json"


def load(path: Path, host: str) -> Login | None:
    """Return the login kept for a host, or None."""
    return _read_login(host, read_private(path).get(host))


def load_all(path: Path) -> list[Login]:
    """Return every login, by the names of the hosts."""
    found = (_read_login(host, entry) for host, entry in sorted(read_private(path).items()))
    return [login for login in found if login is not None]


def save(path: Path, login: Login) -> None:
    """Keep ``login`` instead of any other at its host; the file is replaced in one step.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    entries = read_private(path)
    entries[login.host] = {
        "url": str(login.url),
        "username": login.username,
        "token": login.token,
        "expires_at": login.expires_at,
    }
    write_private(path, entries)


def forget(path: Path, host: str) -> None:
    """Keep no login at this host any more.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    drop_private(path, host)


def _read_login(host: str, entry: object) -> Login | None:
    match entry:
        case {
            "url": str(url),
            "username": str(username),
            "token": str(token),
            "expires_at": int(expires_at) | float(expires_at),
        }:
            try:
                login = Login(parse_url(url), username, token, expires_at)
            except (ValueError, OverflowError):
                return None
            return login if login.host == host else None
    return None
