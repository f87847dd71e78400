"""``rachel bot``: seat a bot at a host's table over the network, like a person."""

import asyncio
import sys
from typing import Final

import click

from rachel.address import address_text
from rachel.bots import LEVELS
from rachel.rubp import NAME_MAX
from rachel_tui.commands.hosts import check_room, complete_host, game_host, host_address, tls_option

_INTERRUPTED: Final = 130
"""The exit code by which shells know an interrupted command."""


@click.command()
@click.argument("host", metavar="HOST[:PORT]", callback=game_host, shell_complete=complete_host)
@click.option("--room", default="", callback=check_room, help="Code of the table to join.")
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
    from rachel_tui.net.line import dial_tcp

    address = host_address(host, tls=tls)
    player = BotPlayer(
        dial_tcp(*address, tls=tls),
        address_text(*address),
        name=name,
        room=room,
        level=level,
        games=games,
        delay_s=delay,
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
