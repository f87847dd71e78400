"""``rachel rollback``: take migrations of the database back."""

from pathlib import Path

import click

from rachel_server.commands.host_database import data_option, existing_database, explained
from rachel_server.commands.migrate import named


@click.command()
@data_option
@click.option(
    "--steps",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many migrations to take back.",
)
def command(data_dir: Path | None, steps: int) -> None:
    """Take back the latest migrations, before going back to an older Rachel.

    What is stored in the tables they brought is lost: taking back the first one deletes every
    game, so back up first. No server may be running on the database.

    \b
    Examples:
      rachel backup before-rollback.dump && rachel rollback
      rachel rollback --steps 2 --data DIR
    """
    from rachel_server.store.database_url import shown_url
    from rachel_server.store.migrate import current, downgrade

    url = existing_database(data_dir)
    with explained(url):
        for step in downgrade(url, steps):
            click.echo(f"  {named(step)}: taken back")
        revision = current(url)
    click.echo(f"{shown_url(url)}: {'empty' if revision is None else f'now at {revision}'}")
