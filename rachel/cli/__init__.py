"""The ``rachel`` command. Every subcommand is a module of its own, imported only when it is run.

``rachel --help`` and ``rachel --version`` therefore start in a blink.
"""

import importlib
from typing import Final

import click

from rachel import __version__

# Command: (module, the line that `rachel --help` shows, so that it need not import the module).
_COMMANDS: Final = {
    "play": ("rachel.cli.play", "Play: alone against bots, or at a HOST's tables."),
    "login": ("rachel.cli.login", "Log in at a HOST, to play there as your account."),
    "logout": ("rachel.cli.logout", "Log out at a HOST."),
    "whoami": ("rachel.cli.whoami", "Show where you are logged in, and your rating there."),
    "serve": ("rachel.cli.serve", "Host tables for others."),
    "secret": ("rachel.cli.secret", "Print a fresh key for SECRET_KEY_BASE."),
    "migrate": ("rachel.cli.migrate", "Bring the database to the schema this Rachel needs."),
    "rollback": ("rachel.cli.rollback", "Take migrations of the database back."),
    "backup": ("rachel.cli.backup", "Write a copy of the database to a file."),
    "restore": ("rachel.cli.restore", "Put a backup back in place."),
    "doctor": ("rachel.cli.doctor", "Look a deployment over, and say what to mend."),
    "bot": ("rachel.cli.bot", "Seat a bot at a HOST's table."),
    "simulate": ("rachel.cli.simulate", "Let bots play each other and count places."),
    "games": ("rachel.cli.games", "List the games a server has stored."),
    "export": ("rachel.cli.export", "Print the record of a finished game."),
    "replay": ("rachel.cli.replay", "Replay a trace or log and check its hashes."),
    "verify": ("rachel.cli.verify", "Check that a finished game was dealt fairly."),
}


class _LazyCommands(click.Group):
    """A group that imports a subcommand's module only to run it or to print its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group(cls=_LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rachel")
def main() -> None:
    """Rachel, the card game, in your terminal.

    \b
    Examples:
      rachel play                     against three bots, right now
      rachel play example.org         with people, at somebody's server
      rachel login example.org        to play there as your account
      rachel serve                    host tables on this machine
    """
