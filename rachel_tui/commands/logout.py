"""``rachel logout``: end a login, here and at its host."""

import asyncio
from typing import TYPE_CHECKING

import click

from rachel_tui.commands.hosts import complete_host, logins_at, not_logged_in

if TYPE_CHECKING:
    from rachel_tui.net.host_api import Login


@click.command()
@click.argument("host", required=False, metavar="[HOST]", shell_complete=complete_host)
@click.option("--all", "everywhere", is_flag=True, help="Log out at every host.")
def command(host: str | None, everywhere: bool) -> None:
    """Log out at a HOST, or at the only one where you are logged in.

    The token is forgotten here and worthless there. A host that cannot be reached is not told:
    then the token is only forgotten.

    \b
    Examples:
      rachel logout example.org
      rachel logout --all
    """
    if host is not None and everywhere:
        raise click.UsageError("name a HOST or use --all, not both")
    for login in _chosen(host, everywhere=everywhere):
        asyncio.run(_log_out(login))


def _chosen(host: str | None, *, everywhere: bool) -> "list[Login]":
    """Return the logins to end.

    Raises:
        ClickException: there is none, or several and no HOST says which.
    """
    found = logins_at(host)
    if not found:
        raise click.ClickException(not_logged_in(host))
    if len(found) > 1 and not everywhere:
        hosts = ", ".join(login.host for login in found)
        raise click.UsageError(f"you are logged in at {hosts}: name one of them, or use --all")
    return found


async def _log_out(login: "Login") -> None:
    from rachel_tui.keep import logins
    from rachel_tui.net import host_api
    from rachel_tui.net.host_request import HostTrouble

    path = logins.default_path()
    try:
        logins.forget(path, login.host)
    except OSError as error:
        raise click.ClickException(f"cannot change {path}: {error.strerror}") from None
    try:
        await host_api.log_out(login)
    except HostTrouble as trouble:
        click.echo(
            f"Logged out at {login.host} on this machine only: {trouble}. The session ends there "
            "by itself when it has not been used for two weeks."
        )
    else:
        click.echo(f"Logged out at {login.host}.")
