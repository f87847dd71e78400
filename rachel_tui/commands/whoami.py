"""``rachel whoami``: show where the player is logged in, and as whom."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from rachel_tui.commands.hosts import complete_host, logins_at, not_logged_in

if TYPE_CHECKING:
    from rachel_tui.net.host_api import Login


@click.command()
@click.argument("host", required=False, metavar="[HOST]", shell_complete=complete_host)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
def command(host: str | None, as_json: bool) -> None:
    """Show your logins, with rating and rank: all of them, or the one at a HOST.

    Exits with 1 when you are not logged in, or every login has ended.

    \b
    Examples:
      rachel whoami
      rachel whoami example.org --json
    """
    states = asyncio.run(_ask_all(logins_at(host)))
    if as_json:
        click.echo(json.dumps(states, indent=2))
    elif states:
        click.echo("\n".join(map(_line, states)))
    else:
        raise click.ClickException(not_logged_in(host))
    if all(state["session"] == "ended" for state in states):
        sys.exit(1)


async def _ask_all(found: "list[Login]") -> list[dict[str, Any]]:
    return list(await asyncio.gather(*map(_ask, found)))


async def _ask(login: "Login") -> dict[str, Any]:
    """Return what `--json` prints of a login; ``session`` is good, ended or unknown."""
    from rachel_tui.net.host_api import LoginEnded, own_account
    from rachel_tui.net.host_request import HostTrouble

    state: dict[str, Any] = {
        "host": login.host,
        "url": str(login.url),
        "username": login.username,
        "expires_at": login.expires_at,
        "session": "good",
        "rating": None,
        "rated_games": None,
        "rank": None,
        "problem": None,
    }
    try:
        account = await own_account(login)
    except LoginEnded as ended:
        return state | {"session": "ended", "problem": str(ended)}
    except HostTrouble as trouble:
        return state | {"session": "unknown", "problem": str(trouble)}
    return state | {
        "rating": account.rating,
        "rated_games": account.rated_games,
        "rank": account.rank,
    }


def _line(state: dict[str, Any]) -> str:
    who = f"{state['username']} at {state['host']}"
    if state["problem"]:
        return f"{who}: {state['problem']}"
    rank = "" if state["rank"] is None else f", rank {state['rank']}"
    games = "1 rated game" if state["rated_games"] == 1 else f"{state['rated_games']} rated games"
    return f"{who}: rating {state['rating']:.0f}{rank}, {games}"
