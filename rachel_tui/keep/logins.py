"""The file of logins: the accounts that a player has at hosts, one per host at most.

The file is private: a login's token is all that is needed to act as the account.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rachel_tui.keep.private_file import drop_private, read_private, user_folder, write_private

if TYPE_CHECKING:
    from rachel_tui.net.host_api import Login


def default_path() -> Path:
    """Return where the logins of this user are kept."""
    return user_folder("config") / "logins.json"


def load(path: Path, host: str) -> Login | None:
    """Return the login kept for a host, or None."""
    return _read_login(host, read_private(path).get(host))


def load_all(path: Path) -> list[Login]:
    """Return every login, ordered by the names of the hosts."""
    found = (_read_login(host, entry) for host, entry in sorted(read_private(path).items()))
    return [login for login in found if login is not None]


def save(path: Path, login: Login) -> None:
    """Keep ``login`` in place of an earlier one at its host; the file is replaced in one step.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    entries = read_private(path)
    entries[login.host] = {
        "url": str(login.url),
        "username": login.username,
        "token": login.token,
        "expires_at": login.expires_at,
        "device": login.device,
    }
    write_private(path, entries)


def forget(path: Path, host: str) -> None:
    """Remove the login at this host, if there is one.

    Raises:
        OSError: the file cannot be written; it is as before.
    """
    drop_private(path, host)


def _read_login(host: str, entry: object) -> Login | None:
    from rachel_tui.net.host_api import Login
    from rachel_tui.net.host_urls import parse_url

    match entry:
        case {
            "url": str(url),
            "username": str(username),
            "token": str(token),
            "expires_at": int(expires_at) | float(expires_at),
            **more,
        }:
            try:
                device = str(more.get("device", ""))
                login = Login(parse_url(url), username, token, expires_at, device)
            except (ValueError, OverflowError):
                return None
            return login if login.host == host else None
    return None
