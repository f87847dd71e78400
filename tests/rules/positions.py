"""Positions and moves in the short notation of card codes, so that tests read like the table."""

import random
from collections.abc import Callable, Sequence

from rachel.rules.actions import Action, IllegalAction, Play, Refusal
from rachel.rules.cards import parse_card, parse_suit
from rachel.rules.events import Event
from rachel.rules.game import Game


def cards(text: str) -> list[int]:
    """Return the cards in ``"7H 10C AS"``; ``"-"`` is none."""
    return [] if text.strip() in {"", "-"} else [parse_card(code) for code in text.split()]


def position(
    hands: str,
    pile: str,
    deck: str = "",
    *,
    current: int = 0,
    direction: int = 1,
    draws: int = 0,
    skips: int = 0,
    nominated: str | None = None,
    finished: Sequence[int] = (),
    turn: int = 0,
    rng_state: int = 1,
) -> Game:
    """Return a game: hands apart by ``/``, the pile with its top last, the deck next card first.

    A seat that is out has the hand ``-`` and stands in ``finished``.
    """
    return Game(
        hands=[cards(hand) for hand in hands.split("/")],
        deck=cards(deck)[::-1],
        discard=cards(pile),
        rng_state=rng_state,
        current=current,
        direction=direction,
        pending_draws=draws,
        pending_skips=skips,
        nominated_suit=None if nominated is None else parse_suit(nominated),
        finish_order=list(finished),
        turn=turn,
    )


def move(text: str, suit: str | None = None) -> Play:
    """Return a play: ``move("AS AH", "clubs")``."""
    return Play(tuple(cards(text)), None if suit is None else parse_suit(suit))


def play(game: Game, text: str, suit: str | None = None) -> list[Event]:
    """Play cards and return the events."""
    events: list[Event] = []
    game.apply(move(text, suit), events)
    return events


def refusal(attempt: Callable[[], object]) -> Refusal | None:
    """Return why an attempt is refused, None when it is not."""
    try:
        attempt()
    except IllegalAction as refused:
        return refused.reason
    return None


def random_actions(game: Game, seed: int, turns: int = 300) -> list[Action]:
    """Play a copy of ``game`` on at random; return the actions until the end, or ``turns``."""
    rng, copy = random.Random(seed), game.copy()
    actions: list[Action] = []
    while not copy.is_over and len(actions) < turns:
        actions.append(rng.choice(copy.legal_actions()))
        copy.apply(actions[-1])
    return actions
