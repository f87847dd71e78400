"""The HOST that commands take: its address, its rooms, and the logins there."""

from typing import TYPE_CHECKING, Final

import click

from rachel.address import DEFAULT_PORT, DEFAULT_TLS_PORT, parse_address
from rachel_tui.commands.terminal import has_keyboard

if TYPE_CHECKING:
    from rachel_tui.hosts import Hosts
    from rachel_tui.net.host_api import Login
    from rachel_tui.net.host_urls import HostUrl
    from rachel_tui.net.lobby import Lobby

tls_option: Final = click.option(
    "--tls",
    is_flag=True,
    help=f"Connect inside TLS, to port {DEFAULT_TLS_PORT} unless you name another.",
)
"""The option ``--tls`` of every command that sits down at a table."""


def known_hosts() -> "Hosts":
    """Return the hosts that the player knows."""
    from rachel_tui.hosts import Hosts
    from rachel_tui.keep import album, hosts, logins, saved_seat

    return Hosts(
        hosts.default_path(),
        saved_seat.default_path(),
        logins.default_path(),
        album.default_folder(),
        guests=has_keyboard(),
    )


def check_room(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return the code that the option ``--room`` names, in capitals; empty means any table.

    Raises:
        BadParameter: no room can have that code.
    """
    if not value:
        return ""
    from rachel_tui.words.room_codes import code_problem

    if problem := code_problem(value):
        raise click.BadParameter(problem)
    return value.upper()


def game_host(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return the HOST[:PORT] of an argument (see `rachel_tui.net.host_urls.named_host`)."""
    from rachel_tui.net.host_urls import named_host

    return None if value is None else named_host(value)


def complete_host(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the hosts that the player has visited and that begin like this, for the shell."""
    from rachel_tui.keep import hosts

    visited = hosts.load_all(hosts.default_path())
    return [host.address for host in visited if host.address.startswith(incomplete)]


def host_address(text: str, *, tls: bool) -> tuple[str, int]:
    """Return the host and the RUBP port that HOST[:PORT] names.

    Raises:
        UsageError: it names none.
    """
    try:
        return parse_address(text, DEFAULT_TLS_PORT if tls else DEFAULT_PORT)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


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


async def lobby_at(url: str) -> "Lobby | None":
    """Return what the host at a URL says of itself, None if it says nothing, which is told.

    Raises:
        UsageError: the text is no URL of a host.
    """
    from rachel_tui.net.host_request import HostTrouble
    from rachel_tui.net.host_urls import check_host, parse_url
    from rachel_tui.net.lobby import visit_lobby

    try:
        check_host(url)
        return await visit_lobby([parse_url(url)])
    except HostTrouble as trouble:
        # Its games may be there all the same. What is said of them names an address of ours.
        click.echo(f"No pages there: {trouble}. Trying the port of games.", err=True)
        return None
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
