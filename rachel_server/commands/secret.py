"""``rachel secret``: a key for SECRET_KEY_BASE."""

import click


@click.command()
def command() -> None:
    """Print a fresh key for SECRET_KEY_BASE, 86 random characters.

    It signs the forms of the pages for accounts, so that no other site can send them. Keep it to
    the server. With another key nobody is logged out: pages that are open must be reloaded before
    their forms can be sent.

    \b
    Examples:
      rachel secret
      echo "SECRET_KEY_BASE=$(rachel secret)" >> .env
      fly secrets set SECRET_KEY_BASE="$(rachel secret)"
    """
    from rachel_server.ops.secrets import fresh_secret

    click.echo(fresh_secret())
