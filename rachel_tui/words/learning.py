"""The words around the lessons: how to do what is asked for, who sits there, how far one is."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.lessons.script import NAMES, YOU
from rachel.rules.actions import Action, Play
from rachel.rules.cards import SUIT_LETTERS
from rachel_tui.words.seat_lines import Presence, SeatLine

MINUTES: Final = 12
"""How long all lessons take, about."""

FIRST_GAME: Final = "play your first game"


def first_open(done: Collection[str]) -> int:
    """Return the index of the first lesson that is not done, 0 when all are."""
    return next((n for n, lesson in enumerate(LESSONS) if lesson.key not in done), 0)


def seats_of(run: LessonRun) -> tuple[SeatLine, ...]:
    """Return a line for every seat at a lesson's table."""
    game = run.game
    return tuple(
        SeatLine(
            "" if seat == YOU else NAMES[seat],
            len(game.hands[seat]),
            Presence.HERE,
            game.finish_order.index(seat) if game.out[seat] else None,
            to_act=game.current == seat and not game.is_over,
            is_me=seat == YOU,
        )
        for seat in range(game.seats)
    )


def keys_for(
    action: Action,
    hand: Sequence[int],
    labels: str,
    key: Callable[[str], str],
    picked: Sequence[int] = (),
) -> str:
    """Return the keys that make a move on a screen.

    Args:
        action: the move.
        hand: the cards in the order shown.
        labels: the keys that put the caret on the first of them, the second, and so on.
        key: says what the key of an action is called.
        picked: the first of its cards, as far as they are picked already.
    """
    if not isinstance(action, Play):
        return f"Press {key('draw')}."
    marks = [labels[hand.index(card)] for card in action.cards]
    if len(marks) > 1:
        picks = [f"{mark} {key('pick')}" for mark in marks[len(picked) :]]
        return f"Press {', '.join(picks)}{', then ' if picks else ''}{key('play')}."
    suit = "" if action.suit is None else f", then {SUIT_LETTERS[action.suit].lower()}"
    return f"Press {marks[0]}, then {key('play')}{suit}."


def new_keys(action: Action, key: Callable[[str], str]) -> str:
    """Return how such a move is made on a screen, for one who makes it for the first time.

    ``key`` says what the key of an action is called.
    """
    if not isinstance(action, Play):
        return f"The key {key('draw')} draws a card."
    if len(action.cards) > 1:
        return (
            f"The key {key('pick')} picks the card at ▲. Pick the others, too; "
            f"{key('play')} plays them all."
        )
    if action.suit is not None:
        return f"{key('play')} plays the ace; then you are asked for the suit."
    return (
        f"{key('left')} and {key('right')} move the caret ▲ from card to card; "
        f"{key('play')} plays the card."
    )
