"""Why a try goes against the rules, in words for beginners."""

from typing import Final

from rachel.rules.actions import Action, Play, Refusal
from rachel.rules.cards import (
    ACE,
    JACK,
    KING,
    QUEEN,
    RANK_NAMES,
    SUIT_NAMES,
    card_code,
    is_black_jack,
    rank_of,
    suit_of,
)
from rachel.rules.game import Game

RANK_WORDS: Final = {
    **{rank: RANK_NAMES[rank] for rank in (JACK, QUEEN, KING, ACE)},
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
}
"""Ranks as they are spoken."""


def refusal_text(game: Game, action: Action, reason: Refusal) -> str:
    """Return why the engine refuses what the seat to act tried in ``game``; cards as ``{7H}``."""
    if not isinstance(action, Play):
        return _must_play(game)
    match reason:
        case Refusal.CARD_NOT_IN_HAND:
            return _not_held(game, action)
        case Refusal.MUST_NOMINATE_SUIT:
            return "An ace names the suit that must follow. Say which."
        case Refusal.CANNOT_NOMINATE_SUIT:
            return "Only an ace names a suit."
        case _:
            return _invalid_play(game, action)


def _must_play(game: Game) -> str:
    fitting = next(filter(game.is_playable, game.hands[game.current]))
    return f"{_named(fitting)} fits. If you can play, you must: you may not draw."


def _not_held(game: Game, play: Play) -> str:
    strange = next((card for card in play.cards if card not in game.hands[game.current]), None)
    if strange is None:
        return "A card can be played only once."
    return f"You do not hold {_named(strange)}."


def _invalid_play(game: Game, play: Play) -> str:
    if not play.cards:
        return "Choose a card first."
    if len({rank_of(card) for card in play.cards}) > 1:
        return "Cards that go together must have the same rank."
    first = play.cards[0]
    leader = next((card for card in play.cards if game.is_playable(card)), None)
    if leader is not None:
        return f"{_named(first)} cannot go first: it does not fit. {_named(leader)} does."
    if game.pending_skips:
        return "You hold a seven and are to miss a turn: only sevens may be played now."
    if game.pending_draws:
        if rank_of(game.top) == 2:
            return "Only a two answers a two."
        if is_black_jack(game.top):
            return "Only a jack answers a black jack."
        return "Nothing answers what is left behind a red jack."
    if game.nominated_suit is not None:
        suit = SUIT_NAMES[game.nominated_suit]
        return f"{_named(first)} does not fit: {suit} must follow, or another ace."
    suit, rank = SUIT_NAMES[suit_of(game.top)], RANK_WORDS[rank_of(game.top)]
    article = "an" if rank[0] in "ae" else "a"
    return (
        f"{_named(first)} does not fit: on {_named(game.top)} you may play {suit}, "
        f"or {article} {rank}."
    )


def _named(card: int) -> str:
    return f"{{{card_code(card)}}}"
