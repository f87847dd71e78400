"""``rachel stats``: what the games that were played on this machine add up to."""

import json
import shutil

import click

_COLUMNS_MAX = 76
_ROWS = 4


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(as_json: bool) -> None:
    """Show what your games add up to: places, rivals, special cards, and how it went over time.

    Every game that you play to its end on this machine is counted, at hosts as well as alone.
    """
    from rachel.commands.game_files import say
    from rachel_tui.games.played import statistics
    from rachel_tui.games.statistics_words import plot_rows, statistics_lines
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
    if told.games:
        width = min(_COLUMNS_MAX, shutil.get_terminal_size().columns - 8)
        for row in plot_rows(told.scores, width, _ROWS):
            say(row)
    if known.damaged:
        click.echo(f"{known.damaged} damaged lines left out.", err=True)
