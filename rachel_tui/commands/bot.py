"""``rachel bot``: a bot that sits down at somebody's table over the network, as people do."""

import asyncio
import sys
from typing import Final

import click

from rachel.bots import LEVELS
from rachel.rubp import NAME_MAX, ROOM_MAX
from rachel_tui.commands.host_address import host_address, tls_option

_INTERRUPTED: Final = 130
"""The exit code shells know an interrupted command by."""


def _check_room(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value and not (value.isascii() and value.isalnum() and len(value) <= ROOM_MAX):
        raise click.BadParameter(f"a room code is 1 to {ROOM_MAX} letters and digits")
    return value.upper()


@click.command()
@click.argument("host", metavar="HOST[:PORT]")
@click.option("--room", default="", callback=_check_room, help="Code of the table to join.")
@click.option("--level", type=click.Choice(LEVELS), default="intermediate", show_default=True)
@click.option(
    "--name",
    default="Robot",
    show_default=True,
    help=f"What the others call it, up to {NAME_MAX} characters.",
)
@click.option(
    "--games",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many games it plays, at the same table.",
)
@click.option(
    "--delay",
    type=click.FloatRange(0, 30),
    default=1.0,
    show_default=True,
    help="Seconds it waits before it acts.",
)
@tls_option
def command(
    host: str, room: str, level: str, name: str, games: int, delay: float, tls: bool
) -> None:
    """Seat a bot at a HOST's table, as an ordinary player.

    It prints one line per game, with its place, and comes back by itself when the
    connection is lost.

    \b
    Examples:
      rachel bot example.org                          at any open table
      rachel bot example.org --room ABCDE             at your friends' table
      rachel bot '[::1]:6502' --level advanced --games 10 --delay 0
    """
    from rachel_tui.bot.player import BotPlayer

    player = BotPlayer(
        host_address(host, tls=tls),
        name=name,
        room=room,
        level=level,
        games=games,
        delay_s=delay,
        tls=tls,
        report=click.echo,
        log=lambda line: click.echo(line, err=True),
    )
    try:
        asyncio.run(player.run())
    except KeyboardInterrupt:
        click.echo(f"stopped after {player.played} of {games} games", err=True)
        sys.exit(_INTERRUPTED)
    if player.problem is not None:
        raise click.ClickException(player.problem)
