"""Reads files that tell of games, which may come from strangers; prints lines and JSON."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

import click

from rachel.formats.action_log import ActionLog
from rachel.formats.json_shapes import ReplayError, load, looks_rounded
from rachel.formats.record import GameRecord
from rachel.formats.replay import ReplayTrace

Document: TypeAlias = ReplayTrace | ActionLog | GameRecord

FILE_BYTES_MAX: Final = 16 * 1024 * 1024
"""A larger file is refused: it would hold more than 100,000 turns."""


def read_game(file: str) -> Document:
    """Return what a file tells of a game; ``-`` is standard input.

    Raises:
        click.ClickException: the file cannot be read, or tells of no game.
    """
    shown = "standard input" if file == "-" else click.format_filename(file)
    try:
        value = load(_read(file))
        if looks_rounded(value):
            raise ReplayError(
                "its 64-bit numbers look rounded, as jq and JavaScript round them: "
                "nothing can be checked; take the file as it was before"
            )
        return _parse(value)
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
    if file == "-":
        data = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
    else:
        with Path(file).open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise ReplayError(f"not a game: larger than {FILE_BYTES_MAX // 1024**2} MB")
    return data


def _parse(value: object) -> Document:
    """Read the document as the kind that its fields show it to be."""
    if isinstance(value, dict) and "replay" in value:
        return GameRecord.from_json(value)
    if isinstance(value, dict) and "initialSnapshotHex" in value:
        return ActionLog.from_json(value)
    return ReplayTrace.from_json(value)
