"""``rachel bot``: seat a bot at a host's table over the network, like a person."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import click

from rachel.address import address_text
from rachel.bots import LEVELS
from rachel.rubp import NAME_MAX
from rachel_tui.commands.hosts import check_room, complete_host, game_host, host_address, tls_option

if TYPE_CHECKING:
    from rachel_tui.bot.player import BotPlayer


@click.command()
@click.argument("host", metavar="HOST[:PORT]|URL", callback=game_host, shell_complete=complete_host)
@click.option(
    "--room", default="", callback=check_room, help="Code of the table to join, or to open."
)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="intermediate",
    show_default=True,
    help="How well it plays.",
)
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
    if stopped := asyncio.run(_play(player)):
        click.echo(f"stopped after {player.played} of {games} games", err=True)
        sys.exit(128 + stopped)  # by this, shells know what has ended a command
    if player.problem is not None:
        raise click.ClickException(player.problem)


async def _play(player: "BotPlayer") -> int:
    """Let the bot play; return the number of the signal that has stopped it, 0 if none has.

    It says goodbye first, so that the others do not wait for it.
    """
    playing = asyncio.ensure_future(player.run())
    stopped: list[int] = []

    def stop(number: int) -> None:
        stopped.append(number)
        playing.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else ():
        loop.add_signal_handler(number, stop, number)
    try:
        await playing
    except asyncio.CancelledError:
        if not stopped:
            raise
    return stopped[0] if stopped else 0
