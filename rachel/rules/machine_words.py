"""The state hash and the shuffle in 64-bit machine words: twins of those in Python's numbers.

Compiled, an ``i64`` is a machine word, which wraps like the hash; interpreted it is a Python
number, which does not. So only the compiled form uses these; the tests of both forms hold each to
the same vectors.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

    from rachel.rules.game import Game

_UNSIGNED: Final = 0xFFFF_FFFF_FFFF_FFFF
_OFFSET_BASIS: Final = 0xCBF2_9CE4_8422_2325 - 0x1_0000_0000_0000_0000
_PRIME: Final = 0x0000_0100_0000_01B3


def _words_wrap() -> bool:
    word: i64 = 0x4000_0000_0000_0000
    return word * 4 == 0


WORDS_WRAP: Final = _words_wrap()
"""Whether this module is compiled."""


def state_hash(game: "Game") -> int:
    """Return the hash of a game's whole state (docs/PROTOCOL.md)."""
    value: i64 = _OFFSET_BASIS
    value = _u16(value, len(game.deck))
    for card in reversed(game.deck):
        value = (value ^ card) * _PRIME
    value = _u16(value, len(game.discard))
    for card in game.discard:
        value = (value ^ card) * _PRIME
    value = _u16(value, game.seats)
    for seat in range(game.seats):
        hand = game.hands[seat]
        value = _u16(value, len(hand))
        for card in hand:
            value = (value ^ card) * _PRIME
        value = (value ^ game.out[seat]) * _PRIME
    value = (value ^ game.current) * _PRIME
    value = (value ^ (game.direction < 0)) * _PRIME
    value = _u16(value, game.pending_draws)
    value = _u16(value, game.pending_skips)
    suit = game.nominated_suit
    value = (value ^ (0xFF if suit is None else suit)) * _PRIME
    value = _u16(value, len(game.finish_order))
    for seat in game.finish_order:
        value = (value ^ seat) * _PRIME
    value = _u16(value, len(game.attacks))
    for attacker, target, severity, turn in game.attacks:
        value = (value ^ attacker) * _PRIME
        value = (value ^ target) * _PRIME
        value = _u16(value, severity)
        value = _u32(value, turn)
    value = _u32(value, game.turn)
    value = _u32(value, game.rng_state >> 32)
    value = _u32(value, game.rng_state & 0xFFFF_FFFF)
    return int(value) & _UNSIGNED


def shuffle(cards: list[int], state: int) -> int:
    """Shuffle ``cards`` in place from ``state``, which is not 0; return the state afterwards."""
    x: i64 = state - 0x1_0000_0000_0000_0000 if state >> 63 else state
    for i in range(len(cards) - 1, 0, -1):
        x ^= x << 13
        x ^= x >> 7 & 0x01FF_FFFF_FFFF_FFFF
        x ^= x << 17
        size: i64 = i + 1
        # The remainder of the unsigned number, whose half is not negative.
        j: i64 = ((x >> 1 & 0x7FFF_FFFF_FFFF_FFFF) % size * 2 + (x & 1)) % size
        cards[i], cards[j] = cards[j], cards[i]
    return int(x) & _UNSIGNED


def _u16(value: "i64", number: "i64") -> "i64":
    return ((value ^ number >> 8) * _PRIME ^ (number & 0xFF)) * _PRIME


def _u32(value: "i64", number: "i64") -> "i64":
    return _u16(_u16(value, number >> 16), number & 0xFFFF)
