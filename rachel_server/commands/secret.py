"""``rachel secret``: a key for SECRET_KEY_BASE."""

import click


@click.command()
def command() -> None:
    """Print a fresh key for SECRET_KEY_BASE, 86 random characters.

    It signs cookies and links. Keep it to the server, and keep it: with another key, everybody has
    to log in again.

    \b
    Examples:
      rachel secret
      echo "SECRET_KEY_BASE=$(rachel secret)" >> .env
      fly secrets set SECRET_KEY_BASE="$(rachel secret)"
    """
    from rachel_server.ops.secrets import fresh_secret

    click.echo(fresh_secret())
