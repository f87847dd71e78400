"""The proof that a deal was fixed before the first card was played, and the tags of its states.

Before a game the host announces SHA-256 of its seed (8 bytes, big-endian) and 16 random bytes, the
nonce; after the game it announces both. An announcement is too short for the hash, which comes in
halves:
``Deal proof 1/2 HEX32``, ``Deal proof 2/2 HEX32``, then ``Seed HEX16`` and ``Nonce HEX32``.

The state hash covers hidden cards and the generator's state, and FNV-1a can be run backwards:
some true hashes would give the deal away. So a host tells tags instead, which name a state as well
as its hash does and say nothing without the nonce (docs/PROTOCOL.md, State tags).
"""

import re
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from hmac import compare_digest
from typing import Final, final

from rachel.rules.actions import Action, IllegalAction
from rachel.rules.game import Game

_LINE: Final = re.compile(
    r"Deal proof 1/2 (?P<first>[0-9a-f]{32})|Deal proof 2/2 (?P<second>[0-9a-f]{32})"
    r"|Seed (?P<seed>[0-9a-f]{16})|Nonce (?P<nonce>[0-9a-f]{32})",
    re.IGNORECASE | re.ASCII,
)


def commitment(seed: int, nonce: bytes) -> str:
    """Return the 64 hexadecimal digits announced before a game of ``seed`` (unsigned 64-bit)."""
    return sha256(seed.to_bytes(8, "big") + nonce).hexdigest()


@final
class StateTags:
    """The tags of the states of one game, by its nonce."""

    __slots__ = ("_keyed",)

    def __init__(self, nonce: bytes) -> None:
        self._keyed = blake2b(digest_size=8, key=nonce)

    def tag(self, state_hash: int) -> int:
        """Return the 64 bits by which the wire names the state with this hash, both unsigned."""
        keyed = self._keyed.copy()
        keyed.update(state_hash.to_bytes(8, "big"))
        return int.from_bytes(keyed.digest(), "big")


def state_tag(state_hash: int, nonce: bytes) -> int:
    """Return one tag; see `StateTags`."""
    return StateTags(nonce).tag(state_hash)


@dataclass(slots=True)
class DealProof:
    """What one player has heard of a game's proof.

    The first announcement of each part counts: a host cannot replace what it said before.

    Attributes:
        first_half: 32 hexadecimal digits, None until announced; second_half likewise.
        seed: the seed of the deal, None until announced.
        nonce: the 16 random bytes, None until announced.
        dealt: (seats, our seat, the hand we were dealt), None when we came later.
        moves: the actions seen since the deal, and what the host called the state after each (None
            if it did not say), up to the first that was missed.
    """

    first_half: str | None = None
    second_half: str | None = None
    seed: int | None = None
    nonce: bytes | None = None
    dealt: tuple[int, int, tuple[int, ...]] | None = None
    moves: list[tuple[Action, int | None]] = field(default_factory=list)

    @property
    def commitment(self) -> str | None:
        """The whole hash as 64 hexadecimal digits, None until both halves are known."""
        if self.first_half is None or self.second_half is None:
            return None
        return self.first_half + self.second_half

    @property
    def verified(self) -> bool | None:
        """Whether the proof holds; None while a part of it has not been announced.

        It holds when seed and nonce have the announced hash, the seed deals the hand that we were
        dealt, and the actions lead from there to the states that the host named: as far as we were
        there to see.
        """
        known = self.commitment
        if known is None or self.seed is None or self.nonce is None:
            return None
        if not compare_digest(commitment(self.seed, self.nonce), known):
            return False
        if self.dealt is None:
            return True
        seats, seat, hand = self.dealt
        game = Game.deal(seats, self.seed)
        if sorted(game.hands[seat]) != sorted(hand):
            return False
        return self._leads_there(game, self.nonce)

    def saw(self, turn: int, action: Action, tag: int | None) -> None:
        """Note the action that ended a turn (the first is 1), and the host's name for the state."""
        if turn == len(self.moves) + 1:
            self.moves.append((action, tag))

    def _leads_there(self, game: Game, nonce: bytes) -> bool:
        """Tell whether the actions seen lead from the deal to the states that the host named."""
        for action, tag in self.moves:
            try:
                game.apply(action)
            except IllegalAction:
                return False
            state_hash = game.state_hash()
            # Other hosts name a state by its hash.
            if tag not in (None, state_hash, state_tag(state_hash, nonce)):
                return False
        return True

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
