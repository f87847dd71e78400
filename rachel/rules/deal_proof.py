"""The proof that a deal was fixed before the first card was played.

Before a game the host announces SHA-256 of its seed (8 bytes, big-endian) and 16 random bytes, the
nonce; after the game it announces both. An announcement is too short for the hash, which comes in
halves:
``Deal proof 1/2 HEX32``, ``Deal proof 2/2 HEX32``, then ``Seed HEX16`` and ``Nonce HEX32``.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from rachel.rules.game import Game

_LINE: Final = re.compile(
    r"Deal proof 1/2 (?P<first>[0-9a-f]{32})|Deal proof 2/2 (?P<second>[0-9a-f]{32})"
    r"|Seed (?P<seed>[0-9a-f]{16})|Nonce (?P<nonce>[0-9a-f]{32})",
    re.IGNORECASE | re.ASCII,
)


def commitment(seed: int, nonce: bytes) -> str:
    """Return the 64 hexadecimal digits announced before a game of ``seed`` (unsigned 64-bit)."""
    return sha256(seed.to_bytes(8, "big") + nonce).hexdigest()


@dataclass(slots=True)
class DealProof:
    """What one player has heard of a game's proof.

    The first announcement of each part counts: a host cannot replace what it said before.

    Attributes:
        first_half: 32 hexadecimal digits, None until announced; second_half likewise.
        seed: the seed of the deal, None until announced.
        nonce: the 16 random bytes, None until announced.
        dealt: (seats, our seat, the hand we were dealt), None when we came later.
    """

    first_half: str | None = None
    second_half: str | None = None
    seed: int | None = None
    nonce: bytes | None = None
    dealt: tuple[int, int, tuple[int, ...]] | None = None

    @property
    def commitment(self) -> str | None:
        """The whole hash as 64 hexadecimal digits, None until both halves are known."""
        if self.first_half is None or self.second_half is None:
            return None
        return self.first_half + self.second_half

    @property
    def verified(self) -> bool | None:
        """Whether the proof holds; None while a part of it has not been announced.

        It holds when seed and nonce have the announced hash, and the seed deals the hand that we
        were dealt, if we know that.
        """
        known = self.commitment
        if known is None or self.seed is None or self.nonce is None:
            return None
        if not compare_digest(commitment(self.seed, self.nonce), known):
            return False
        if self.dealt is None:
            return True
        seats, seat, hand = self.dealt
        return sorted(Game.deal(seats, self.seed).hands[seat]) == sorted(hand)

    def hear(self, text: str) -> bool:
        """Take a part from an announcement; tell whether the text was one."""
        found = _LINE.fullmatch(text)
        if found is None:
            return False
        value = found[found.lastgroup or 0].lower()
        if found.lastgroup == "first":
            self.first_half = self.first_half or value
        elif found.lastgroup == "second":
            self.second_half = self.second_half or value
        elif found.lastgroup == "seed":
            self.seed = int(value, 16) if self.seed is None else self.seed
        else:
            self.nonce = self.nonce or bytes.fromhex(value)
        return True
