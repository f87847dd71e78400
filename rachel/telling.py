"""What is said of a game on the wire, as payloads packed straight from its state.

A host says these of every turn, so that nothing stands between the state and the bytes. They are
those of the message classes in `rachel.rubp`, to which a test holds them. Only `hand` tells of
hidden cards: those of one seat, to whom alone they may be sent.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Final

from rachel.rubp import CARDS_MAX, MAX_SEATS, SPEC_VERSION, ActionKind, MessageType
from rachel.rules.actions import Action, Play
from rachel.rules.game import Game

_NONE: Final = 0xFF
_NONE_OUT: Final = bytes([_NONE] * MAX_SEATS)
_HAS_HASH: Final = 0x01
_EXTENDED: Final = 0x02
_PLAY: Final = int(ActionKind.PLAY)
_DRAW: Final = int(ActionKind.DRAW)
_NO_CARDS: Final = b""
_HAND_SYNC: Final = int(MessageType.HAND_SYNC)
_CARD_DRAWN: Final = int(MessageType.CARD_DRAWN)

_pack_state: Final = Struct(">BBBBBBB8sBBIHBQBB8s6x").pack
_pack_turn_end: Final = Struct(">BBB4sBBBIBBHBQ21x").pack
_pack_turn_start: Final = Struct(">BIBBBHQ30x").pack
_pack_hand: Final = Struct(">B32sIHBQ").pack
_pack_cards: Final = Struct(">B32s15x").pack


def game_state(game: Game, tag: int = 0) -> bytes:
    """Return GAME_STATE; ``tag`` names the state (docs/PROTOCOL.md)."""
    order, suit = game.finish_order, game.nominated_suit
    out = 0
    for seat in order:
        out |= 1 << seat
    survivor = game.survivor
    return _pack_state(
        game.current,
        0 if game.direction > 0 else 1,
        game.discard[-1],
        _NONE if suit is None else suit,
        game.pending_draws,
        game.pending_skips,
        len(game.deck),
        bytes([len(hand) for hand in game.hands]),
        1 if game.is_over else 0,
        _NONE if survivor is None else survivor,
        game.turn,
        SPEC_VERSION,
        _HAS_HASH | _EXTENDED,
        tag,
        len(game.discard),
        out,
        bytes(order).ljust(MAX_SEATS, b"\xff") if order else _NONE_OUT,
    )


def turn_end(game: Game, seat: int, action: Action, drawn: int, tag: int = 0) -> bytes:
    """Return TURN_END for an action of a seat that drew ``drawn`` cards and led to this state."""
    kind, cards, suit = _DRAW, _NO_CARDS, _NONE
    if isinstance(action, Play):
        kind, cards = _PLAY, bytes(action.cards)
        if action.suit is not None:
            suit = action.suit
    survivor = game.survivor
    return _pack_turn_end(
        seat,
        kind,
        len(cards),
        cards,
        suit,
        drawn,
        game.current,
        game.turn,
        game.finish_order.index(seat) if game.out[seat] else _NONE,
        _NONE if survivor is None else survivor,
        SPEC_VERSION,
        _HAS_HASH,
        tag,
    )


def turn_start(game: Game, tag: int = 0) -> bytes:
    """Return TURN_START for the seat to act."""
    return _pack_turn_start(
        game.current,
        game.turn,
        game.pending_draws,
        game.pending_skips,
        _HAS_HASH,
        SPEC_VERSION,
        tag,
    )


def hand(game: Game, seat: int, tag: int = 0) -> list[tuple[int, bytes]]:
    """Return the hand of a seat as types and payloads: HAND_SYNC, CARD_DRAWN beyond 32 cards."""
    cards = bytes(game.hands[seat])
    first = cards[:CARDS_MAX]
    sync = _pack_hand(len(first), first, game.turn, SPEC_VERSION, _HAS_HASH, tag)
    told = [(_HAND_SYNC, sync)]
    for start in range(CARDS_MAX, len(cards), CARDS_MAX):
        told.append((_CARD_DRAWN, card_drawn(cards[start : start + CARDS_MAX])))
    return told


def card_drawn(cards: Sequence[int]) -> bytes:
    """Return CARD_DRAWN for at most 32 cards."""
    return _pack_cards(len(cards), bytes(cards))
