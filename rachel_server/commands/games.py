"""``rachel games``: list the games a server has stored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rachel.commands.game_files import say, say_json
from rachel.formats.json_shapes import JsonObject
from rachel.text import clean_name
from rachel_server.commands.host_database import data_option
from rachel_server.commands.stored_games import ask_store

if TYPE_CHECKING:
    from rachel_server.store.games import GameSummary


@click.command("games")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(data_dir: Path | None, as_json: bool) -> None:
    """List the games a server has stored, the latest first.

    Works while the server runs. Players stand in the order in which they finished, else in that
    of their seats. A game's ID is what `rachel export` takes.

    \b
    Examples:
      rachel games
      rachel games --data DIR --json
    """
    from rachel_server.store.games import list_games

    listed = ask_store(data_dir, list_games)
    if as_json:
        say_json({"games": [_to_json(game) for game in listed]})
    elif not listed:
        say("no games yet")
    else:
        for line in table(listed):
            say(line)


def table(listed: "list[GameSummary]") -> list[str]:
    """Return the lines of a table of games; the first one names the columns."""
    rows = [("ID", "ROOM", "PHASE", "STARTED (UTC)", "TURNS", "PLAYERS")]
    rows += [
        (
            game.game,
            game.room,
            game.status.value,
            f"{_time(game.started_at):%Y-%m-%d %H:%M}",
            str(game.turns),
            _players(game),
        )
        for game in listed
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return [
        f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:{widths[2]}}  "
        f"{row[3]:{widths[3]}}  {row[4]:>{widths[4]}}  {row[5]}"
        for row in rows
    ]


def _players(game: "GameSummary") -> str:
    """Return the names: ``1 Ann, 2 Bot Eve`` by place, ``Ann, Bot Eve`` by seat."""
    names = [clean_name(seat.name) for seat in game.seats]
    if not game.places:
        return ", ".join(names)
    return ", ".join(f"{place} {names[seat]}" for place, seat in enumerate(game.places, start=1))


def _to_json(game: "GameSummary") -> JsonObject:
    return {
        "id": game.game,
        "gameId": game.game_id,
        "room": game.room,
        "phase": game.status.value,
        "commitment": game.commitment,
        "seats": [{"name": seat.name, "bot": seat.bot_level} for seat in game.seats],
        "places": list(game.places),
        "turns": game.turns,
        "startedAt": _json_time(game.started_at),
        "finishedAt": None if game.finished_at is None else _json_time(game.finished_at),
    }


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _json_time(seconds: float) -> str:
    return _time(seconds).isoformat().replace("+00:00", "Z")
