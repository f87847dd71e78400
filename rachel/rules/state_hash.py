"""The 64-bit state hash that all implementations share (docs/PROTOCOL.md)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rachel.rules import machine_words

if TYPE_CHECKING:
    from rachel.rules.game import Game

_OFFSET_BASIS: Final = 0xCBF2_9CE4_8422_2325
_PRIME: Final = 0x0000_0100_0000_01B3
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
# A zero byte only multiplies, so that a run of them is one multiplication.
_PRIME_2: Final = _PRIME * _PRIME & _MASK
_PRIME_3: Final = _PRIME_2 * _PRIME & _MASK


def fnv1a(data: Sequence[int], start: int = _OFFSET_BASIS) -> int:
    """Return the FNV-1a hash of ``data``, bytes, 64 bits, going on from ``start``."""
    value = start
    pairs = iter(data)
    # Two bytes for one mask: between them the number may be longer than 64 bits.
    for first, second in zip(pairs, pairs, strict=False):
        value = ((value ^ first) * _PRIME ^ second) * _PRIME & _MASK
    if len(data) & 1:
        value = (value ^ data[-1]) * _PRIME & _MASK
    return value


def state_hash(game: "Game") -> int:
    """Return the hash of a game's whole state."""
    if machine_words.WORDS_WRAP:
        return machine_words.state_hash(game)
    deck, discard, order = game.deck, game.discard, game.finish_order
    draws, skips, attacks = game.pending_draws, game.pending_skips, game.attacks
    head = [0, len(deck), *deck[::-1], 0, len(discard), *discard, 0, game.seats]
    for hand, out in zip(game.hands, game.out, strict=True):
        head += (0, len(hand), *hand, out)
    suit = game.nominated_suit
    head += (
        *(game.current, game.direction < 0),
        *(draws >> 8, draws & 255, skips >> 8, skips & 255),
        *(0xFF if suit is None else suit, 0, len(order), *order),
        *len(attacks).to_bytes(2, "big"),
    )
    value = _hash_attacks(attacks, fnv1a(head))
    return fnv1a(game.turn.to_bytes(4, "big") + game.rng_state.to_bytes(8, "big"), value)


def _hash_attacks(attacks: list[tuple[int, int, int, int]], value: int) -> int:
    """Go on from ``value`` over the attack history: u8, u8, u16 and u32 per entry."""
    for attacker, target, severity, turn in attacks:
        # The next byte, the severity's high one, is zero: severities are 1, 2 and 5.
        value = ((value ^ attacker) * _PRIME ^ target) * _PRIME_2 & _MASK
        if turn < 0x1_0000:
            value = ((value ^ severity) * _PRIME_3 ^ turn >> 8) * _PRIME & _MASK
            value = (value ^ turn & 255) * _PRIME & _MASK
        else:
            value = fnv1a(bytes((severity,)) + turn.to_bytes(4, "big"), value)
    return value
