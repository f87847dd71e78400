"""Queries of the games a server has stored, also while it runs, for commands that show them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from rachel_server.commands.host_database import existing_database, explained

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

_T = TypeVar("_T")


def ask_store(data_dir: Path | None, question: "Callable[[AsyncEngine], Awaitable[_T]]") -> _T:
    """Return the result of ``question`` on the database that `existing_database` finds.

    Raises:
        click.ClickException: there is no database, or it cannot be read.
    """
    from rachel_server.store.database_url import shown_url, sqlite_file
    from rachel_server.store.migrate import current
    from rachel_server.store.revisions import head

    url = existing_database(data_dir)
    file = sqlite_file(url)
    shown = shown_url(url) if file is None else click.format_filename(file.parent)
    with explained(url):
        revision = current(url)
        if revision != head():
            raise click.ClickException(_other_version(shown, revision, head(), file is not None))
        return asyncio.run(_ask(url, question))


async def _ask(url: "URL", question: "Callable[[AsyncEngine], Awaitable[_T]]") -> _T:
    from rachel_server.store.engine import create_engine

    engine = create_engine(url)
    try:
        return await question(engine)
    finally:
        await engine.dispose()


def _other_version(shown: str, revision: str | None, needed: str, embedded: bool) -> str:
    if revision is None or revision < needed:
        cure = "start a server there to update them" if embedded else "run rachel migrate"
        return f"the games in {shown} are of an older version; {cure}"
    return f"the games in {shown} are of a newer version; update Rachel"
