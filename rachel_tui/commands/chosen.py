"""What the player has chosen, and the options of commands that choose something else."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from rachel_tui.keep.settings import Settings
    from rachel_tui.keep.settings_sources import Loaded

_COLOURS: Final = ("auto", "true", "256", "16", "none")
Function = TypeVar("Function", bound=Callable[..., Any])


def look_options(function: Function) -> Function:
    """Give a command the options that change what screens look like, this time.

    They are read by `chosen`; the command need not know them.
    """
    for option in (
        click.option("--ascii/--no-ascii", default=None, help="Only ASCII characters, or all."),
        click.option("--colours", type=click.Choice(_COLOURS), help="How many colours there are."),
        click.option(
            "--theme",
            metavar="NAME",
            shell_complete=lambda ctx, param, incomplete: _theme_names(incomplete),
            help="Colours: auto, dark, light, contrast, terminal, mono, or your own.",
        ),
    ):
        function = option(function)
    return function


def chosen() -> "Loaded":
    """Return what holds for the command that runs: its options, the environment, the file."""
    return _load(click.get_current_context().params)


def chosen_anew() -> "Callable[[], Settings]":
    """Return what returns the settings that hold when it is called, in any thread."""
    options = click.get_current_context().params
    return lambda: _load(options).settings


def keep_own_name(name: str) -> None:
    """Keep the player's name in the file of settings, or say why it is not kept."""
    from rachel_tui.keep.settings_file import default_path, write_file

    try:
        write_file(default_path(), {"name": name})
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        click.echo(f"Your name is not kept: {reason}.", err=True)


def _load(options: dict[str, Any]) -> "Loaded":
    from rachel_tui.keep.settings_file import default_path
    from rachel_tui.keep.settings_sources import load

    return load(default_path(), os.environ, options)


def _theme_names(incomplete: str) -> list[str]:
    from rachel_tui.keep.settings import THEME_NAMES
    from rachel_tui.keep.settings_file import default_path, read_file

    own = read_file(default_path()).values.get("themes", {})
    return [name for name in (*THEME_NAMES, *own) if name.startswith(incomplete)]
