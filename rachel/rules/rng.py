"""The shared random number generator, xorshift64, and the shuffle built on it.

See docs/PROTOCOL.md, Proof of the deal.
"""

from typing import Final

from rachel.rules import machine_words

_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
ZERO_SEED: Final = 0x0000_0000_DEAD_BEEF
"""The state that replaces 0, which xorshift could never leave."""


def next_state(state: int) -> int:
    """Return the state that follows ``state``, which is also the generator's output (64 bits)."""
    x = state or ZERO_SEED
    x ^= x << 13 & _MASK
    x ^= x >> 7
    return x ^ (x << 17 & _MASK)


def shuffle(cards: list[int], state: int) -> int:
    """Shuffle ``cards`` in place from ``state`` and return the state after the shuffle.

    Fisher-Yates from the last index down to 1, one output each, whether or not it moves a card.
    """
    if len(cards) < 2:
        return state  # no output is drawn, not even from 0
    if machine_words.WORDS_WRAP:
        return machine_words.shuffle(cards, state or ZERO_SEED)
    for i in range(len(cards) - 1, 0, -1):
        state = next_state(state)
        j = state % (i + 1)
        cards[i], cards[j] = cards[j], cards[i]
    return state
