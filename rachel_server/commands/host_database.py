"""The database of the server on this machine, for the commands that look after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from rachel_server.commands.host_settings import host_settings, incomplete

if TYPE_CHECKING:
    from sqlalchemy import URL

_VARIABLES: Final = frozenset({"RACHEL_ENV", "RACHEL_DATA", "DATABASE_URL"})

data_option: Final = click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a server with a database of its own.  "
    "[default: DATABASE_URL, else in the user's data folder]",
)
"""The option ``--data`` of every such command."""


def host_database(data_dir: Path | None) -> "URL":
    """Return the URL of a data folder's database, else of the one that a server here would use.

    Raises:
        click.ClickException: the environment has bad settings.
    """
    from rachel_server.store.database_url import database_url, sqlite_url

    if data_dir is not None:
        return database_url(sqlite_url(data_dir))
    settings = host_settings(only=_VARIABLES)
    given = settings.database_url
    try:
        return database_url(sqlite_url(settings.data_dir) if given is None else given.reveal())
    except ModuleNotFoundError as missing:
        raise incomplete(missing) from None


def host_folder(data_dir: Path | None) -> Path:
    """Return the data folder of the server on this machine, unless another one is given.

    Raises:
        click.ClickException: the environment has bad settings.
    """
    return data_dir or host_settings(only=_VARIABLES).data_dir


def existing_database(data_dir: Path | None) -> "URL":
    """Return the same, if it is PostgreSQL or a file that exists.

    Raises:
        click.ClickException: there is no such file, or none that may be looked at, or the
            environment has bad settings.
    """
    from rachel_server.store.database_url import sqlite_file

    url = host_database(data_dir)
    file = sqlite_file(url)
    with explained(url):
        if file is not None and not file.is_file():
            shown = click.format_filename(file.parent)
            raise click.ClickException(f"no games in {shown}; choose the folder with --data")
    return url


@contextmanager
def explained(where: "URL | Path") -> Iterator[None]:
    """Turn what the database's modules raise into errors of one line; see `trouble`.

    Raises:
        click.ClickException: instead of the modules' own exceptions.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of our output has closed the pipe: click handles that
    except ModuleNotFoundError as missing:
        raise incomplete(missing) from None
    except Exception as error:
        from rachel_server.store.trouble import TROUBLES, trouble  # it loads SQLAlchemy

        if not isinstance(error, TROUBLES):
            raise
        raise click.ClickException(trouble(error, where)) from None
