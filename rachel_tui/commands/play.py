"""``rachel play``: play alone against bots, or with others at a host."""

import asyncio
import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from rachel.levels import LEVELS
from rachel.text import ASCII_NAME_MAX, ascii_name
from rachel_tui.commands.chosen import chosen, chosen_anew, keep_own_name, look_options
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
    from rachel_tui.home import Home
    from rachel_tui.place import Place

_SOLO_OPTIONS = {
    "seats": "--seats",
    "bots": "--bots",
    "bot_delay": "--bot-delay",
    "data_dir": "--data",
    "fresh": "--new",
}


def _check_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    return ascii_name(value) if value.strip() else ""


@click.command()
@click.argument(
    "host",
    required=False,
    metavar="[HOST[:PORT]|URL]",
    shell_complete=complete_host,
)
@click.option(
    "--name",
    callback=_check_name,
    show_default="as in your settings",
    help=f'What others call you, up to {ASCII_NAME_MAX} characters; "" to be asked.',
)
@click.option(
    "--room", default="", callback=check_room, help="Code of the table to join, or to open."
)
@click.option(
    "--seats",
    type=click.IntRange(2, 8),
    show_default="as in your settings: 4 at first",
    help="Seats of a new solo game, yours included.",
)
@click.option(
    "--bots",
    type=click.Choice(LEVELS),
    show_default="as in your settings",
    help="How well the bots of a new solo game play.",
)
@click.option(
    "--bot-delay",
    type=click.FloatRange(0, 2),
    show_default="as in your settings: 0.8 at first",
    help="Seconds a bot of a solo game waits before it acts.",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the solo game.  [default: in the user's data folder]",
)
@click.option(
    "--new", "fresh", is_flag=True, help="Deal anew; the solo game that waits is set aside."
)
@tls_option
@click.option("--guest", is_flag=True, help="Play without the login that you have at the HOST.")
@look_options
@click.option("--plain", is_flag=True, help="Lines instead of screens; used anyway in a pipe.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    host: str | None,
    name: str | None,
    room: str,
    data_dir: Path | None,
    fresh: bool,
    tls: bool,
    guest: bool,
    plain: bool,
    **_: object,
) -> None:
    """Play: alone against bots, or with others at a HOST.

    Get rid of your cards: match suit or rank of the top card. Without a HOST and options you come
    home first, where a game that was left waits for you; in a pipe you play at once. At a HOST
    where you are logged in you play as your account.

    \b
    Examples:
      rachel play                          home: play, learn, find friends
      rachel play --seats 2 --bots beginner
      rachel play example.org              a free seat at somebody's host
      rachel play example.org --room CAKE  with friends who use the same code
      rachel play http://example.org/t/CAKE   by the link of their table
      rachel play --plain                  line by line, for screen readers
    """
    plain = plain or not has_screen()
    if host is not None:
        _play_at(ctx, host, name, room, tls=tls, guest=guest, plain=plain)
        return
    if room:
        raise click.UsageError("--room needs a HOST; a solo game has no room")
    if guest:
        raise click.UsageError("--guest needs a HOST; a solo game knows no logins")
    if tls:
        raise click.UsageError("--tls needs a HOST; a solo game stays on this machine")
    certain = any(
        ctx.get_parameter_source(option) is not ParameterSource.DEFAULT for option in _SOLO_OPTIONS
    )
    # A script that is piped in plays: it knows no menu.
    at_once = certain or not has_keyboard()
    play_here(data_dir, fresh=fresh, plain=plain, at_once=at_once)


def _play_at(
    ctx: click.Context,
    host: str,
    name: str | None,
    room: str,
    *,
    tls: bool,
    guest: bool,
    plain: bool,
) -> None:
    for option, flag in _SOLO_OPTIONS.items():
        if ctx.get_parameter_source(option) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"{flag} is for solo games: the host decides")
    from rachel_tui.net.host_urls import invitation_in, named_host

    host, invited = invitation_in(host)
    host_address(named_host(host), tls=tls)  # says what is wrong with it
    hosts = known_hosts()
    lobby = asyncio.run(lobby_at(host)) if "://" in host else None
    place = hosts.place(host, room or invited, tls=tls, lobby=lobby)
    login = None if guest else place.login
    if login is not None and name:
        raise click.UsageError(
            f"--name is for guests: at {login.host} you play as {login.username}; "
            "add --guest to play without the login"
        )
    place = replace(place, login=login, named=bool(name))
    _play(place, plain=plain)


def play_here(
    data_dir: Path | None,
    *,
    fresh: bool,
    plain: bool,
    at_once: bool = False,
    learns: bool = False,
) -> None:
    """Begin at home, ``at_once`` with the solo game, or with the lessons."""
    if not plain:
        gc.disable()  # see `screens_at`
    from rachel_tui.commands.solo import SoloGame
    from rachel_tui.home import Home
    from rachel_tui.hosts import Unplayable
    from rachel_tui.keep import album, lessons
    from rachel_tui.keep.private_file import NOWHERE, user_folder

    folder = data_dir or user_folder("data") / "solo"
    if folder.is_relative_to(NOWHERE) and not learns:
        raise click.UsageError("there is no home folder: say with --data where to keep the game")
    solo = SoloGame(folder, chosen_anew(), fresh=fresh)
    try:
        hosts = known_hosts()
        home = Home(
            solo.open,
            solo.left_game,
            hosts,
            album.default_folder(),
            lessons.Progress(lessons.default_path()),
            learns=learns,
        )
        _play(solo.open() if at_once else home, plain=plain)
    except Unplayable as trouble:
        raise click.ClickException(str(trouble)) from None
    finally:
        solo.close()


def _play(start: "Place | Home", *, plain: bool) -> None:
    from rachel_tui.home import Home
    from rachel_tui.keep.player_name import login_name

    offered = login_name()
    name = chosen().settings.name
    called = name or offered
    if not isinstance(start, Home):
        called = start.login.username if start.login else called
    if plain:
        from rachel_tui.commands import standard_streams

        keep_name = keep_own_name if has_keyboard() else None
        if isinstance(start, Home) and not start.learns:  # where the name can be changed
            sys.exit(standard_streams.home_on_lines(start, offered, keep_name))
        keep_name = None if name else keep_name
        if isinstance(start, Home):
            sys.exit(standard_streams.learn_on_lines(start, called, keep_name))
        keep_name = None if start.login else keep_name
        sys.exit(standard_streams.play_on_lines(start, called, keep_name=keep_name))
    app = screens_at(start, offered_name=offered)
    status = play_on_screens(app)
    if app.sitting is not None and app.sitting.guest_because:
        click.echo(f"You played as a guest: {app.sitting.guest_because}.")
    if app.sitting is not None and app.sitting.game_runs:
        click.echo("Your game is kept: run the same command again to continue it.")
    sys.exit(status)
