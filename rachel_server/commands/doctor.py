"""``rachel doctor``: check a deployment."""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from rachel.commands.game_files import say
from rachel.text import clean_text
from rachel_server.commands.host_settings import DOTENV, incomplete

if TYPE_CHECKING:
    from rachel_server.ops.doctor.finding import Finding


def _checked_url(_ctx: click.Context, _param: click.Parameter, url: str | None) -> str | None:
    """Return a URL of a host without a slash at its end, or refuse it."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise click.BadParameter("is not like https://cards.example.org or http://127.0.0.1:4000")
    return f"{parts.scheme}://{parts.netloc}"


@click.command()
@click.option(
    "--url",
    callback=_checked_url,
    help="Where people reach the server."
    "  [default: https://RACHEL_HOST in production, else http on this machine]",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the server.  [default: RACHEL_DATA, else in the user's data folder]",
)
@click.option(
    "--backups", metavar="FOLDER", help="Where backups are: a folder, or a pattern in quotes."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(url: str | None, data_dir: Path | None, backups: str | None, as_json: bool) -> None:
    """Look a deployment over: settings, machine, database, backups and the running server.

    Run it on the server's machine with the server's settings: in the same folder, with the same
    environment, best as the same user. Each line says pass, warn or fail, and for the latter two
    what to do. Exit 1 if something failed. In development, what would fail is a warning.

    It changes nothing, and shows no secrets. Whether a backup is good, only a restore can tell.

    \b
    Examples:
      rachel doctor --backups /var/backups/rachel
      rachel doctor --url https://cards.example.org --backups '/backups/rachel-*.dump'
      rachel doctor --json
    """
    try:
        from rachel_server.ops.doctor import examine
        from rachel_server.ops.doctor.deployment import Deployment, as_it_runs, implied_url
        from rachel_server.ops.doctor.finding import Outcome
        from rachel_server.ops.environment import read_settings

        reading = read_settings(os.environ, dotenv=DOTENV, overrides={"data_dir": data_dir})
        reading = replace(reading, settings=as_it_runs(reading.settings))
        deployment = Deployment(reading, url or implied_url(reading.settings), DOTENV, backups)
        findings = []
        for finding in examine(deployment):
            findings.append(finding)
            if not as_json:
                _show(finding)
    except ModuleNotFoundError as missing:
        raise incomplete(missing) from None
    if as_json:
        click.echo(json.dumps([_to_json(finding) for finding in findings]))
    counts = Counter(finding.outcome for finding in findings)
    if not as_json and counts[Outcome.PASS] < len(findings):
        say(f"{counts[Outcome.FAIL]} failed, {counts[Outcome.WARN]} to look at")
    raise SystemExit(1 if counts[Outcome.FAIL] else 0)


def _show(finding: "Finding") -> None:
    say(f"{finding.outcome.value}  {finding.check}: {clean_text(finding.found)}")
    if finding.cure:
        say(f"      -> {clean_text(finding.cure)}")


def _to_json(finding: "Finding") -> dict[str, str | None]:
    return {
        "outcome": finding.outcome.value,
        "check": finding.check,
        "found": finding.found,
        "cure": finding.cure,
    }
