"""``rachel backup``: write a copy of the database to a file."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from rachel_server.commands.host_database import data_option, existing_database, explained

_DAY_S = 86_400


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@click.option(
    "--keep-days",
    type=click.IntRange(1),
    metavar="N",
    help="Then delete the backups beside it that are older, known by the pattern of their names."
    "  The newest 7 stay, and those with more finished games than the new one.",
)
def command(file: Path, data_dir: Path | None, keep_days: int | None) -> None:
    """Write a copy of the database to FILE, compressed, also while the server runs.

    In the name of FILE, %Y%m%d-%H%M and the like become the date and time, in UTC; write \\% for %
    in a crontab. The copy holds the cards of running games: keep it where only you can read it.

    PostgreSQL is copied by its own pg_dump.

    \b
    Examples:
      rachel backup rachel.dump
      rachel backup /backups/rachel-%Y%m%d-%H%M.dump --keep-days 30
      rachel backup rachel.dump --data DIR
    """
    from rachel_server.store.backup_files import dated, expired
    from rachel_server.store.backups import finished_games, write_backup
    from rachel_server.store.database_url import shown_url

    url = existing_database(data_dir)
    written = dated(file, datetime.now(UTC))
    with explained(url):
        old = [] if keep_days is None else expired(file, written, keep_days)
        revision = write_backup(url, written)
        size = _size(written.stat().st_size)
        shown = click.format_filename(written)
        click.echo(f"Backed up {shown_url(url)} to {shown} (schema {revision}, {size})")
        games = finished_games(written) if old else 0
        for one in old:
            name, before = click.format_filename(one), finished_games(one)
            if before > games:
                click.echo(f"Kept {name}: it has {before} finished games, the new one {games}")
                continue
            days = (time.time() - one.stat().st_mtime) / _DAY_S
            one.unlink()
            click.echo(f"Deleted {name} ({days:.0f} days old)")


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size} {unit}"
        size //= 1000
    return f"{size} GB"
