"""``rachel watch``: see how others play at a host."""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from rachel_tui.commands.chosen import chosen, keep_own_name, look_options
from rachel_tui.commands.hosts import (
    check_room,
    complete_host,
    host_address,
    known_hosts,
    lobby_at,
    tls_option,
)
from rachel_tui.commands.terminal import has_keyboard, has_screen, play_on_screens, screens_at

if TYPE_CHECKING:
    from rachel_tui.net.host_api import Gallery, PublicTable
    from rachel_tui.net.lobby import Lobby


@click.command()
@click.argument("host", metavar="HOST[:PORT]|URL", shell_complete=complete_host)
@click.option("--room", default="", callback=check_room, help="Code of the table to watch.")
@tls_option
@look_options
@click.option("--plain", is_flag=True, help="Lines instead of screens; used anyway in a pipe.")
def command(host: str, room: str, tls: bool, plain: bool, **_: object) -> None:
    """Watch a table at a HOST: what everybody there sees, and no hand.

    When the players go on in the same room, you go along. Without a --room you choose from the
    public tables. A table may be its players' own: then it cannot be watched.

    \b
    Examples:
      rachel watch example.org               choose from the tables there
      rachel watch example.org --room TEA42  the table with that code
      rachel watch example.org --plain       line by line, for screen readers
      rachel watch http://localhost:4000     where the pages have that address
      rachel watch https://example.org/t/TEA42  the table with that page
    """
    from rachel.address import address_text, names_port
    from rachel_tui.keep.player_name import login_name
    from rachel_tui.keep.saved_seat import default_path
    from rachel_tui.net.host_urls import game_in, invitation_in, named_host
    from rachel_tui.place import Place

    plain = plain or not has_screen()
    if game_in(host):
        raise click.UsageError(f"that is the page of a game that is over: rachel view {host}")
    host, invited = invitation_in(host)
    room = room or invited
    named = named_host(host)
    address, port = host_address(named, tls=tls)
    port_named = names_port(named)
    said: Gallery | Lobby | None = None  # by the host, of itself
    tables: Sequence[PublicTable] = ()
    if room:
        said = asyncio.run(lobby_at(host)) if "://" in host else None
    else:
        advice = f"for a table whose code you know: rachel watch {host} --room CODE"
        said = asyncio.run(_gallery(host if "://" in host else address, advice))
        tables = said.tables
    if said is not None and not port_named:
        port = (said.tls_port if tls else said.port) or port
    key = address_text(address, port)
    seat_in = partial(known_hosts().place, key, tls=tls)
    place = Place(
        address,
        port,
        key,
        default_path(),
        room,
        tls=tls,
        watches=True,
        seat_in=seat_in,
        invites="" if said is None else f"{said.shared}/t/{{}}",
    )
    if plain:
        from rachel_tui.commands.standard_streams import play_on_lines

        keep_name = keep_own_name if has_keyboard() and not chosen().settings.name else None
        called = chosen().settings.name or login_name()
        sys.exit(play_on_lines(place, called, tables, keep_name))
    app = screens_at(place, offered_name=login_name(), tables=tables)
    status = play_on_screens(app)
    if app.sitting is not None and app.sitting.problem:
        raise click.ClickException(app.sitting.problem)
    sys.exit(status)


async def _gallery(host: str, advice: str) -> "Gallery":
    """Return what can be watched at a host, one table at least.

    ``advice`` says what else there is to do.

    Raises:
        BadParameter: the text names no host.
        ClickException: there is none, or the host cannot be asked.
    """
    from rachel_tui.net.host_api import find_host, gallery
    from rachel_tui.net.host_request import HostTrouble
    from rachel_tui.net.host_urls import possible_urls

    try:
        urls = possible_urls(host, plainly=True)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="HOST") from None
    try:
        found = await gallery(await find_host(urls))
    except HostTrouble as trouble:
        raise click.ClickException(f"cannot ask who plays there: {trouble}; {advice}") from None
    if not found.tables:
        raise click.ClickException(f"there is no public table to watch now; {advice}")
    return found
