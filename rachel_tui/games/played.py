"""What is remembered of each game that was played to its end, and what that adds up to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from rachel.rules.cards import ACE, JACK, QUEEN, RANK_LETTERS
from rachel.rules.game import MAX_SEATS, MIN_SEATS
from rachel.text import clean_name

SPECIAL: Final = tuple(RANK_LETTERS[rank] for rank in (2, 7, JACK, QUEEN, ACE))
"""The ranks that do something, as cards show them."""

_WHERE_MAX: Final = 80
_COUNT_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class PlayedGame:
    """A game of the player's own.

    Attributes:
        at: when it ended, UTC, ISO 8601.
        where: the host, or ``solo``.
        names: the players by place, the winner first, cleaned.
        bots: the places in ``names`` of the host's bots.
        me: the player's place in ``names``, from 0.
        cards: how many special cards the player played, by rank.
        drawn: how many cards they drew.
        turns: how many turns the game had.
    """

    at: str
    where: str
    names: tuple[str, ...]
    bots: tuple[int, ...]
    me: int
    cards: Mapping[str, int]
    drawn: int
    turns: int

    @property
    def seats(self) -> int:
        """How many played."""
        return len(self.names)

    @property
    def won(self) -> bool:
        """Whether the player went out first."""
        return self.me == 0

    @property
    def lost(self) -> bool:
        """Whether the player was left with cards."""
        return self.me == self.seats - 1

    @property
    def score(self) -> float:
        """How well it went: 1 for the first place, 0 for the last."""
        return 1 - self.me / (self.seats - 1)

    def to_json(self) -> dict[str, Any]:
        """Return the game as a JSON object."""
        return {**asdict(self), "names": list(self.names), "bots": list(self.bots)}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the game that a JSON value describes.

        Raises:
            ValueError: it describes none.
        """
        match value:
            case {
                "at": str(at),
                "where": str(where),
                "names": list(names),
                "bots": list(bots),
                "me": int(me),
                "cards": dict(cards),
                "drawn": int(drawn),
                "turns": int(turns),
            } if (
                MIN_SEATS <= len(names) <= MAX_SEATS
                and all(isinstance(name, str) for name in names)
                and all(isinstance(bot, int) and 0 <= bot < len(names) for bot in bots)
                and 0 <= me < len(names)
                and all(_is_count(count) for count in (drawn, turns, *cards.values()))
            ):
                datetime.fromisoformat(at)
                return cls(
                    at,
                    clean_name(where[:_WHERE_MAX]),
                    tuple(clean_name(name) for name in names),
                    tuple(bots),
                    me,
                    {rank: cards.get(rank, 0) for rank in SPECIAL},
                    drawn,
                    turns,
                )
        raise ValueError("no game")


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody the player has met.

    Attributes:
        name: who.
        games: how many games they both played in.
        ahead: in how many of them the player came out ahead.
    """

    name: str
    games: int
    ahead: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What some games add up to.

    Attributes:
        games: how many there are.
        won: in how many the player went out first; ``lost``: in how many they were last.
        places: how often each place was taken, the first place at the front.
        streak: how many of the latest games in a row were won, or, below zero, not won.
        best_streak: the most games that were won in a row.
        rivals: who was met, the most often first.
        cards: special cards played, by rank.
        drawn: cards drawn in all.
        scores: how well each game went, from 0 to 1, the oldest first.
    """

    games: int
    won: int
    lost: int
    places: tuple[int, ...]
    streak: int
    best_streak: int
    rivals: tuple[Rival, ...]
    cards: Mapping[str, int]
    drawn: int
    scores: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as a JSON object."""
        return {
            "games": self.games,
            "won": self.won,
            "lost": self.lost,
            "places": list(self.places),
            "streak": self.streak,
            "bestStreak": self.best_streak,
            "rivals": [asdict(rival) for rival in self.rivals],
            "cards": dict(self.cards),
            "drawn": self.drawn,
        }


def statistics(games: Sequence[PlayedGame]) -> Statistics:
    """Return what ``games`` add up to, the oldest first."""
    places = Counter(game.me for game in games)
    met: Counter[str] = Counter()
    ahead: Counter[str] = Counter()
    cards: Counter[str] = Counter()
    streak = best = 0
    for game in games:
        for place, name in enumerate(game.names):
            if place != game.me:
                met[name] += 1
                ahead[name] += place > game.me
        cards.update(game.cards)
        streak = max(streak, 0) + 1 if game.won else min(streak, 0) - 1
        best = max(best, streak)
    return Statistics(
        games=len(games),
        won=places[0],
        lost=sum(game.lost for game in games),
        places=tuple(places[place] for place in range(max(places, default=-1) + 1)),
        streak=streak,
        best_streak=best,
        rivals=tuple(Rival(name, count, ahead[name]) for name, count in met.most_common()),
        cards={rank: cards[rank] for rank in SPECIAL},
        drawn=sum(game.drawn for game in games),
        scores=tuple(game.score for game in games),
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= _COUNT_MAX
