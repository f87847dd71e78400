"""A whole game as bytes that any implementation can read: StateSnapshot (docs/FORMATS.md).

Big-endian, magic ``RSNP``. A snapshot has the next card of the deck first, `Game.deck` has it last.
"""

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rachel.rules.cards import DECK, SUITS, is_card
from rachel.rules.game import CLOCKWISE, COUNTER_CLOCKWISE, MAX_SEATS, MIN_SEATS, Game

MAGIC: Final = b"RSNP"
SPEC_VERSION: Final = 1

_HEAD: Final = struct.Struct(">HBBBBHHIQ")
_COUNT: Final = struct.Struct(">H")
_ATTACK: Final = struct.Struct(">BBHI")

_NO_SUIT: Final = 0xFF
_BOT: Final = 0x01
_OUT: Final = 0x02
_SEVERITIES: Final = frozenset({1, 2, 5})
_DIRECTIONS: Final = (CLOCKWISE, COUNTER_CLOCKWISE)


class SnapshotFault(StrEnum):
    """Why bytes are no snapshot; those from BAD_FLAGS on are states that no game can reach."""

    BAD_MAGIC = "bad_magic"
    UNKNOWN_VERSION = "unknown_version"
    BAD_SEAT_COUNT = "bad_seat_count"
    BAD_SEAT_INDEX = "bad_seat_index"
    BAD_CARD = "bad_card"
    BAD_SUIT = "bad_suit"
    BAD_DIRECTION = "bad_direction"
    TRUNCATED = "truncated"
    TRAILING_BYTES = "trailing_bytes"
    BAD_FLAGS = "bad_flags"
    BAD_SEVERITY = "bad_severity"
    BAD_PENDING = "bad_pending"
    CARD_TWICE = "card_twice"
    EMPTY_DISCARD = "empty_discard"
    BAD_FINISH_ORDER = "bad_finish_order"
    BAD_HAND = "bad_hand"
    OUT_SEAT_TO_ACT = "out_seat_to_act"


class SnapshotError(ValueError):
    """The bytes are no snapshot of a game. ``reason`` says why, the text says where."""

    def __init__(self, reason: SnapshotFault, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot holds: the ``game``, and the seats whose players are ``bots``."""

    game: Game
    bots: frozenset[int]


def encode(game: Game, bots: Collection[int] = ()) -> bytes:
    """Return ``game`` as a snapshot in which the seats in ``bots`` are flagged as bots.

    Raises:
        ValueError: ``bots`` names a seat the game does not have.
    """
    if any(seat not in range(game.seats) for seat in bots):
        raise ValueError(f"bots {sorted(bots)} are not all seats of a game with {game.seats}")
    data = bytearray(MAGIC)
    data += _HEAD.pack(
        SPEC_VERSION,
        game.seats,
        game.current,
        game.direction == COUNTER_CLOCKWISE,
        _NO_SUIT if game.nominated_suit is None else game.nominated_suit,
        game.pending_draws,
        game.pending_skips,
        game.turn,
        game.rng_state,
    )
    data += _COUNT.pack(len(game.deck)) + bytes(reversed(game.deck))
    data += _COUNT.pack(len(game.discard)) + bytes(game.discard)
    for seat, hand in enumerate(game.hands):
        data.append((_BOT if seat in bots else 0) | (_OUT if game.out[seat] else 0))
        data += _COUNT.pack(len(hand)) + bytes(hand)
    data.append(len(game.finish_order))
    data += bytes(game.finish_order)
    data += _COUNT.pack(len(game.attacks))
    for attack in game.attacks:
        data += _ATTACK.pack(*attack)
    return bytes(data)


def decode(data: bytes) -> Snapshot:
    """Return the game a snapshot holds, and who is a bot.

    A deck of fewer than 52 cards is accepted: positions made by hand need no more.

    Raises:
        SnapshotError: the bytes are not exactly one snapshot, or what they hold can be no game.
    """
    reader = _Reader(data)
    if not data.startswith(MAGIC[: len(data)]):
        raise SnapshotError(SnapshotFault.BAD_MAGIC, "a snapshot starts with RSNP")
    reader.take(len(MAGIC))
    version, seats, current, direction, suit, draws, skips, turn, rng_state = reader.fields(_HEAD)
    if version != SPEC_VERSION:
        raise SnapshotError(
            SnapshotFault.UNKNOWN_VERSION, f"version {version}, only {SPEC_VERSION} is known"
        )
    if not MIN_SEATS <= seats <= MAX_SEATS:
        raise SnapshotError(
            SnapshotFault.BAD_SEAT_COUNT, f"{seats} seats, not {MIN_SEATS} to {MAX_SEATS}"
        )
    if direction >= len(_DIRECTIONS):
        raise SnapshotError(SnapshotFault.BAD_DIRECTION, f"direction {direction}, not 0 or 1")
    if suit not in SUITS and suit != _NO_SUIT:
        raise SnapshotError(SnapshotFault.BAD_SUIT, f"nominated suit {suit}, not 0 to 3 or 255")
    _check_seats("current seat", (current,), seats)
    deck = reader.cards("deck")
    discard = reader.cards("discard pile")
    flags, hands = [], []
    for seat in range(seats):
        flags.append(reader.flags(seat))
        hands.append(reader.cards(f"hand {seat}"))
    finish_order = list(reader.take(reader.byte()))
    _check_seats("finish order", finish_order, seats)
    attacks = [reader.attack(seats) for _ in range(reader.count())]
    reader.end()
    deck.reverse()
    game = Game(
        hands=hands,
        deck=deck,
        discard=discard,
        rng_state=rng_state,
        current=current,
        direction=_DIRECTIONS[direction],
        pending_draws=draws,
        pending_skips=skips,
        nominated_suit=None if suit == _NO_SUIT else suit,
        finish_order=finish_order,
        turn=turn,
        attacks=attacks,
        out=[bool(flag & _OUT) for flag in flags],
    )
    _check_possible(game)
    return Snapshot(game, frozenset(seat for seat in range(seats) if flags[seat] & _BOT))


class _Reader:
    """Takes a snapshot apart from its start; every method raises SnapshotError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        """Return the next ``length`` bytes."""
        taken = self._data[self._at : self._at + length]
        if len(taken) < length:
            raise SnapshotError(
                SnapshotFault.TRUNCATED, f"it ends after {len(self._data)} bytes, too early"
            )
        self._at += length
        return taken

    def fields(self, layout: struct.Struct) -> tuple[int, ...]:
        return layout.unpack(self.take(layout.size))

    def byte(self) -> int:
        return self.take(1)[0]

    def count(self) -> int:
        (count,) = self.fields(_COUNT)
        return count

    def cards(self, where: str) -> list[int]:
        """Return the next run of cards, which ``where`` names in the refusal."""
        cards = list(self.take(self.count()))
        for card in cards:
            if not is_card(card):
                raise SnapshotError(SnapshotFault.BAD_CARD, f"0x{card:02X} in the {where}")
        return cards

    def flags(self, seat: int) -> int:
        flags = self.byte()
        if flags & ~(_BOT | _OUT):
            raise SnapshotError(SnapshotFault.BAD_FLAGS, f"0x{flags:02X} at seat {seat}")
        return flags

    def attack(self, seats: int) -> tuple[int, int, int, int]:
        attacker, target, severity, turn = self.fields(_ATTACK)
        _check_seats("attack history", (attacker, target), seats)
        if severity not in _SEVERITIES:
            raise SnapshotError(
                SnapshotFault.BAD_SEVERITY, f"{severity} in the attack history, not 1, 2 or 5"
            )
        return attacker, target, severity, turn

    def end(self) -> None:
        rest = len(self._data) - self._at
        if rest:
            raise SnapshotError(SnapshotFault.TRAILING_BYTES, f"{rest} bytes after the end")


def _check_seats(where: str, seats: Sequence[int], count: int) -> None:
    for seat in seats:
        if seat >= count:
            raise SnapshotError(
                SnapshotFault.BAD_SEAT_INDEX, f"seat {seat} of {count} in the {where}"
            )


def _check_possible(game: Game) -> None:
    """Refuse a state that no game can reach and that the engine could not play on from."""
    cards = [*game.deck, *game.discard]
    for hand in game.hands:
        cards += hand
    if len(set(cards)) != len(cards):
        raise SnapshotError(SnapshotFault.CARD_TWICE, "a card is in two places")
    if not game.discard:
        raise SnapshotError(SnapshotFault.EMPTY_DISCARD, "the discard pile has no top card")
    if max(game.pending_draws, game.pending_skips) > len(DECK):
        raise SnapshotError(
            SnapshotFault.BAD_PENDING, f"more than {len(DECK)} draws or skips are pending"
        )
    if sorted(game.finish_order) != [seat for seat in range(game.seats) if game.out[seat]]:
        raise SnapshotError(
            SnapshotFault.BAD_FINISH_ORDER, "the finish order is not the seats that are out"
        )
    for seat, hand in enumerate(game.hands):
        if game.out[seat] == bool(hand):
            wrong = "is out and holds cards" if hand else "is in and holds no card"
            raise SnapshotError(SnapshotFault.BAD_HAND, f"seat {seat} {wrong}")
    if game.out[game.current] and not game.is_over:
        raise SnapshotError(SnapshotFault.OUT_SEAT_TO_ACT, f"seat {game.current} is out")
