"""Rows of the database's tables that are written together."""

from typing import Any, Final, TypeAlias

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

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what `pickle` makes them anew from; without it the compiled form has nothing."""
        lists = (self.games, self.seats, self.actions, self.tokens, self.ends, self.places)
        return rows_of, lists

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


def rows_of(
    games: list[Row],
    seats: list[Row],
    actions: list[ActionRow],
    tokens: list[Row],
    ends: list[Row],
    places: list[Row],
) -> Rows:
    """Return rows that consist of these lists; see `Rows`."""
    rows = Rows()
    rows.games, rows.seats, rows.actions = games, seats, actions
    rows.tokens, rows.ends, rows.places = tokens, ends, places
    return rows
