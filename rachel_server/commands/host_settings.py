"""The settings of the server on this machine, for the commands that run it or look after it."""

import os
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from rachel_server.commands.installed import hosting_text

if TYPE_CHECKING:
    from rachel_server.ops.settings import ServerSettings

DOTENV: Final = Path(".env")
"""In the working directory."""


def host_settings(*, only: Set[str] | None = None, **overrides: object) -> "ServerSettings":
    """Return the settings in the environment and the file `.env`.

    Args:
        only: the variables to read; None for all.
        overrides: values for fields of the settings; None overrules nothing.

    Raises:
        click.ClickException: no server can run with them; each problem is a line of its own.
    """
    from rachel_server.ops.environment import VARIABLES, SettingsError, load_settings

    try:
        names = {variable.name for variable in VARIABLES} if only is None else only
        return load_settings(os.environ, dotenv=DOTENV, overrides=overrides, only=names)
    except SettingsError as error:
        raise click.ClickException("\nError: ".join(error.problems)) from None
    except ModuleNotFoundError as missing:
        raise incomplete(missing) from None


def incomplete(missing: ModuleNotFoundError) -> click.ClickException:
    """Return the error for a missing package that only hosting needs."""
    return click.ClickException(
        f"hosting needs {missing.name}, which is not installed: {hosting_text()}"
    )
