"""The HOST of commands about logins: which addresses, and which of the logins, it means."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rachel_tui.keep.logins import Login
    from rachel_tui.net.host_urls import HostUrl


def urls_of(host: str) -> "list[HostUrl]":
    """Return where the HTTP side of a HOST may be, the best first.

    Raises:
        BadParameter: the text names no host.
    """
    from rachel_tui.net.host_urls import possible_urls

    try:
        return possible_urls(host)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="HOST") from None


def logins_at(host: str | None) -> "list[Login]":
    """Return the login kept for a HOST, if there is one; all logins without a HOST.

    Raises:
        BadParameter: the text names no host.
    """
    from rachel_tui.keep import logins

    path = logins.default_path()
    if host is None:
        return logins.load_all(path)
    login = logins.load(path, urls_of(host)[0].host)
    return [] if login is None else [login]


def not_logged_in(host: str | None) -> str:
    """Return what there is to say where `logins_at` finds none."""
    if host is None:
        return "you are not logged in anywhere: rachel login HOST"
    url = urls_of(host)[0]
    return f"you are not logged in at {url.host}: rachel login {host.strip()}"
