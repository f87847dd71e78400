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
from rachel_tui.keep.settings import SETTINGS

_FILES: Final = {
    "~/.config/rachel/rachel.toml": "Your settings: rachel config --init writes it, explained.",
    "~/.config/rachel/logins.json": "Where you are logged in. Only you can read it.",
    "~/.local/share/rachel/": "Games, replays, seats that are kept for you, and hosts you know.",
    "~/.local/share/rachel/server/": "The games of a server, unless it is told another folder.",
}
_VARIABLES: Final = (
    "They count more than the file of settings. XDG_CONFIG_HOME and XDG_DATA_HOME move ~/.config "
    "and ~/.local/share; on macOS and Windows the folders are those of the system. The variables "
    "of a server are explained in .env.example."
)
_STATUS: Final = (
    "0 when all went well, 1 when something failed, which is said in a line, 2 when the command "
    "was not understood."
)
_COMPLETION: Final = (
    "A line in the start file of your shell completes commands, options and hosts; for bash, zsh "
    "and fish:"
)
_COMPLETION_LINES: Final = (
    'eval "$(_RACHEL_COMPLETE=bash_source rachel)"',
    'eval "$(_RACHEL_COMPLETE=zsh_source rachel)"',
    "_RACHEL_COMPLETE=fish_source rachel | source",
)
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
    lines += _about_the_player()
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


def _about_the_player() -> Iterator[str]:
    """Yield the sections about what is kept for a player, and what all commands have in common."""
    yield ".SH FILES"
    for file, about in _FILES.items():
        yield from (".TP", rf"\fI{_text(file)}\fR", _text(about))
    yield ".SH ENVIRONMENT"
    for setting in SETTINGS:
        yield from (".TP", rf"\fB{_text(setting.variable)}\fR", _text(setting.about))
    yield ".PP"
    yield _text(_VARIABLES)
    yield from (".SH EXIT STATUS", _text(_STATUS))
    yield ".SH COMPLETION"
    yield from (_text(_COMPLETION), ".PP", ".nf", *map(_text, _COMPLETION_LINES), ".fi")


def _prose(command: click.Command) -> Iterator[str]:
    """Yield a command's help; what it keeps in lines of its own stays so."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        kept = paragraph.startswith("\b")
        yield ".PP"
        if kept:
            yield from (".nf", *map(_text, paragraph.splitlines()[1:]), ".fi")
        else:
            yield _text(" ".join(paragraph.split()))


def _escaped(found: re.Match[str]) -> str:
    known = {"\\": r"\(rs", "-": r"\-"}
    return known.get(found[0]) or rf"\[u{ord(found[0]):04X}]"


def _text(text: str) -> str:
    """Return a text that troff shows as it is."""
    shown = re.sub(r"[\\-]|[^\x00-\x7f]", _escaped, text)
    return rf"\&{shown}" if shown.startswith((".", "'")) else shown


if __name__ == "__main__":
    PAGE.write_text(man_page(), encoding="utf-8")
