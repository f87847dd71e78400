"""The rules a second time, as plainly as docs/RULES.md has them, to check the engine against.

It shares only card bytes and the action types with the engine: no tables, no bit masks, no events.
The deck is a list with the next card FIRST, as in the vectors.
"""

import struct
from dataclasses import dataclass, field
from itertools import combinations

from rachel.rules.actions import Action, Draw, Play, Refusal
from rachel.rules.game import Game

HEARTS, DIAMONDS, CLUBS, SPADES = range(4)
U64 = 2**64


def rank(card: int) -> int:
    return card % 64


def suit(card: int) -> int:
    return card // 64


def is_jack(card: int, *suits: int) -> bool:
    return rank(card) == 11 and suit(card) in suits


def shuffled(cards: list[int], seed: int) -> tuple[list[int], int]:
    """Return the cards in their new order and the generator's state after the shuffle."""
    cards, x = list(cards), seed
    for i in reversed(range(1, len(cards))):
        if x == 0:
            x = 0x00000000DEADBEEF
        x = x ^ (x * 2**13 % U64)
        x = x ^ (x // 2**7)
        x = x ^ (x * 2**17 % U64)
        j = x % (i + 1)
        cards[i], cards[j] = cards[j], cards[i]
    return cards, x


@dataclass
class Table:
    """A state of the game; the fields stand in the order of the state hash."""

    deck: list[int]
    discard: list[int]
    hands: list[list[int]]
    out: list[bool]
    current: int = 0
    direction: int = 1
    draws: int = 0
    skips: int = 0
    nominated: int | None = None
    finished: list[int] = field(default_factory=list)
    attacks: list[tuple[int, int, int, int]] = field(default_factory=list)
    turn: int = 0
    seed: int = 0

    @classmethod
    def of(cls, game: Game) -> "Table":
        """Return the state of an engine's game."""
        return cls(
            deck=list(reversed(game.deck)),
            discard=list(game.discard),
            hands=[list(hand) for hand in game.hands],
            out=list(game.out),
            current=game.current,
            direction=game.direction,
            draws=game.pending_draws,
            skips=game.pending_skips,
            nominated=game.nominated_suit,
            finished=list(game.finish_order),
            attacks=list(game.attacks),
            turn=game.turn,
            seed=game.rng_state,
        )

    @classmethod
    def dealt(cls, seats: int, seed: int) -> "Table":
        ordered = [s * 64 + r for s in range(4) for r in range(2, 15)]
        cards, after = shuffled(ordered, seed)
        size = 7 if seats <= 5 else 6 if seats == 6 else 5
        hands = [[cards.pop(0) for _ in range(size)] for _ in range(seats)]
        opening = cards.pop(0)
        return cls(cards, [opening], hands, [False] * seats, seed=after)

    def is_over(self) -> bool:
        return self.out.count(False) <= 1

    def playable(self, card: int) -> bool:
        top = self.discard[-1]
        if self.skips > 0:
            return rank(card) == 7
        if self.draws > 0:
            if rank(top) == 2:
                return rank(card) == 2
            if is_jack(top, CLUBS, SPADES):
                return rank(card) == 11
            return False
        if self.nominated is not None:
            return suit(card) == self.nominated or rank(card) == 14
        return suit(card) == suit(top) or rank(card) == rank(top)

    def refusal(self, action: Action) -> Refusal | None:
        """Return the first refusal that applies, None when the action is legal."""
        hand = self.hands[self.current]
        if self.is_over():
            return Refusal.GAME_ALREADY_OVER
        if isinstance(action, Draw):
            return Refusal.MUST_PLAY_IF_ABLE if any(map(self.playable, hand)) else None
        if not action.cards:
            return Refusal.INVALID_PLAY
        if any(card not in hand or action.cards.count(card) > 1 for card in action.cards):
            return Refusal.CARD_NOT_IN_HAND
        if len({rank(card) for card in action.cards}) > 1 or not self.playable(action.cards[0]):
            return Refusal.INVALID_PLAY
        if rank(action.cards[0]) == 14:
            return None if action.suit in (0, 1, 2, 3) else Refusal.MUST_NOMINATE_SUIT
        return None if action.suit is None else Refusal.CANNOT_NOMINATE_SUIT

    def legal_actions(self) -> list[Action]:
        if self.is_over():
            return []
        hand = sorted(self.hands[self.current], key=suit)
        keyed: list[tuple[tuple[int, int, int], Action]] = []
        for size in (1, 2, 3, 4):
            for cards in combinations(hand, size):
                leaders = [card for card in cards if self.playable(card)]
                if not leaders or len({rank(card) for card in cards}) > 1:
                    continue
                order = (leaders[0], *(card for card in cards if card != leaders[0]))
                mask = sum(2 ** suit(card) for card in cards)
                for nomination in range(4) if rank(cards[0]) == 14 else [None]:
                    key = (rank(cards[0]), mask, -1 if nomination is None else nomination)
                    keyed.append((key, Play(order, nomination)))
        plays = [action for _, action in sorted(keyed, key=lambda entry: entry[0])]
        return plays or [Draw()]

    def next_active(self, seat: int) -> int:
        while True:
            seat = (seat + self.direction) % len(self.hands)
            if not self.out[seat]:
                return seat

    def apply(self, action: Action) -> None:
        """Apply a legal action."""
        seat = self.current
        if isinstance(action, Play):
            self._play(seat, action)
        else:
            self._draw(seat)
        self.turn += 1
        if self.is_over():
            self.current = (seat + self.direction) % len(self.hands)
            return
        self.current = self.next_active(seat)
        while self.skips > 0 and 7 not in map(rank, self.hands[self.current]):
            self.skips -= 1
            self.current = self.next_active(self.current)

    def _play(self, seat: int, play: Play) -> None:
        hand = self.hands[seat]
        self.hands[seat] = [card for card in hand if card not in play.cards]
        self.discard = [*self.discard, *play.cards]
        self.nominated = None
        if not self.hands[seat]:
            self.out[seat] = True
            self.finished.append(seat)
        if rank(play.cards[0]) == 12 and len(play.cards) % 2 == 1:
            self.direction = -self.direction
        if rank(play.cards[0]) == 14:
            self.nominated = play.suit
        for card in play.cards:
            if rank(card) == 2:
                self.draws += 2
                self._attack(seat, 2)
            elif rank(card) == 7:
                self.skips += 1
                self._attack(seat, 1)
            elif is_jack(card, CLUBS, SPADES):
                self.draws += 5
                self._attack(seat, 5)
            elif is_jack(card, HEARTS, DIAMONDS):
                self.draws = max(0, self.draws - 5)

    def _attack(self, seat: int, severity: int) -> None:
        self.attacks.append((seat, self.next_active(seat), severity, self.turn))

    def _draw(self, seat: int) -> None:
        for _ in range(max(1, self.draws)):
            if not self.deck:
                self.deck, self.seed = shuffled(self.discard[:-1], self.seed)
                self.discard = self.discard[-1:]
            if self.deck:
                self.hands[seat].append(self.deck.pop(0))
        self.draws = 0

    def state_hash(self) -> int:
        def run(cards: list[int]) -> bytes:
            return struct.pack(">H", len(cards)) + bytes(cards)

        data = run(self.deck) + run(self.discard) + struct.pack(">H", len(self.hands))
        for hand, out in zip(self.hands, self.out, strict=True):
            data += run(hand) + struct.pack(">?", out)
        data += struct.pack(
            ">BBHHB",
            self.current,
            {1: 0, -1: 1}[self.direction],
            self.draws,
            self.skips,
            0xFF if self.nominated is None else self.nominated,
        )
        data += run(self.finished) + struct.pack(">H", len(self.attacks))
        for attack in self.attacks:
            data += struct.pack(">BBHI", *attack)
        data += struct.pack(">IQ", self.turn, self.seed)
        value = 0xCBF29CE484222325
        for byte in data:
            value = ((value ^ byte) * 0x100000001B3) % U64
        return value
