"""``rachel stats``: what the games that were played on this machine add up to."""

import json
import os
import shutil
import sys

import click

_COLUMNS_MAX = 76
_ROWS = 4


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--plain", is_flag=True, help="No drawing; used anyway in a pipe.")
def command(as_json: bool, plain: bool) -> None:
    """Show what your games add up to: places, rivals, special cards, and how it went over time.

    Every game that you play to its end on this machine is counted, at hosts as well as alone.

    \b
    Examples:
      rachel stats
      rachel stats --json | jq .streak
    """
    from rachel.commands.game_files import say
    from rachel_tui.games.played import statistics
    from rachel_tui.games.statistics_words import PLOTTED_OVER, plot_rows, statistics_lines
    from rachel_tui.keep import album

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
        for row in plot_rows(told.scores, width, _ROWS):
            say(row)
    if known.damaged:
        click.echo(f"{known.damaged} damaged lines left out.", err=True)
