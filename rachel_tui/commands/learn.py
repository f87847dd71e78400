"""``rachel learn``: the lessons."""

import click

from rachel_tui.commands.chosen import look_options
from rachel_tui.commands.play import play_here
from rachel_tui.commands.terminal import has_screen


@click.command()
@look_options
@click.option("--plain", is_flag=True, help="Lines instead of screens; used anyway in a pipe.")
def command(plain: bool, **_: object) -> None:
    """Learn Rachel by playing: short lessons with prepared hands, twelve minutes in all.

    Leave when you like: what you have done is kept, and any lesson can be played again.

    \b
    Examples:
      rachel learn
      rachel learn --plain   line by line, for screen readers
    """
    play_here(None, fresh=False, plain=plain or not has_screen(), learns=True)
