"""What a player should know now, in a few words: what fits, what is due, what cards do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rachel.rubp import ErrorCode
from rachel.rules.cards import (
    ACE,
    JACK,
    QUEEN,
    RANK_NAMES,
    SUIT_NAMES,
    is_black_jack,
    rank_of,
    suit_of,
)
from rachel.rules.view import PublicView, SeatView

GOAL: Final = "Get rid of your cards: match suit or rank of the top card."

_REFUSALS: Final = {
    ErrorCode.NOT_YOUR_TURN: "it is not your turn",
    ErrorCode.INVALID_PLAY: "these cards do not fit",
    ErrorCode.CARD_NOT_IN_HAND: "that card is not in your hand",
    ErrorCode.CANNOT_DRAW: "you can play, so you must",
    ErrorCode.GAME_NOT_STARTED: "the game has not started",
    ErrorCode.LOBBY_FULL: "there is no free seat",
    ErrorCode.GAME_IN_PROGRESS: "the game has already started",
    ErrorCode.NAME_TAKEN: "somebody else uses that name",
    ErrorCode.UNKNOWN: "the table had already moved on; look again",
}
_EVEN: Final = {2: "two", 4: "four"}
"""So many queens turn the direction back again."""


def refusal_text(code: ErrorCode) -> str:
    """Return in a few words why the host refused."""
    return _REFUSALS[code]


def no_use(character: str, help_key: str) -> str:
    """Return the answer to a key that does nothing on a screen."""
    return f"{character} does nothing here: {help_key} shows the keys."


def no_card(number: str, held: int) -> str:
    """Return the answer to a digit above which there is no card."""
    return f"There is no card {number}: you hold {held}."


def plural(count: int, noun: str) -> str:
    """Return ``1 card``, ``2 cards``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def next_seats(wanted: int, now: int) -> str:
    """Return how many seats a new game has, beside those that the present one has, if others."""
    return plural(wanted, "seat") + ("" if wanted == now else f" instead of {now}")


def rank_plural(rank: int) -> str:
    """Return the name of several cards of a rank: 7s, queens."""
    return f"{RANK_NAMES[rank]}s"


@dataclass(frozen=True, slots=True)
class Attack:
    """What the seat to act has to answer.

    Attributes:
        what: what comes if it does not: ``+4 cards``, ``2 skips``.
        answer: what answers it, in a few words; empty if nothing does.
    """

    what: str
    answer: str


def attack_of(public: PublicView) -> Attack | None:
    """Return the attack that is pending, None when there is none or the game is over."""
    if public.is_over:
        return None
    if public.pending_skips:
        return Attack(plural(public.pending_skips, "skip"), "a 7 answers")
    if not public.pending_draws:
        return None
    what = f"+{plural(public.pending_draws, 'card')}"
    if rank_of(public.top) == 2:
        return Attack(what, "a 2 answers")
    if is_black_jack(public.top):
        return Attack(what, "a jack answers")
    return Attack(what, "")


def attack_text(public: PublicView) -> str:
    """Return the attack that the seat to act has to answer, empty when there is none."""
    attack = attack_of(public)
    if attack is None:
        return ""
    if not attack.answer:
        return f"{attack.what}, nothing answers a red jack"
    return f"{attack.what} unless {attack.answer}"


def turn_demand(view: SeatView) -> str:
    """Return what the seat to act has to do now: to draw is never a choice in Rachel."""
    public = view.public
    if must_draw(view):
        if public.pending_draws:
            return f"draw {plural(public.pending_draws, 'card')}"
        return "nothing fits, draw a card"
    if public.pending_skips:
        return "answer with a 7"
    if public.pending_draws:
        return "answer with a 2" if rank_of(public.top) == 2 else "answer with a jack"
    return demand_text(public)


def demand_text(public: PublicView) -> str:
    """Return what fits while no attack is pending, as an instruction."""
    if public.nominated_suit is not None:
        return f"play {SUIT_NAMES[public.nominated_suit]} or an ace"
    suit, rank = suit_of(public.top), rank_of(public.top)
    return f"play {SUIT_NAMES[suit]} or {_article(rank)} {RANK_NAMES[rank]}"


def effect_text(cards: Sequence[int], public: PublicView) -> str:
    """Return what playing ``cards`` of one rank would do, empty for a card without effect."""
    rank = rank_of(cards[0])
    if rank == 2:
        return f"next player draws {public.pending_draws + 2 * len(cards)}"
    if rank == 7:
        skips = public.pending_skips + len(cards)
        return "next player is skipped" if skips == 1 else f"next {skips} turns are skipped"
    if rank == JACK:
        due = public.pending_draws
        for card in cards:
            due = max(0, due + (5 if is_black_jack(card) else -5))
        if due:
            return f"next player draws {due}"
        return "ends the attack" if public.pending_draws else ""
    if rank == QUEEN:
        even = _EVEN.get(len(cards))
        return f"{even} queens, the direction stays" if even else "turns the direction"
    if rank == ACE:
        return "you choose the suit"
    return ""


def draw_text(public: PublicView) -> str:
    """Return the offer to draw when nothing can be played: one card, or the whole attack."""
    return f"Nothing fits: draw {plural(public.pending_draws or 1, 'card')}."


def last_suit(cards: Sequence[int], view: SeatView) -> int | None:
    """Return the suit to name with aces that end the game: any, as no card follows; else None."""
    ends = len(cards) == len(view.hand) and view.public.out.count(False) == 2
    return suit_of(cards[-1]) if ends and rank_of(cards[0]) == ACE else None


def must_draw(view: SeatView) -> bool:
    """Tell whether the seat to act holds no card that it may play."""
    return not any(map(view.public.is_playable, view.hand))


def _article(rank: int) -> str:
    return "an" if rank in (8, ACE) else "a"
