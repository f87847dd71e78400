"""``rachel restore``: put a backup in place of the database."""

from pathlib import Path

import click

from rachel_server.commands.host_database import data_option, explained, host_database


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--replace", is_flag=True, help="Even if games are there, which are lost.")
def command(file: Path, data_dir: Path | None, replace: bool) -> None:
    """Put the backup in FILE in place of the database: all of it, or nothing changes.

    No server may be running on the database. Start one afterwards, and the games that were running
    go on where they were when the backup was written. Run this as the user the server runs as.

    \b
    Examples:
      rachel restore rachel.dump
      rachel restore /backups/rachel-20260701-0300.dump --replace
    """
    from rachel_server.store.backups import restore_backup
    from rachel_server.store.database_url import shown_url, sqlite_file
    from rachel_server.store.revisions import head

    url = host_database(data_dir)
    with explained(url):
        restored = restore_backup(url, file, replace=replace)
        games = f"{restored.games} games, {restored.running} of them running,"
        click.echo(f"Restored {games} to {shown_url(url)} (schema {restored.revision})")
        if restored.revision != head() and sqlite_file(url) is None:
            click.echo(f"This Rachel needs schema {head()}: run rachel migrate")
