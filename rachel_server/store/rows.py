"""Journal entries as rows of the tables."""

from typing import Any, Final, TypeAlias

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

Row: TypeAlias = dict[str, Any]
ActionRow: TypeAlias = tuple[str, int, int, str, int]
"""Of an action: game, turn, seat, text and state hash. Most rows are of this kind."""

# Where to find the game in the rows of each list of `Rows`.
_GAME_KEYS: Final[tuple[tuple[str, Any], ...]] = (
    ("games", "id"),
    ("seats", "game"),
    ("actions", 0),
    ("tokens", "of_game"),
    ("ends", "of_game"),
    ("places", "of_game"),
)


class Rows:
    """What some entries change, table by table, in the order in which it must be written.

    That order is also the order of a game's own entries: its start, its actions, its end.

    Attributes:
        games: new rows of ``games``.
        seats: new rows of ``seats``; ``of_account`` is the account, which may be gone by now.
        actions: new rows of ``actions``.
        tokens: what changes in ``seats``; ``of_game`` and ``of_seat`` are the key.
        ends: what changes in ``games``; ``of_game`` is the id.
        places: what changes in ``seats``; ``of_game`` and ``of_seat`` are the key.
    """

    __slots__ = ("actions", "ends", "games", "places", "seats", "tokens")

    def __init__(self) -> None:
        self.games: list[Row] = []
        self.seats: list[Row] = []
        self.actions: list[ActionRow] = []
        self.tokens: list[Row] = []
        self.ends: list[Row] = []
        self.places: list[Row] = []

    def __len__(self) -> int:
        return (
            len(self.games)
            + len(self.seats)
            + len(self.actions)
            + len(self.tokens)
            + len(self.ends)
            + len(self.places)
        )

    @property
    def only_actions(self) -> bool:
        """Whether there is nothing but new rows of ``actions``."""
        return len(self) == len(self.actions)

    def add(self, entry: Entry) -> None:
        """Add what one entry changes.

        Raises:
            ValueError: the entry holds an action that does not exist; nothing is added.
            OverflowError: a seed is not an unsigned 64-bit integer; nothing is added.
        """
        if isinstance(entry, ActionTaken):
            text = encode_action(entry.action)
            self.actions.append((entry.game, entry.turn, entry.seat, text, entry.state_hash))
        elif isinstance(entry, GameStarted):
            self._add_start(entry)
        elif isinstance(entry, TokenChanged):
            self.tokens.append(
                {"of_game": entry.game, "of_seat": entry.seat, "token_hash": entry.token_hash}
            )
        else:
            self._add_end(entry)

    def _add_start(self, start: GameStarted) -> None:
        self.games.append(
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
            self.seats.append(
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

    def _add_end(self, end: GameEnded) -> None:
        self.ends.append({"of_game": end.game, "status": end.status.value, "finished_at": end.at})
        for place, seat in enumerate(end.places, start=1):
            self.places.append(
                {
                    "of_game": end.game,
                    "of_seat": seat,
                    "place": place,
                    "cards_left": _of_seat(end.cards_left, seat),
                    "attack_dealt": _of_seat(end.attack_dealt, seat),
                    "attack_taken": _of_seat(end.attack_taken, seat),
                }
            )

    def extend(self, other: "Rows") -> None:
        """Add all that ``other`` holds behind what is here."""
        self.games += other.games
        self.seats += other.seats
        self.actions += other.actions
        self.tokens += other.tokens
        self.ends += other.ends
        self.places += other.places

    def remove(self, game: str) -> bool:
        """Take everything of one game out; tell whether there was anything."""
        before = len(self)
        for name, key in _GAME_KEYS:
            rows: list[Any] = getattr(self, name)
            rows[:] = [row for row in rows if row[key] != game]
        return len(self) < before

    def by_game(self) -> dict[str, "Rows"]:
        """Return the rows of each game on their own, games in order of first appearance."""
        parts: dict[str, Rows] = {}
        for name, key in _GAME_KEYS:
            for row in getattr(self, name):
                part = parts.setdefault(row[key], Rows())
                getattr(part, name).append(row)
        return parts


def _of_seat(values: tuple[int, ...], seat: int) -> int | None:
    """Return a seat's value of those that an end has for each seat, or for none."""
    return values[seat] if values else None
