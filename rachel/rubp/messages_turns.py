"""What the host tells about turns: their start, their end and the end of the game.

Every message packs to exactly 48 bytes, unused ones zero; on the way in unused bytes are ignored
(docs/PROTOCOL.md, Messages). The field called "winner" in older documents is the survivor: the seat
that still held cards and lost. The winner is the first of GAME_STATE's finish order.
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
from rachel.rubp.codes import MAX_SEATS, SPEC_VERSION, ActionKind

_ATTACK_TOTALS: Final = 0x02
_TURN_CARDS_MAX: Final = 4
_NO_TOTALS: Final = bytes(MAX_SEATS)

_TURN_START: Final = Layout(
    "TURN_START",
    "seat:B",
    "turn:I",
    "pending_draws:B",
    "pending_skips:B",
    "flags:B",
    "spec:H",
    "state_hash:Q",
    "unused:30x",
)
_TURN_END: Final = Layout(
    "TURN_END",
    "seat:B",
    "kind:B",
    "count:B",
    "cards:4s",
    "nominated_suit:B",
    "drawn:B",
    "next_seat:B",
    "turn:I",
    "finish_position:B",
    "survivor:B",
    "spec:H",
    "flags:B",
    "state_hash:Q",
    "unused:21x",
)
_PLAYER_WON: Final = Layout(
    "PLAYER_WON",
    "survivor:B",
    "turn:I",
    "spec:H",
    "flags:B",
    "state_hash:Q",
    "attack_dealt:8s",
    "attack_taken:8s",
    "unused:16x",
)

_KINDS: Final = {int(kind): kind for kind in ActionKind}


@dataclass(slots=True)
class TurnStart:
    """TURN_START: it is this seat's turn.

    Attributes:
        seat: whose turn it is.
        turn: its number.
        pending_draws: cards the seat must draw or answer.
        pending_skips: skips the seat must answer.
        state_hash: hash of the whole state, None when the host does not say.
        spec: version of the rules.
    """

    seat: int
    turn: int
    pending_draws: int = 0
    pending_skips: int = 0
    state_hash: int | None = None
    spec: int = SPEC_VERSION

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field.
        """
        known = self.state_hash
        return _TURN_START.pack(
            self.seat,
            self.turn,
            self.pending_draws,
            self.pending_skips,
            0 if known is None else HAS_HASH,
            self.spec,
            known or 0,
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message; no payload is refused."""
        seat, turn, draws, skips, flags, spec, known = _TURN_START.unpack(payload)
        return cls(seat, turn, draws, skips, known if flags & HAS_HASH else None, spec)


@dataclass(slots=True)
class TurnEnd:
    """TURN_END: what a seat just did.

    Attributes:
        seat: who acted.
        kind: play or draw.
        cards: the cards played in their order, at most 4; empty for a draw.
        nominated_suit: 0-3 when an ace named one, else None.
        drawn: how many cards were drawn, 0 for a play.
        next_seat: whose turn follows.
        turn: number of the turn that follows.
        finish_position: 0 when the seat went out first, 1 second; None when it did not go out.
        survivor: the seat left with cards if the game ended, else None.
        state_hash: hash of the state after the action, None when the host does not say.
        spec: version of the rules.
    """

    seat: int
    kind: ActionKind
    cards: tuple[int, ...]
    nominated_suit: int | None
    drawn: int
    next_seat: int
    turn: int
    finish_position: int | None = None
    survivor: int | None = None
    state_hash: int | None = None
    spec: int = SPEC_VERSION

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field.
        """
        known = self.state_hash
        return _TURN_END.pack(
            self.seat,
            self.kind,
            len(self.cards),
            byte_run("TURN_END cards", self.cards, _TURN_CARDS_MAX),
            suit_byte(self.nominated_suit),
            self.drawn,
            self.next_seat,
            self.turn,
            optional_byte("TURN_END finish_position", self.finish_position),
            optional_byte("TURN_END survivor", self.survivor),
            self.spec,
            0 if known is None else HAS_HASH,
            known or 0,
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message.

        Raises:
            MessageError: bad_count, more than 4 cards; bad_suit, no such suit; bad_value, neither
                a play nor a draw.
        """
        (
            seat,
            kind,
            count,
            cards,
            suit,
            drawn,
            next_seat,
            turn,
            finish_position,
            survivor,
            spec,
            flags,
            known,
        ) = _TURN_END.unpack(payload)
        if kind not in _KINDS:
            raise MessageError("bad_value", f"{kind} is neither a play nor a draw")
        return cls(
            seat,
            _KINDS[kind],
            read_cards(count, cards),
            read_suit(suit),
            drawn,
            next_seat,
            turn,
            read_optional(finish_position),
            read_optional(survivor),
            known if flags & HAS_HASH else None,
            spec,
        )


def _totals_run(totals: tuple[int, ...]) -> bytes:
    capped = tuple(min(total, 0xFF) for total in totals)
    return byte_run("PLAYER_WON attack totals", capped, MAX_SEATS)


@dataclass(slots=True)
class PlayerWon:
    """PLAYER_WON: the game is over.

    Attributes:
        survivor: the seat left with cards, which lost.
        turn: number of the turn that would follow.
        state_hash: hash of the final state, None when the host does not say.
        attack_dealt: severities each seat dealt over the game, seat 0 first. Both totals are
            given or neither; at most 8 seats go out, each total cut to 255, and unpack returns 8.
        attack_taken: the same for what was aimed at each seat.
        spec: version of the rules.
    """

    survivor: int
    turn: int
    state_hash: int | None = None
    attack_dealt: tuple[int, ...] | None = None
    attack_taken: tuple[int, ...] | None = None
    spec: int = SPEC_VERSION

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field, or only one of the totals is given.
        """
        known = self.state_hash
        flags = 0 if known is None else HAS_HASH
        dealt = taken = _NO_TOTALS
        if self.attack_dealt is not None and self.attack_taken is not None:
            flags |= _ATTACK_TOTALS
            dealt = _totals_run(self.attack_dealt)
            taken = _totals_run(self.attack_taken)
        elif self.attack_dealt is not None or self.attack_taken is not None:
            raise ValueError("PLAYER_WON carries both attack totals or neither")
        return _PLAYER_WON.pack(
            self.survivor, self.turn, self.spec, flags, known or 0, dealt, taken
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message; no payload is refused."""
        survivor, turn, spec, flags, known, dealt, taken = _PLAYER_WON.unpack(payload)
        totals = bool(flags & _ATTACK_TOTALS)
        return cls(
            survivor,
            turn,
            known if flags & HAS_HASH else None,
            tuple(dealt) if totals else None,
            tuple(taken) if totals else None,
            spec,
        )
