"""Opens the games a server has stored, also while it runs, for the commands that show them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_T = TypeVar("_T")


def ask_store(data_dir: Path | None, question: "Callable[[AsyncEngine], Awaitable[_T]]") -> _T:
    """Return what ``question`` finds in the store of a data folder, None meaning a server's own.

    Raises:
        click.ClickException: there is no store, or it cannot be read.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from rachel_server.settings import default_data_dir
    from rachel_server.store.engine import sqlite_file, sqlite_url
    from rachel_server.store.migrate import current, head

    folder = data_dir or default_data_dir()
    shown = click.format_filename(folder)
    url = sqlite_url(folder)
    file = sqlite_file(url)
    try:
        if file is None or not file.is_file():
            raise click.ClickException(f"no games in {shown}; choose the folder with --data")
        revision = current(url)
        if revision != head():
            raise click.ClickException(_other_version(shown, revision, head()))
        return asyncio.run(_ask(url, question))
    except (SQLAlchemyError, OSError) as error:
        raise click.ClickException(f"cannot read the games in {shown}: {_line(error)}") from None


async def _ask(url: str, question: "Callable[[AsyncEngine], Awaitable[_T]]") -> _T:
    from rachel_server.store.engine import create_engine

    engine = create_engine(url)
    try:
        return await question(engine)
    finally:
        await engine.dispose()


def _other_version(shown: str, revision: str | None, needed: str) -> str:
    if revision is None or revision < needed:
        return f"the games in {shown} are of an older version; start a server there to update them"
    return f"the games in {shown} are of a newer version; update Rachel"


def _line(error: Exception) -> str:
    from rachel_server.store.writer import reason

    return reason(error)
