"""Reads files that tell of games, which may come from strangers; prints lines and JSON."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from rachel.formats.document import DOCUMENT_BYTES_MAX, Document, read_document
from rachel.formats.json_shapes import ReplayError


def read_game(file: str) -> Document:
    """Return what a file tells of a game; ``-`` is standard input.

    Raises:
        click.ClickException: the file cannot be read, or tells of no game.
    """
    shown = "standard input" if file == "-" else click.format_filename(file)
    try:
        return read_document(_read(file))
    except OSError as error:
        raise click.ClickException(f"cannot read {shown}: {error.strerror or error}") from None
    except ReplayError as error:
        raise click.ClickException(f"{shown}: {error}") from None


def say(line: str) -> None:
    """Print a line; what the terminal's encoding lacks becomes a question mark."""
    encoding = sys.stdout.encoding or "ascii"
    click.echo(line.encode(encoding, "replace").decode(encoding))


def say_json(value: Mapping[str, object]) -> None:
    """Print an object on one line of ASCII."""
    click.echo(json.dumps(value))


def _read(file: str) -> bytes:
    """Return a file's bytes, one more than are allowed at most."""
    if file == "-":
        return sys.stdin.buffer.read(DOCUMENT_BYTES_MAX + 1)
    with Path(file).open("rb") as stream:
        return stream.read(DOCUMENT_BYTES_MAX + 1)
