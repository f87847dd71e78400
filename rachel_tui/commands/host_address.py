"""Where a host is, for the commands that sit down at its tables."""

from typing import Final

import click

from rachel.address import DEFAULT_PORT, DEFAULT_TLS_PORT, parse_address

tls_option: Final = click.option(
    "--tls",
    is_flag=True,
    help=f"Connect inside TLS, to port {DEFAULT_TLS_PORT} unless you name another.",
)
"""The option ``--tls`` of every such command."""


def host_address(text: str, *, tls: bool) -> tuple[str, int]:
    """Return the host and the port that HOST[:PORT] names.

    Raises:
        click.UsageError: it names none.
    """
    try:
        return parse_address(text, DEFAULT_TLS_PORT if tls else DEFAULT_PORT)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
