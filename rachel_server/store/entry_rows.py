"""Journal entries as rows of the tables."""

from rachel.rules.deal_proof import commitment
from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    TokenChanged,
)
from rachel_server.store.action_text import encode_action
from rachel_server.store.rows import Rows


def add_entry(rows: Rows, entry: Entry) -> None:
    """Add what one entry changes to rows.

    Raises:
        ValueError: the entry holds an action that does not exist; nothing is added.
        OverflowError: a seed is not an unsigned 64-bit integer; nothing is added.
    """
    if isinstance(entry, ActionTaken):
        text = encode_action(entry.action)
        rows.actions.append((entry.game, entry.turn, entry.seat, text, entry.state_hash))
    elif isinstance(entry, GameStarted):
        _add_start(rows, entry)
    elif isinstance(entry, TokenChanged):
        rows.tokens.append(
            {"of_game": entry.game, "of_seat": entry.seat, "token_hash": entry.token_hash}
        )
    else:
        _add_end(rows, entry)


def _add_start(rows: Rows, start: GameStarted) -> None:
    rows.games.append(
        {
            "id": start.game,
            "game_id": start.game_id,
            "room": start.room,
            "public": start.public,
            "status": GameStatus.PLAYING.value,
            "seed": start.seed,
            "nonce": start.nonce,
            "commitment": commitment(start.seed, start.nonce),
            "turn_time_s": start.turn_time_s,
            "bot_level": start.bot_level,
            "started_at": start.at,
            "watch": start.watch,
        }
    )
    for number, seat in enumerate(start.seats):
        rows.seats.append(
            {
                "game": start.game,
                "seat": number,
                "name": seat.name,
                "bot_level": seat.bot_level,
                "token_hash": seat.token_hash,
                "platform": seat.platform,
                "look": seat.look,
                "of_account": seat.account,
            }
        )


def _add_end(rows: Rows, end: GameEnded) -> None:
    rows.ends.append({"of_game": end.game, "status": end.status.value, "finished_at": end.at})
    for place, seat in enumerate(end.places, start=1):
        rows.places.append(
            {
                "of_game": end.game,
                "of_seat": seat,
                "place": place,
                "cards_left": _of_seat(end.cards_left, seat),
                "attack_dealt": _of_seat(end.attack_dealt, seat),
                "attack_taken": _of_seat(end.attack_taken, seat),
            }
        )


def _of_seat(values: tuple[int, ...], seat: int) -> int | None:
    """Return a seat's value of those that an end has for each seat, or for none."""
    return values[seat] if values else None
