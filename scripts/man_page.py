"""Makes the manual page ``man/rachel.1`` of the help that the commands give.

Run it where the help of a command has changed: ``python scripts/man_page.py``.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from rachel import __version__
from rachel.cli import main

PAGE: Final = Path(__file__).parents[1] / "man" / "rachel.1"


def man_page() -> str:
    """Return the page, in the man macros of troff."""
    ctx = click.Context(main, info_name="rachel")
    lines = [
        f'.TH RACHEL 1 "" "Rachel {__version__}" "Rachel"',
        ".SH NAME",
        r"rachel \- the card game, in your terminal",
        ".SH SYNOPSIS",
        r".B rachel",
        r"[\fICOMMAND\fR] [\fIOPTIONS\fR]",
        ".SH DESCRIPTION",
        *_prose(main),
        ".SH COMMANDS",
    ]
    for name in main.list_commands(ctx):
        command = main.get_command(ctx, name)
        assert command is not None
        lines += _command(command, click.Context(command, ctx, info_name=name))
    return "\n".join(lines) + "\n"


def _command(command: click.Command, ctx: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield f'.SS "rachel {_text(ctx.info_name or "")} {_text(usage)}"'
    yield from _prose(command)
    for parameter in command.params:  # without --help, which all of them have
        record = parameter.get_help_record(ctx)
        if record is not None and isinstance(parameter, click.Option):
            yield ".TP"
            yield rf"\fB{_text(record[0])}\fR"
            yield _text(record[1])


def _prose(command: click.Command) -> Iterator[str]:
    """Yield a command's help; what it keeps in lines of its own stays so."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        kept = paragraph.startswith("\b")
        yield ".PP"
        if kept:
            yield from (".nf", *map(_text, paragraph.splitlines()[1:]), ".fi")
        else:
            yield _text(" ".join(paragraph.split()))


def _text(text: str) -> str:
    """Return a text that troff shows as it is."""
    shown = re.sub(r"[\\-]", lambda it: r"\(rs" if it[0] == "\\" else r"\-", text)
    return rf"\&{shown}" if shown.startswith((".", "'")) else shown


if __name__ == "__main__":
    PAGE.write_text(man_page(), encoding="utf-8")
