"""What can be typed at a table, as help tells it: before a game, during it and after its end."""

from typing import Final

from rachel_tui.sitting import Sitting
from rachel_tui.words.hints import GOAL
from rachel_tui.words.results import result_of

BEFORE: Final = (
    "The game has not begun. start: bots take the empty seats, and it begins.",
    "table: who is here, and how friends come. rules (or rules 7, rules WORD), help, quit.",
)
DURING: Final = (
    GOAL,
    "7h, or 7 of hearts: play that card. 7h 7c: several of one rank; what fits goes first.",
    "3 or 3 4: the same by the numbers of your hand, which stay until you draw. as hearts: an ace "
    "and the suit it asks for.",
    "draw: draw, when nothing fits. hint: what a good player would do, and why.",
    "hand, table, last: your cards, who holds how many, what happened lately.",
    "rules (or rules 7, rules WORD), help, new (gives this game up for another), quit{}.",
    "The first letter will do for draw, hand, table, last, rules and quit.",
)
ALONE: Final = "fast: the bots play at once until it is your turn; once you are out, to the end."
AFTER: Final = (
    "The game is over. again: another one. recap: who attacked most, and what decided it.",
    "replay: every step of it, with all hands. save, or save mine.json: a file of it.",
    "table, last: who is there, what happened lately. rules (or rules 7, rules WORD), help, quit.",
)
WATCHING: Final = (
    "You watch, and have no cards. Type table or last: who holds how many, what happened lately.",
    "Or rules, help, quit; after the end, recap or replay for how it went.",
)
SITTING: Final = "sit: take a seat instead of watching, while the table waits or after the game."
WATCHING_AFTER: Final = (
    "The game is over. If they play again, you watch on. recap, replay: how it went.",
    "table, last, rules, help, quit.",
)


def help_lines(sitting: Sitting) -> tuple[str, ...]:
    """Return what can be typed now, a line each."""
    is_over = result_of(sitting.session) is not None
    if sitting.place.watches:
        seat = () if sitting.place.seat_in is None else (SITTING,)
        return (*(WATCHING_AFTER if is_over else WATCHING), *seat)
    if is_over:
        return AFTER
    if sitting.session.view is None:
        return BEFORE
    kept = " (your seat is kept)" if sitting.place.keeps_seats else ""
    alone = (ALONE,) if sitting.place.hurry else ()
    return (*(line.format(kept) for line in DURING), *alone)
