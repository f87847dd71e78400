"""What a transition did, in order of effect (docs/FORMATS.md, JSON).

One class per kind; ``kind`` is the identifier shared with other implementations. Seats are indexes
from 0, cards are card bytes.
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class CardsRemovedFromHand:
    """``cards`` left the hand of ``seat``."""

    kind: ClassVar[str] = "cards_removed_from_hand"
    seat: int
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardsAddedToDiscard:
    """``cards`` were put on the discard pile, the last one on top."""

    kind: ClassVar[str] = "cards_added_to_discard"
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AttackApplied:
    """A 2 or a black jack added ``severity`` (2 or 5) pending draws; ``target`` plays next."""

    kind: ClassVar[str] = "attack_applied"
    attacker: int
    target: int
    severity: int


@dataclass(frozen=True, slots=True)
class AttackReduced:
    """A red jack took ``amount`` (1-5) pending draws back."""

    kind: ClassVar[str] = "attack_reduced"
    seat: int
    amount: int


@dataclass(frozen=True, slots=True)
class SkipApplied:
    """A 7 added one pending skip; ``target`` plays next."""

    kind: ClassVar[str] = "skip_applied"
    attacker: int
    target: int


@dataclass(frozen=True, slots=True)
class DirectionReversed:
    """An odd number of queens turned the game round; ``direction`` (1 or -1) is the new one."""

    kind: ClassVar[str] = "direction_reversed"
    direction: int


@dataclass(frozen=True, slots=True)
class SuitNominated:
    """An ace nominated ``suit`` (0-3)."""

    kind: ClassVar[str] = "suit_nominated"
    seat: int
    suit: int


@dataclass(frozen=True, slots=True)
class CardsDrawn:
    """``seat`` drew ``cards`` (secret: only their number is public)."""

    kind: ClassVar[str] = "cards_drawn"
    seat: int
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlayerFinished:
    """``seat`` got rid of its hand; ``position`` counts from 0, the winner."""

    kind: ClassVar[str] = "player_finished"
    seat: int
    position: int


@dataclass(frozen=True, slots=True)
class TurnAdvanced:
    """The turn passed; ``turn`` is the number of the turn that begins."""

    kind: ClassVar[str] = "turn_advanced"
    from_seat: int
    to_seat: int
    turn: int


@dataclass(frozen=True, slots=True)
class GameFinished:
    """At most one seat still holds cards: ``survivor``, who lost (None when no seat does)."""

    kind: ClassVar[str] = "game_finished"
    survivor: int | None
    finish_order: tuple[int, ...]


Event: TypeAlias = (
    CardsRemovedFromHand
    | CardsAddedToDiscard
    | AttackApplied
    | AttackReduced
    | SkipApplied
    | DirectionReversed
    | SuitNominated
    | CardsDrawn
    | PlayerFinished
    | TurnAdvanced
    | GameFinished
)
