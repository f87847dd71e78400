"""What a transition did, in order of effect (docs/FORMATS.md, JSON): one class per kind.

Seats are indexes from 0, cards are card bytes.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class CardsRemovedFromHand:
    """``cards`` left the hand of ``seat``."""

    seat: int
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardsAddedToDiscard:
    """``cards`` were put on the discard pile, the last one on top."""

    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AttackApplied:
    """A 2 or a black jack added ``severity`` (2 or 5) pending draws; ``target`` plays next."""

    attacker: int
    target: int
    severity: int


@dataclass(frozen=True, slots=True)
class AttackReduced:
    """A red jack took ``amount`` (1-5) pending draws back."""

    seat: int
    amount: int


@dataclass(frozen=True, slots=True)
class SkipApplied:
    """A 7 added one pending skip; ``target`` plays next."""

    attacker: int
    target: int


@dataclass(frozen=True, slots=True)
class DirectionReversed:
    """An odd number of queens turned the game round; ``direction`` (1 or -1) is the new one."""

    direction: int


@dataclass(frozen=True, slots=True)
class SuitNominated:
    """An ace nominated ``suit`` (0-3)."""

    seat: int
    suit: int


@dataclass(frozen=True, slots=True)
class CardsDrawn:
    """``seat`` drew ``cards`` (secret: only their number is public)."""

    seat: int
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlayerFinished:
    """``seat`` got rid of its hand; ``position`` counts from 0, the winner."""

    seat: int
    position: int


@dataclass(frozen=True, slots=True)
class TurnAdvanced:
    """The turn passed; ``turn`` is the number of the turn that begins."""

    from_seat: int
    to_seat: int
    turn: int


@dataclass(frozen=True, slots=True)
class GameFinished:
    """At most one seat still holds cards: ``survivor``, who lost (None when no seat does)."""

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

EVENT_KINDS: Final[dict[str, type[Event]]] = {
    "cards_removed_from_hand": CardsRemovedFromHand,
    "cards_added_to_discard": CardsAddedToDiscard,
    "attack_applied": AttackApplied,
    "attack_reduced": AttackReduced,
    "skip_applied": SkipApplied,
    "direction_reversed": DirectionReversed,
    "suit_nominated": SuitNominated,
    "cards_drawn": CardsDrawn,
    "player_finished": PlayerFinished,
    "turn_advanced": TurnAdvanced,
    "game_finished": GameFinished,
}
"""The class of each kind of event; the identifiers are those of other implementations."""
