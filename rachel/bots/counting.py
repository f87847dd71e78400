"""Counting cards: those a seat has not seen, and what they say about the other hands."""

from math import comb

from rachel.rules.actions import Play
from rachel.rules.cards import ACE, DECK, JACK, is_black_jack
from rachel.rules.view import SeatView


class Unseen:
    """The cards that are neither in the own hand nor among the discards this seat has seen.

    They are in the other hands and in the deck; every spread of them counts as equally likely.
    """

    __slots__ = ("_aces", "_black_jacks", "_ranks", "_suits", "_total")

    def __init__(self, view: SeatView) -> None:
        """Count what the seat of ``view`` has not seen."""
        known = {*view.public.seen, *view.hand}
        cards = [card for card in DECK if card not in known]
        self._total = len(cards)
        self._ranks = ranks = [0] * (ACE + 1)
        self._suits = suits = [0] * 4
        self._aces = aces = [0] * 4
        self._black_jacks = 0
        for card in cards:
            rank, suit = card & 63, card >> 6
            ranks[rank] += 1
            suits[suit] += 1
            if rank == ACE:
                aces[suit] += 1
            elif is_black_jack(card):
                self._black_jacks += 1

    def following(self, play: Play) -> int:
        """Return how many of the cards could be played on ``play`` if it is no attack."""
        top = play.cards[-1]
        if play.suit is not None:
            return self._suits[play.suit] + self._ranks[ACE] - self._aces[play.suit]
        return self._suits[top >> 6] + self._ranks[top & 63]

    def answering(self, top: int) -> int:
        """Return how many of the cards answer the 2, 7 or jack ``top`` when it is an attack."""
        rank = top & 63
        return 0 if rank == JACK and not is_black_jack(top) else self._ranks[rank]

    def jack_swing(self) -> float:
        """Return by how much an answering jack changes the pending draws, on average."""
        jacks = self._ranks[JACK]
        return 5.0 * (2 * self._black_jacks - jacks) / jacks if jacks else 0.0

    def share(self, matching: int) -> float:
        """Return the share of the cards that ``matching`` of them are."""
        # A host that never says when it shuffled the pile can make every card look seen.
        return matching / self._total if self._total else 0.0

    def chance(self, matching: int, hand_count: int) -> float:
        """Return how likely a hand of ``hand_count`` cards holds one of ``matching`` cards."""
        others = self._total - matching
        if matching <= 0 or hand_count <= 0:
            return 0.0
        if hand_count > others:
            return 1.0
        return 1.0 - comb(others, hand_count) / comb(self._total, hand_count)
