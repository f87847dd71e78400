"""The 64-bit state hash that all implementations share (rules.md, State hash)."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rachel.game import Game

_OFFSET_BASIS: Final = 0xCBF2_9CE4_8422_2325
_PRIME: Final = 0x0000_0100_0000_01B3
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
# A zero byte only multiplies, so that a run of them is one multiplication.
_PRIME_2: Final = _PRIME * _PRIME & _MASK
_PRIME_3: Final = _PRIME_2 * _PRIME & _MASK


def fnv1a(data: bytes, start: int = _OFFSET_BASIS) -> int:
    """Return the FNV-1a hash of ``data``, 64 bits, going on from ``start``."""
    value = start
    for byte in data:
        value = (value ^ byte) * _PRIME & _MASK
    return value


def state_hash(game: "Game") -> int:
    """Return the hash of a game's whole state."""
    deck, discard = game.deck, game.discard
    head = bytearray((0, len(deck)))
    head += bytes(reversed(deck))
    head += bytes((0, len(discard)))
    head += bytes(discard)
    head += bytes((0, game.seats))
    for hand, out in zip(game.hands, game.out, strict=True):
        head += bytes((0, len(hand)))
        head += bytes(hand)
        head.append(out)
    head.append(game.current)
    head.append(game.direction < 0)
    head += game.pending_draws.to_bytes(2, "big")
    head += game.pending_skips.to_bytes(2, "big")
    head.append(0xFF if game.nominated_suit is None else game.nominated_suit)
    head += bytes((0, len(game.finish_order)))
    head += bytes(game.finish_order)
    head += len(game.attacks).to_bytes(2, "big")
    value = _hash_attacks(game.attacks, fnv1a(bytes(head)))
    return fnv1a(game.turn.to_bytes(4, "big") + game.rng_state.to_bytes(8, "big"), value)


def _hash_attacks(attacks: list[tuple[int, int, int, int]], value: int) -> int:
    """Go on from ``value`` over the attack history: u8, u8, u16 and u32 per entry."""
    for attacker, target, severity, turn in attacks:
        value = (value ^ attacker) * _PRIME & _MASK
        # The next byte, the severity's high one, is zero: severities are 1, 2 and 5.
        value = (value ^ target) * _PRIME_2 & _MASK
        if turn < 0x1_0000:
            value = (value ^ severity) * _PRIME_3 & _MASK
            value = (value ^ turn >> 8) * _PRIME & _MASK
            value = (value ^ turn & 255) * _PRIME & _MASK
        else:
            value = fnv1a(bytes((severity,)) + turn.to_bytes(4, "big"), value)
    return value
