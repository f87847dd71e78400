"""Which cards may be played, and every legal action in its canonical order (docs/RULES.md).

All functions here need only what a seat sees: its own hand and the public state of the table.
"""

from collections.abc import Sequence
from typing import Final

from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import (
    ACE,
    JACK,
    RANKS,
    SUIT_NAMES,
    SUITS,
    card_code,
    is_black_jack,
)

_ALL_SUITS: Final = 0b1111
_SUIT_BITS: Final = tuple(1 << (card >> 6) for card in range(256))
_PLAIN_RANKS: Final = tuple(rank for rank in RANKS if rank != ACE)

_combinations: dict[int, tuple[Play, ...]] = {}
"""Every combination ever asked for, by ``rank << 8 | suits held << 4 | suits playable``: the
actions are immutable, so that all games share them. At most 3,328 entries."""


def is_playable(
    card: int, *, top: int, nominated: int | None, pending_draws: int, pending_skips: int
) -> bool:
    """Tell whether ``card`` may lead a play on ``top``; the first matching case decides."""
    rank = card & 63
    if pending_skips > 0:
        return rank == 7
    if pending_draws > 0:
        if top & 63 == 2:
            return rank == 2
        return is_black_jack(top) and rank == JACK
    if nominated is not None:
        return card >> 6 == nominated or rank == ACE
    return rank == top & 63 or card >> 6 == top >> 6


def first_playable(
    hand: Sequence[int],
    *,
    top: int,
    nominated: int | None,
    pending_draws: int,
    pending_skips: int,
) -> int | None:
    """Return the first card of ``hand`` that may lead a play, or None when none may.

    The case of `is_playable` is decided once for the whole hand: draws ask about every card.
    """
    if pending_skips > 0 or pending_draws > 0:
        answer = _answering_rank(top, pending_skips)
        return next((card for card in hand if card & 63 == answer), None)
    rank, suit = (top & 63, top >> 6) if nominated is None else (ACE, nominated)
    for card in hand:
        if card >> 6 == suit or card & 63 == rank:
            return card
    return None


def why_not(
    card: int, *, top: int, nominated: int | None, pending_draws: int, pending_skips: int
) -> str | None:
    """Return in a few words why ``card`` may not lead a play, or None when it may."""
    if is_playable(
        card,
        top=top,
        nominated=nominated,
        pending_draws=pending_draws,
        pending_skips=pending_skips,
    ):
        return None
    if pending_skips > 0:
        return "only a 7 answers a 7"
    if pending_draws > 0:
        if top & 63 == 2:
            return "only a 2 answers a 2"
        if is_black_jack(top):
            return "only a jack answers a black jack"
        return f"draw the remaining {pending_draws}"
    if nominated is not None:
        return f"needs {SUIT_NAMES[nominated]} or an ace"
    return f"needs the suit or rank of {card_code(top)}"


def legal_actions(
    hand: Sequence[int],
    *,
    top: int,
    nominated: int | None,
    pending_draws: int,
    pending_skips: int,
) -> list[Action]:
    """Return every legal action in canonical order (docs/RULES.md, For authors of programs).

    Sorted by rank, then by the mask of suits played, then by nominated suit; the only entry is the
    draw when nothing is playable. ``hand`` is the acting seat's cards in any order.
    """
    held = [0] * (ACE + 1)
    for card in hand:
        held[card & 63] |= _SUIT_BITS[card]
    if pending_skips > 0 or pending_draws > 0:
        rank = _answering_rank(top, pending_skips)
        if rank and held[rank]:
            return list(_plays(rank, held[rank], _ALL_SUITS))
        return [DRAW]
    actions: list[Action] = []
    if nominated is not None:
        bit = 1 << nominated
        for rank in _PLAIN_RANKS:
            if held[rank] & bit:
                actions += _plays(rank, held[rank], bit)
        if held[ACE]:
            actions += _plays(ACE, held[ACE], _ALL_SUITS)
    else:
        top_rank = top & 63
        bit = _SUIT_BITS[top]
        for rank in RANKS:
            if suits := held[rank]:
                if rank == top_rank:
                    actions += _plays(rank, suits, _ALL_SUITS)
                elif suits & bit:
                    actions += _plays(rank, suits, bit)
    return actions or [DRAW]


def _answering_rank(top: int, pending_skips: int) -> int:
    """Return the one rank that answers the attack on the table, or 0 when none does."""
    if pending_skips > 0:
        return 7
    if top & 63 == 2:
        return 2
    return JACK if is_black_jack(top) else 0


def _plays(rank: int, held: int, playable: int) -> tuple[Play, ...]:
    """Return every play of one rank; ``held`` and ``playable`` are masks of suits (hearts = 1)."""
    key = rank << 8 | held << 4 | playable
    plays = _combinations.get(key)
    if plays is None:
        plays = _combinations[key] = tuple(
            play
            for mask in range(1, _ALL_SUITS + 1)
            if mask & ~held == 0 and mask & playable
            for play in _plays_of_suits(rank, mask, playable)
        )
    return plays


def _plays_of_suits(rank: int, mask: int, playable: int) -> list[Play]:
    """Return the plays of exactly the suits in ``mask``: one, or one per nomination for aces."""
    suits = [suit for suit in SUITS if mask >> suit & 1]
    leader = next(suit for suit in suits if playable >> suit & 1)
    order = [leader, *(suit for suit in suits if suit != leader)]
    cards = tuple(suit << 6 | rank for suit in order)
    if rank == ACE:
        return [Play(cards, nomination) for nomination in SUITS]
    return [Play(cards)]
