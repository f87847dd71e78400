"""What the host tells about the state of a game and about hands (docs/PROTOCOL.md, Messages).

Every message packs to exactly 48 bytes, unused ones zero; on the way in unused bytes are ignored.
"""

from dataclasses import dataclass
from typing import Final, Self

from rachel.rubp._layout import (
    HAS_HASH,
    Layout,
    MessageError,
    byte_run,
    optional_byte,
    read_cards,
    read_optional,
    read_suit,
    suit_byte,
)
from rachel.rubp.codes import CARDS_MAX, MAX_SEATS, NONE_BYTE, SPEC_VERSION

_EXTENDED: Final = 0x02
_NO_SEATS: Final = bytes(MAX_SEATS)
_NONE_OUT: Final = bytes([NONE_BYTE] * MAX_SEATS)

_CARDS: Final = Layout("a message of cards", "count:B", "cards:32s", "unused:15x")
_HAND_SYNC: Final = Layout(
    "HAND_SYNC", "count:B", "cards:32s", "turn:I", "spec:H", "flags:B", "state_hash:Q"
)
_GAME_STATE: Final = Layout(
    "GAME_STATE",
    "current_seat:B",
    "direction:B",
    "top_card:B",
    "nominated_suit:B",
    "pending_draws:B",
    "pending_skips:B",
    "deck_count:B",
    "hand_counts:8s",
    "game_over:B",
    "survivor:B",
    "turn:I",
    "spec:H",
    "flags:B",
    "state_hash:Q",
    "discard_count:B",
    "out_mask:B",
    "finish_order:8s",
    "unused:6x",
)


@dataclass(slots=True)
class _Cards:
    """A message of at most 32 cards; more go out in further messages."""

    cards: tuple[int, ...]

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: more than 32 cards, or one that is not 0-255.
        """
        run = byte_run("cards", self.cards, CARDS_MAX)
        return _CARDS.pack(len(self.cards), run)

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message.

        Raises:
            MessageError: bad_count, more cards than the field holds.
        """
        count, cards = _CARDS.unpack(payload)
        return cls(read_cards(count, cards))


class GameStart(_Cards):
    """GAME_START, private: the game begins and this is your hand."""

    __slots__ = ()


class CardDrawn(_Cards):
    """CARD_DRAWN, private: cards that came to your hand, or the part of it beyond 32 cards."""

    __slots__ = ()


@dataclass(slots=True)
class HandSync:
    """HAND_SYNC, private: the whole hand, in its order, as it is at a turn.

    Attributes:
        cards: the hand, at most 32 cards; CARD_DRAWN messages of the same turn carry the rest.
        turn: number of the turn.
        state_hash: hash of the state the hand belongs to, None when the host does not say.
        spec: version of the rules.
    """

    cards: tuple[int, ...]
    turn: int
    state_hash: int | None = None
    spec: int = SPEC_VERSION

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: more than 32 cards, or a value that does not fit its field.
        """
        known = self.state_hash
        return _HAND_SYNC.pack(
            len(self.cards),
            byte_run("HAND_SYNC cards", self.cards, CARDS_MAX),
            self.turn,
            self.spec,
            0 if known is None else HAS_HASH,
            known or 0,
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message.

        Raises:
            MessageError: bad_count, more cards than the field holds.
        """
        count, cards, turn, spec, flags, known = _HAND_SYNC.unpack(payload)
        return cls(read_cards(count, cards), turn, known if flags & HAS_HASH else None, spec)


def _finish_run(order: tuple[int, ...]) -> bytes:
    run = byte_run("GAME_STATE finish_order", order, MAX_SEATS)
    if NONE_BYTE in run:
        raise ValueError("GAME_STATE finish_order: 255 means none on the wire")
    return run.ljust(MAX_SEATS, b"\xff")


@dataclass(slots=True)
class GameState:
    """GAME_STATE: the public state of the table.

    Attributes:
        current_seat: the seat whose turn it is.
        direction: 0 clockwise, 1 counter-clockwise.
        top_card: the last discard.
        nominated_suit: 0-3 when an ace named one, else None.
        pending_draws: cards the current seat must draw or answer.
        pending_skips: skips the current seat must answer.
        deck_count: cards left to draw.
        hand_counts: cards each seat holds, seat 0 first. At most 8 go out, and unpack always
            returns 8, zero for seats the table lacks: WELCOME told how many it has.
        game_over: whether the game has ended.
        survivor: the seat left with cards, which lost; None while playing.
        turn: number of the turn.
        state_hash: hash of the whole state, None when the host does not say.
        discard_count: cards in the discard pile.
        out_mask: bit n is set when seat n has played its last card.
        finish_order: seats in the order they went out, the winner first.
        extended: whether the three fields before this one are carried.
        spec: version of the rules.
    """

    current_seat: int
    direction: int
    top_card: int
    nominated_suit: int | None
    pending_draws: int
    pending_skips: int
    deck_count: int
    hand_counts: tuple[int, ...]
    game_over: bool
    survivor: int | None
    turn: int
    state_hash: int | None = None
    discard_count: int = 0
    out_mask: int = 0
    finish_order: tuple[int, ...] = ()
    extended: bool = True
    spec: int = SPEC_VERSION

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field, or an extended field is set in a message
                that is not extended.
        """
        if self.direction not in (0, 1):
            raise ValueError(f"GAME_STATE direction is 0 or 1, not {self.direction}")
        known = self.state_hash
        flags = 0 if known is None else HAS_HASH
        if self.extended:
            flags |= _EXTENDED
            order = _finish_run(self.finish_order) if self.finish_order else _NONE_OUT
        elif self.discard_count or self.out_mask or self.finish_order:
            raise ValueError("GAME_STATE carries discards and finishers only when extended")
        else:
            order = _NO_SEATS
        return _GAME_STATE.pack(
            self.current_seat,
            self.direction,
            self.top_card,
            suit_byte(self.nominated_suit),
            self.pending_draws,
            self.pending_skips,
            self.deck_count,
            byte_run("GAME_STATE hand_counts", self.hand_counts, MAX_SEATS),
            1 if self.game_over else 0,
            optional_byte("GAME_STATE survivor", self.survivor),
            self.turn,
            self.spec,
            flags,
            known or 0,
            self.discard_count,
            self.out_mask,
            order,
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message; what a message that is not extended lacks is 0 or empty.

        Raises:
            MessageError: bad_value, the direction is neither 0 nor 1; bad_suit, no such suit.
        """
        (
            current_seat,
            direction,
            top_card,
            suit,
            pending_draws,
            pending_skips,
            deck_count,
            hand_counts,
            game_over,
            survivor,
            turn,
            spec,
            flags,
            known,
            discard_count,
            out_mask,
            order,
        ) = _GAME_STATE.unpack(payload)
        if direction > 1:
            raise MessageError("bad_value", f"{direction} is not a direction")
        extended = bool(flags & _EXTENDED)
        return cls(
            current_seat,
            direction,
            top_card,
            read_suit(suit),
            pending_draws,
            pending_skips,
            deck_count,
            tuple(hand_counts),
            game_over != 0,
            read_optional(survivor),
            turn,
            known if flags & HAS_HASH else None,
            discard_count if extended else 0,
            out_mask if extended else 0,
            tuple(order.partition(b"\xff")[0]) if extended else (),
            extended,
            spec,
        )
