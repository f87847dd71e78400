"""``rachel migrate``: bring the database to the schema this Rachel needs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rachel_server.commands.host_database import data_option, explained, host_database

if TYPE_CHECKING:
    from rachel_server.store.revisions import Migration


@click.command()
@data_option
@click.option("--status", is_flag=True, help="Only list the migrations and which are done.")
def command(data_dir: Path | None, status: bool) -> None:
    """Bring the database to the schema this Rachel needs; all of it happens, or nothing.

    A server with a database of its own does so by itself. On PostgreSQL, run it before the new
    server starts; the old one may still be running.

    \b
    Examples:
      DATABASE_URL=postgres://rachel:PASSWORD@HOST/rachel rachel migrate
      rachel migrate --status
      rachel migrate --data DIR
    """
    from rachel_server.store.database_url import shown_url
    from rachel_server.store.migrate import current, upgrade
    from rachel_server.store.revisions import head, migrations

    url = host_database(data_dir)
    with explained(url):
        if status:
            revision = current(url)
            click.echo(f"{shown_url(url)}: {_standing(revision)}")
            for step in migrations():
                done = revision is not None and step.revision <= revision
                click.echo(f"  {named(step)}: {'done' if done else 'to do'}")
            return
        taken = upgrade(url)
        for step in taken:
            click.echo(f"  {named(step)}: done")
        click.echo(f"{shown_url(url)}: {'now' if taken else 'already'} at {head()}")


def named(step: "Migration") -> str:
    """Return a migration as it is printed, such as ``0001 games``."""
    return f"{step.revision} {step.name}"


def _standing(revision: str | None) -> str:
    from rachel_server.store.revisions import head

    at = "has no tables" if revision is None else f"is at {revision}"
    if revision == head():
        return f"{at}, as this Rachel needs it"
    return f"{at}, this Rachel needs {head()}: run rachel migrate"
