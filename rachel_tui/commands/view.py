"""``rachel view``: look at a recorded game, step by step."""

import asyncio
import sys

import click

from rachel_tui.commands.chosen import look_options
from rachel_tui.commands.terminal import has_screen, play_on_screens, screens_at


@click.command()
@click.argument("game", metavar="FILE|ADDRESS", default="", type=click.Path())
@look_options
@click.option("--plain", is_flag=True, help="Lines instead of screens; used anyway in a pipe.")
def command(game: str, plain: bool, **_: object) -> None:
    """Look at a recorded game on the table, step by step, forward and back.

    It is a FILE, as `rachel replay` and `rachel verify` read it, or the ADDRESS of a game's page at
    a host. Every step is checked before it is shown.

    \b
    Examples:
      rachel view game.json                 with all hands open
      rachel view example.org/games/ID
      rachel view game.json --plain         in sentences, a step for every Enter
    """
    if not game:
        raise click.UsageError("name a FILE or an ADDRESS; your own games are at home, in Replays")
    from rachel_tui.found_game import NoGame, find_game

    try:
        reel = asyncio.run(find_game(game))
    except NoGame as problem:
        raise click.ClickException(str(problem)) from None
    if has_screen() and not plain:
        sys.exit(play_on_screens(screens_at(reel)))
    from rachel_tui.commands.standard_streams import view_on_lines

    sys.exit(view_on_lines(reel))
