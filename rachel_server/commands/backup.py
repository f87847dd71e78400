"""``rachel backup``: write a copy of the database to a file."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from rachel_server.commands.host_database import (
    data_option,
    existing_database,
    explained,
    host_folder,
)

_DAY_S = 86_400
_PIPE = Path("-")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
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

    PostgreSQL is copied by its own pg_dump. With - for FILE the copy goes to standard output.

    \b
    Examples:
      rachel backup rachel.dump
      rachel backup /backups/rachel-%Y%m%d-%H%M.dump --keep-days 30
      rachel backup - | age -r KEY > rachel.dump.age
    """
    from rachel_server.store.backup_files import dated, expired
    from rachel_server.store.backups import write_backup
    from rachel_server.store.database_url import shown_url

    if file == _PIPE and keep_days is not None:
        raise click.UsageError("--keep-days is for files, not for standard output")
    if file == _PIPE and sys.stdout.isatty():
        raise click.UsageError("a copy is no text: send it to a file or a program")
    url = existing_database(data_dir)
    written = dated(file, datetime.now(UTC))
    with explained(url):
        if file == _PIPE:
            made = write_backup(url, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            click.echo(f"Backed up {shown_url(url)} ({made})", err=True)
        else:
            old = [] if keep_days is None else expired(file, written, keep_days)
            made = write_backup(url, written)
            size = _size(written.stat().st_size)
            shown = click.format_filename(written)
            click.echo(f"Backed up {shown_url(url)} to {shown} ({made}, {size})")
            _delete(old, written)
    _note(host_folder(data_dir))


def _delete(old: list[Path], written: Path) -> None:
    """Delete old backups, unless they hold games that the new one lacks."""
    from rachel_server.store.backups import finished_games

    games = finished_games(written) if old else 0
    for one in old:
        name, before = click.format_filename(one), finished_games(one)
        if before > games:
            click.echo(f"Kept {name}: it has {before} finished games, the new one {games}")
            continue
        days = (time.time() - one.stat().st_mtime) / _DAY_S
        one.unlink()
        click.echo(f"Deleted {name} ({days:.0f} days old)")


def _note(folder: Path) -> None:
    """Note the backup for the metrics of a server whose data folder is here."""
    from rachel_server.store.data_dir import note_backup

    try:
        note_backup(folder)
    except FileNotFoundError:
        pass  # the server is on another machine
    except OSError as error:
        shown = click.format_filename(folder)
        click.echo(f"The server's metrics miss this backup: {shown}: {error.strerror}", err=True)


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size} {unit}"
        size //= 1000
    return f"{size} GB"
