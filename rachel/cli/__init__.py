"""The ``rachel`` command: finds a subcommand by its name and imports its module to run it.

``rachel --help`` and ``rachel --version`` import none of them, and so start fast.
"""

import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from rachel import __version__

# By what they are for. Command: (the package whose module `commands.NAME` it is, the line that
# `rachel --help` shows).
_SECTIONS: Final = {
    "Play": {
        "play": ("rachel_tui", "Play: alone against bots, or at a HOST's tables."),
        "learn": ("rachel_tui", "Learn the game by playing, in twelve minutes."),
        "watch": ("rachel_tui", "Watch a table at a HOST."),
        "view": ("rachel_tui", "Look at a recorded game, step by step."),
        "stats": ("rachel_tui", "Show what your games add up to."),
        "login": ("rachel_tui", "Log in at a HOST, to play there as your account."),
        "logout": ("rachel_tui", "Log out at a HOST."),
        "whoami": ("rachel_tui", "Show where you are logged in, and your rating there."),
        "config": ("rachel_tui", "Show which settings hold, and why."),
    },
    "Host": {
        "serve": ("rachel_server", "Host tables for others."),
        "doctor": ("rachel_server", "Look a deployment over, and say what to mend."),
        "backup": ("rachel_server", "Write a copy of the database to a file."),
        "restore": ("rachel_server", "Put a backup back in place."),
        "migrate": ("rachel_server", "Bring the database to the schema this Rachel needs."),
        "rollback": ("rachel_server", "Take migrations of the database back."),
        "secret": ("rachel_server", "Print a fresh key for SECRET_KEY_BASE."),
        "games": ("rachel_server", "List the games a server has stored."),
        "export": ("rachel_server", "Print the record of a finished game."),
    },
    "Bots and records": {
        "bot": ("rachel_tui", "Seat a bot at a HOST's table."),
        "simulate": ("rachel", "Let bots play each other and count places."),
        "replay": ("rachel", "Print a recorded game move by move, and check its hashes."),
        "verify": ("rachel", "Check that a finished game was dealt fairly."),
    },
}
_PACKAGES: Final = {
    name: package for some in _SECTIONS.values() for name, (package, _) in some.items()
}


_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Why a file or a device takes no more."""


@contextmanager
def _output_told() -> Iterator[None]:
    """Tell in a line that standard output takes no more, as on a disk that is full."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno not in _NO_ROOM:
            raise
        # What is still to be written goes nowhere, so that nothing complains at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.ClickException(f"cannot write the output: {error.strerror}") from None


def _like(typed: str) -> str:
    """Return the command that somebody may have meant, empty if none is like it."""
    import difflib

    return next(iter(difflib.get_close_matches(typed, _PACKAGES, n=1)), "")


class _LazyCommands(click.Group):
    """A group that imports a subcommand's module only to run it or to print its own help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; ``--help`` and ``--version`` write."""
        with _output_told():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _output_told():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_PACKAGES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _PACKAGES:
            return None
        package = _PACKAGES[cmd_name]
        gc.disable()  # what is imported stays: to look through it takes time and finds nothing
        command = importlib.import_module(f"{package}.commands.{cmd_name}").command
        gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(map(len, _PACKAGES))
        for section, commands in _SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl(
                    [(name.ljust(widest), line) for name, (_, line) in commands.items()]
                )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that arguments begin with; ``help`` stands for ``--help``."""
        if args[0] == "help":
            if not args[1:]:
                click.echo(ctx.get_help())
                ctx.exit()
            args = [args[1], "--help"]
        if args[0] not in _PACKAGES and (like := _like(args[0])):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {like}?")
        return super().resolve_command(ctx, args)


def _open_streams() -> None:
    """Put the null device where a standard stream is closed.

    Otherwise the next file that is opened gets its number: prompts would be read from a database,
    or a log written into it. Letters that the output lacks become question marks.
    """
    while (null := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # it stays open in place of a closed one
    os.close(null)
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from rachel.form import form

        click.echo(f"rachel, version {__version__} ({form()})")
        ctx.exit()


@click.group(
    cls=_LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.option(
    "--plain",
    is_flag=True,
    help="Lines instead of screens, for screen readers: rachel --plain.",
)
@click.pass_context
def main(ctx: click.Context, plain: bool) -> None:
    """Rachel, the card game, in your terminal.

    \b
    Examples:
      rachel                          home: play, learn, find friends
      rachel learn                    the game in twelve minutes
      rachel play example.org         with people, at somebody's server
      rachel login example.org        to play there as your account
      rachel serve                    host tables on this machine
      rachel help play                what a command can do
    """
    _open_streams()
    if plain and ctx.invoked_subcommand is not None:
        raise click.UsageError(f"say --plain last: rachel {ctx.invoked_subcommand} --plain")
    if ctx.invoked_subcommand is None:
        if not plain and not sys.stdin.isatty():
            click.echo(ctx.get_help())
            return
        play = main.get_command(ctx, "play")
        assert play is not None
        with play.make_context("play", ["--plain"] if plain else [], parent=ctx) as at_home:
            play.invoke(at_home)
