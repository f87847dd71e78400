"""``rachel stats``: what the games that were played on this machine add up to."""

import json
import os
import shutil
import sys
from typing import Final

import click

_COLUMNS_MAX: Final = 76
_ROWS: Final = 4
_SIDE: Final = {0: " first┤", _ROWS - 1: "  last┤"}
"""What stands at the left of the plot's rows: the place at that height."""


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--plain", is_flag=True, help="No drawing; used anyway in a pipe.")
def command(as_json: bool, plain: bool) -> None:
    """Show what your games add up to: places, rivals, special cards, and how it went over time.

    Every game that you play to its end on this machine is counted, at hosts as well as alone.

    The plot has your oldest game at the left and the latest at the right, each averaged with the
    four before it. In JSON, places says how often you came first, second, and so on; ahead of a
    rival, in how many games you did better; streak, how many of the latest games you won in a row,
    or, below zero, how many you have played since your last win.

    \b
    Examples:
      rachel stats
      rachel stats --json | jq .streak
    """
    from rachel.commands.game_files import say
    from rachel_tui.games.played import statistics
    from rachel_tui.games.statistics_words import PLOTTED_OVER, plot_rows, statistics_lines
    from rachel_tui.keep import album
    from rachel_tui.words.hints import plural

    known = album.games(album.default_folder())
    if known.problem:
        raise click.ClickException(known.problem)
    told = statistics(known.games)
    if as_json:
        click.echo(json.dumps({**told.to_json(), "damaged": known.damaged}))
        return
    for line in statistics_lines(told):
        say(line)
    drawn = not plain and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    if len(told.scores) >= PLOTTED_OVER and drawn:
        width = min(_COLUMNS_MAX, shutil.get_terminal_size().columns - 8)
        say("Your places, from the oldest game at the left to the latest at the right:")
        for number, row in enumerate(plot_rows(told.scores, width, _ROWS)):
            say(f"{_SIDE.get(number, '      │')}{row}")
    if known.damaged:
        click.echo(f"{plural(known.damaged, 'damaged line')} left out.", err=True)
