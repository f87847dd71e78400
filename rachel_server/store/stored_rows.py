"""A stored game, from the rows that hold it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rachel.rules.deal_proof import commitment
from rachel_server.core.entries import ActionTaken, GameStarted, GameStatus, SeatEntry, StoredGame
from rachel_server.store.action_text import decode_action
from rachel_server.store.refusal import UnreadableGame


class ColumnType(NamedTuple):
    """What a column is for: the type of its values, and whether it may be empty."""

    name: str
    type: type
    nullable: bool


def require_types(
    game: str, columns: Iterable[ColumnType], rows: Iterable[Mapping[str, object]]
) -> None:
    """Make sure that rows of a game hold what their columns are for: SQLite stores anything.

    Raises:
        UnreadableGame: one does not.
    """
    columns = tuple(columns)
    for row in rows:
        for name, wanted, nullable in columns:
            value = row[name]
            if not isinstance(value, wanted) and not (nullable and value is None):
                raise UnreadableGame(game, f"its {name} cannot be read")


def stored_game(
    game: Mapping[str, Any], sitting: Sequence[Mapping[str, Any]], rows: Iterable[Sequence[Any]]
) -> StoredGame:
    """Return the game that is in these rows; whether it replays, its table will find out.

    Args:
        game: the row of the game, whose types are right, as those of the next.
        sitting: the rows of its seats in order.
        rows: the rows of its actions in order: turn, seat, action and state hash.

    Raises:
        UnreadableGame: the rows are none that Rachel wrote.
    """
    name = game["id"]
    if [seat["seat"] for seat in sitting] != list(range(len(sitting))):
        raise UnreadableGame(name, "a seat is missing")
    if commitment(game["seed"], game["nonce"]) != game["commitment"]:
        raise UnreadableGame(name, "its secret is not the one that was announced")
    taken = []
    for turn, seat, text, state_hash in rows:  # by name they would take three times as long
        try:
            taken.append(ActionTaken(name, turn, seat, decode_action(text), state_hash))
        except ValueError as error:
            raise UnreadableGame(name, f"turn {turn}: {error}") from None
    start = GameStarted(
        game=name,
        game_id=game["game_id"],
        room=game["room"],
        public=game["public"],
        seed=game["seed"],
        nonce=game["nonce"],
        turn_time_s=game["turn_time_s"],
        bot_level=game["bot_level"],
        seats=tuple(
            SeatEntry(
                name=seat["name"],
                bot_level=seat["bot_level"],
                token_hash=seat["token_hash"],
                platform=seat["platform"],
                look=seat["look"],
                account=seat["account"],
            )
            for seat in sitting
        ),
        at=game["started_at"],
        watch=game["watch"] is not False,
    )
    return StoredGame(start, tuple(taken), GameStatus(game["status"]), end=None)
