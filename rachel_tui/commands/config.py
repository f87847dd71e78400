"""``rachel config``: which settings hold, and why."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from rachel_tui.commands.chosen import chosen

if TYPE_CHECKING:
    from rachel_tui.keep.settings_sources import Loaded


@click.command()
@click.option("--path", "show_path", is_flag=True, help="Print where your file of settings is.")
@click.option("--init", is_flag=True, help="Write the file, with every setting explained in it.")
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON.")
@click.option("--plain", is_flag=True, help="Sentences, for screen readers, instead of columns.")
def command(show_path: bool, init: bool, as_json: bool, plain: bool) -> None:
    """Show which settings hold, and why: default, file, variable.

    Settings are changed in the client (the key is ,) or in the file. A variable such as
    RACHEL_THEME counts more than the file, and an option such as --theme more than both.

    \b
    Examples:
      rachel config
      rachel config --plain
      RACHEL_SORT=suit rachel config
      rachel config --init && ${EDITOR:-vi} "$(rachel config --path)"
    """
    from dataclasses import asdict

    from rachel_tui.keep.settings_file import default_path, write_file
    from rachel_tui.themes import theme_problems

    path = default_path()
    if init:
        if path.exists():
            raise click.ClickException(f"there is a file already: {path}")
        try:
            write_file(path, {})
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error.strerror}") from None
    if show_path or init:
        click.echo(path)
        return
    found = chosen()
    problems = [*found.problems, *theme_problems(found.settings)]
    if as_json:
        values = asdict(found.settings)
        told = {"path": str(path), "settings": values, "sources": dict(found.sources)}
        click.echo(json.dumps({**told, "problems": problems}, indent=2))
    else:
        for line in (_sentences if plain else _rows)(found):
            click.echo(line)
        for problem in problems:
            click.echo(problem, err=True)
    sys.exit(1 if problems else 0)


def _rows(found: "Loaded") -> Iterator[str]:
    for name, source in found.sources.items():
        value = getattr(found.settings, name)
        yield f"{name:<13} {_shown(value):<13} {source}"
    for action, keys in found.settings.keys.items():
        yield f"keys.{action} {keys} file"


def _sentences(found: "Loaded") -> Iterator[str]:
    from rachel_tui.keep.settings import SETTINGS, value_text

    said = {"default": "the default", "file": "from your file"}
    for setting in SETTINGS:
        value = value_text(getattr(found.settings, setting.name))
        source = found.sources[setting.name]
        yield f"{setting.name}: {value}, {said.get(source, f'from {source}')}. {setting.about}"
    for action, keys in found.settings.keys.items():
        yield f"Key of {action}: {keys}, from your file."


def _shown(value: str | bool | float | None) -> str:
    """Return a value as it stands in the file, without quotes."""
    if value is None:
        return "auto"
    return str(value).lower() if isinstance(value, bool) else str(value) or "(none)"
