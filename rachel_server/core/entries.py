"""What a table asks the journal to remember: a game's start, its actions, its end.

A game is its seed and its actions: restoring one is replaying them, checked by the hashes.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, final

from rachel.rules.actions import Action

ABANDONED_KEPT_S: Final = 30 * 24 * 3600.0
"""How long an abandoned game is kept."""


class GameStatus(StrEnum):
    """Where a stored game stands."""

    PLAYING = "playing"
    FINISHED = "finished"
    ABANDONED = "abandoned"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class SeatEntry:
    """Who sits on a seat when the game starts.

    Attributes:
        name: as shown to everybody, at most 47 bytes of UTF-8.
        bot_level: the level of a bot that owns the seat, or None for a person.
        token_hash: SHA-256 of the person's reconnect token; None when the seat cannot be reclaimed.
        platform: RUBP platform id.
        look: the three opaque portrait bytes of HELLO.
        account: the id of the person's account; None for bots and guests.
    """

    name: str
    bot_level: str | None
    token_hash: bytes | None
    platform: int
    look: bytes
    account: int | None = None


@dataclass(frozen=True, slots=True)
class GameStarted:
    """A game was dealt.

    Attributes:
        game: the id of the game in the store, twelve letters and digits.
        game_id: the 16-bit id the game has on the wire.
        room: the room code of its table.
        public: whether quick play may seat strangers there.
        seed: unsigned 64-bit seed of the deal.
        nonce: 16 random bytes; the commitment is SHA-256 of the seed (big-endian) and the nonce.
        turn_time_s: seconds a turn may take, or None for no clock.
        bot_level: the level of bots that cover for people.
        seats: one entry per seat.
        at: Unix time of the start in seconds.
        watch: whether people without a seat may watch.
    """

    game: str
    game_id: int
    room: str
    public: bool
    seed: int
    nonce: bytes
    turn_time_s: float | None
    bot_level: str
    seats: tuple[SeatEntry, ...]
    at: float
    watch: bool = True


@final
@dataclass(init=False, unsafe_hash=True, slots=True)
class ActionTaken:
    """An accepted action: ``turn`` counts the turns before it, the hash is the one after."""

    game: Final[str]
    turn: Final[int]
    seat: Final[int]
    action: Final[Action]
    state_hash: Final[int]

    # Written out, because what dataclass writes is never compiled.
    def __init__(self, game: str, turn: int, seat: int, action: Action, state_hash: int) -> None:
        self.game = game
        self.turn = turn
        self.seat = seat
        self.action = action
        self.state_hash = state_hash


@dataclass(frozen=True, slots=True)
class GameEnded:
    """A game is over (FINISHED, with its finish order) or was given up (ABANDONED).

    Attributes:
        places: seats in finish order, the winner first, the survivor last; empty if abandoned.
        at: Unix time in seconds.
        cards_left: cards in each seat's hand at the end, seat 0 first; empty if abandoned, or if
            nobody kept them, and so the two below.
        attack_dealt: the sum of the severities of each seat's attacks.
        attack_taken: the sum of the severities of the attacks that each seat took.
    """

    game: str
    status: GameStatus
    places: tuple[int, ...]
    at: float
    cards_left: tuple[int, ...] = ()
    attack_dealt: tuple[int, ...] = ()
    attack_taken: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenChanged:
    """A seat of a running game has a new reconnect token; the one before reclaims nothing."""

    game: str
    seat: int
    token_hash: bytes


Entry: TypeAlias = GameStarted | ActionTaken | TokenChanged | GameEnded


@final
class Record:
    """An entry on its way to the journal.

    Attributes:
        sequence: counts the records of one house, from 1.
        epoch: under which lease its table ran. A journal that knows of a later lease of the same
            game refuses the record.
        entry: what is to be kept.
    """

    __slots__ = ("entry", "epoch", "sequence")

    def __init__(self, sequence: int, epoch: int, entry: Entry) -> None:
        self.sequence: Final = sequence
        self.epoch: Final = epoch
        self.entry: Final = entry


@dataclass(frozen=True, slots=True)
class StoredGame:
    """A game as the store holds it: its start, its actions in order and, if it has one, its end."""

    start: GameStarted
    actions: tuple[ActionTaken, ...]
    status: GameStatus
    end: GameEnded | None
