"""``rachel export``: print the record of a finished game."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from rachel.commands.game_files import say_json
from rachel.text import clean_text
from rachel_server.commands.host_database import data_option
from rachel_server.commands.stored_games import ask_store

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from rachel.formats.record import GameRecord
    from rachel_server.store.games import GameSummary

# Why a game that is not finished cannot be exported, by its status.
_WHY_NOT: Final = {
    "playing": "is still being played: its seed is secret until it ends",
    "abandoned": "was given up before it ended: it has no result to prove",
    "quarantined": "was set aside before it ended: it has no result to prove",
}
_CANDIDATES_MAX: Final = 5


@click.command("export")
@click.argument("game", metavar="ID")
@data_option
def command(game: str, data_dir: Path | None) -> None:
    """Print the record of the finished game ID as JSON, for `rachel verify` and `rachel replay`.

    ID is what `rachel games` shows. The room code or the 16-bit id that clients see will do, too,
    when only one finished game has it.

    \b
    Examples:
      rachel export K3J9X2M4Q8ZP > game.json
      rachel export ABCD --data DIR | rachel verify -
    """
    record = ask_store(data_dir, lambda engine: _find(engine, clean_text(game)))
    say_json(record.to_json())


async def _find(engine: "AsyncEngine", name: str) -> "GameRecord":
    """Return the record of the one finished game that goes by ``name``.

    Raises:
        click.ClickException: there is none, or more than one, or it cannot be read.
    """
    from rachel_server.store.games import find_games
    from rachel_server.store.records import load_record
    from rachel_server.store.refusal import UnreadableGame

    game = _only_finished(name, await find_games(engine, name))
    try:
        record = await load_record(engine, game.game)
    except UnreadableGame as error:
        raise click.ClickException(f"game {game.game} cannot be read: {error}") from None
    assert record is not None
    return record


def _only_finished(name: str, found: "list[GameSummary]") -> "GameSummary":
    if not found:
        raise click.ClickException(f"no game goes by {name!r}; rachel games lists those there are")
    finished = [game for game in found if game.status.value == "finished"]
    if len(finished) == 1:
        return finished[0]
    if finished:
        some = ", ".join(f"{game.game} ({_day(game)})" for game in finished[:_CANDIDATES_MAX])
        more = ", ..." if len(finished) > _CANDIDATES_MAX else ""
        raise click.ClickException(
            f"{len(finished)} finished games go by {name!r}, choose one: {some}{more}"
        )
    raise click.ClickException(f"game {found[0].game} {_WHY_NOT[found[0].status.value]}")


def _day(game: "GameSummary") -> str:
    return f"{datetime.fromtimestamp(game.started_at, UTC):%Y-%m-%d %H:%M}"
