"""``rachel verify``: check that a finished game was dealt fairly and played by the rules."""

import click

from rachel.commands.game_files import read_game, say, say_json
from rachel.formats.record import Check, GameRecord, VerifyError, checks


@click.command("verify")
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(file: str, as_json: bool) -> None:
    """Check the record of a finished game in FILE (- reads standard input).

    Before the first card the server announced a hash of the seed and a nonce; the record holds
    all three. The seed gives the deal, the actions give the rest: every state hash and every
    place is computed again here. Exit 0 when all of it is true, else 1.

    \b
    Examples:
      rachel verify game.json
      rachel export ID | rachel verify -
    """
    record = read_game(file)
    if not isinstance(record, GameRecord):
        raise click.ClickException(
            "this game has no proof of its deal; check its moves with: rachel replay --verify FILE"
        )
    passed: list[Check] = []
    try:
        for check in checks(record):
            passed.append(check)
            if not as_json:
                say(f"ok  {check.name}: {check.text}")
    except VerifyError as error:
        if not as_json:
            raise click.ClickException(f"not verified, {error}") from None
        say_json({"verified": False, "checks": _names(passed), "failed": error.check,
                  "message": str(error)})  # fmt: skip
        raise SystemExit(1) from None
    if as_json:
        say_json({"verified": True, "checks": _names(passed)})
    else:
        say("verified")


def _names(passed: list[Check]) -> list[str]:
    return [check.name for check in passed]
