"""``rachel login``: log in at a host, to play there as an account."""

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import click

from rachel_tui.commands.hosts import complete_host, urls_of
from rachel_tui.commands.terminal_mode import unseen

if TYPE_CHECKING:
    from rachel_tui.net.host_api import Login

_PASSWORD_LINE_MAX: Final = 4096


@click.command()
@click.argument("host", metavar="HOST[:PORT]|URL", shell_complete=complete_host)
@click.option("--username", help="Username or e-mail address; asked for if it is not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def command(host: str, username: str | None, password_stdin: bool) -> None:
    """Log in at a HOST: `rachel play HOST` then sits down as your account.

    The password goes over HTTPS, or stays on this machine; over plain HTTP it goes to another one
    only if you write http:// yourself. What is kept is a token, in a file that only you can read.

    To make an account, run rachel, choose Play with friends and the host, and there New account.

    \b
    Examples:
      rachel login example.org
      rachel login https://cards.example.org:8443
      rachel login example.org --username ann --password-stdin < password.txt
    """
    if password_stdin and username is None:
        raise click.UsageError("--password-stdin needs --username")
    if not password_stdin and not sys.stdin.isatty():
        raise click.UsageError(
            "there is no terminal to ask for the password: use --username and --password-stdin"
        )
    urls = urls_of(host)
    from rachel_tui.keep import logins
    from rachel_tui.net import host_api
    from rachel_tui.net.host_request import HostTrouble

    try:
        # The prompts stand outside the event loops: inside one, the first Ctrl+C would be ignored.
        url = asyncio.run(host_api.find_host(urls))
        name = click.prompt("Username or e-mail address") if username is None else username
        password = _password(password_stdin)
        earlier = logins.load(logins.default_path(), url.host)
        login = asyncio.run(host_api.log_in(url, name, password, earlier))
    except HostTrouble as trouble:
        raise click.ClickException(str(trouble)) from None
    asyncio.run(_keep(login, earlier))


def _password(password_stdin: bool) -> str:
    if password_stdin:
        line = sys.stdin.buffer.readline(_PASSWORD_LINE_MAX)
        try:
            return line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise click.ClickException("the password on standard input is not UTF-8") from None
    with unseen():  # click's own way leaves the terminal without an echo when a signal comes
        password = click.prompt("Password", hide_input=sys.platform == "win32")
    assert isinstance(password, str)
    return password


async def _keep(login: "Login", earlier: "Login | None") -> None:
    """Keep a new login, and end the earlier one that it replaces.

    Raises:
        ClickException: it cannot be kept, and has been ended again.
    """
    from rachel_tui.keep import logins
    from rachel_tui.net import host_api
    from rachel_tui.net.host_request import HostTrouble

    path = logins.default_path()
    try:
        logins.save(path, login)
    except OSError as error:
        with suppress(HostTrouble):
            await host_api.log_out(login)
        raise click.ClickException(f"cannot keep the login in {path}: {error.strerror}") from None
    if earlier is not None:
        with suppress(HostTrouble):  # unused, it ends by itself
            await host_api.log_out(earlier)
    click.echo(f"Logged in at {login.host} as {login.username}.")
