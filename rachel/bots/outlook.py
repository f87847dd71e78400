"""What to expect after a play, judged by the own hand and the cards not yet seen."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rachel.bots.counting import Unseen
from rachel.rules.actions import Play
from rachel.rules.cards import ACE, CLUBS, JACK, QUEEN, is_black_jack
from rachel.rules.legal import is_playable
from rachel.rules.view import SeatView

_ANSWERED_BY_ME: Final = 0.3
"""What is left of a danger that the own hand can answer: the answer may be gone by then."""

_SUIT_STAYS: Final = 0.5
"""How often the suit on top is still the same after others played on it."""

_NEARNESS: Final = {1: 1.0, 2: 0.35}
"""How near a seat is to going out with its next play, by its number of cards; with more it is 0."""


class Outlook(NamedTuple):
    """The expected consequences of a play that leaves cards in the hand.

    The weights of the consequences are kept in an Outlook, too: see `rachel.bots.advanced`.

    Attributes:
        cards: cards left in the own hand.
        ranks: different ranks among them: at best, the plays that are still needed.
        breadth: the share of the deck on which one of the cards left could be played.
        goes_out: the chance of going out with the next play.
        others_draw: cards the others have to draw, per seat.
        i_draw: cards that come back to the own seat.
        neighbour_goes_out: the chance that the seat to act next goes out at once.
        followers: the share of the unseen cards that can be played on this.
        twos: 2s kept in the hand.
        black_jacks: black jacks kept in the hand.
        aces: aces kept in the hand.
    """

    cards: float
    ranks: float
    breadth: float
    goes_out: float
    others_draw: float
    i_draw: float
    neighbour_goes_out: float
    followers: float
    twos: float
    black_jacks: float
    aces: float


def others_in_turn(view: SeatView) -> list[int]:
    """Return how many cards each of the others still in holds, in the order they will act."""
    public = view.public
    counts = []
    for step in range(1, public.seats):
        seat = (view.seat + step * public.direction) % public.seats
        if not public.out[seat]:
            counts.append(public.hand_counts[seat])
    return counts


def outlook(view: SeatView, unseen: Unseen, others: Sequence[int], play: Play) -> Outlook:
    """Return what to expect after ``play``.

    Args:
        view: the seat's view; it keeps at least one card after the play.
        unseen: the cards it has not seen.
        others: the others' hand counts as `others_in_turn` gives them.
        play: a legal play.
    """
    cards = play.cards
    top = cards[-1]
    hand = [card for card in view.hand if card not in cards]
    held = [card & 63 for card in hand]
    if top & 63 == QUEEN and len(cards) & 1:
        others = others[::-1]
    following = unseen.following(play)
    others_draw = i_draw = neighbour_goes_out = 0.0
    if draws := _pending_draws(view.public.pending_draws, cards):
        unhindered = others[1:]
        others_draw, i_draw = _who_draws(unseen, others, top, draws)
        if top & 63 in held:
            i_draw *= _ANSWERED_BY_ME
        neighbour_goes_out = _goes_out(unseen, unseen.answering(top), others[0])
    else:
        unhindered = others[_pending_skips(view.public.pending_skips, cards) :]
        if unhindered:
            others_draw = 1.0 - unseen.chance(following, unhindered[0])
            neighbour_goes_out = _goes_out(unseen, following, unhindered[0])
    ranks = len(set(held))
    unchanged = 1.0
    if ranks == 1:
        for count in unhindered:
            unchanged *= 1.0 - unseen.chance(following, count)
    return Outlook(
        cards=len(hand),
        ranks=ranks,
        breadth=_breadth(hand),
        goes_out=_plays_next(hand, play, unchanged) if ranks == 1 else 0.0,
        others_draw=others_draw / len(others),
        i_draw=i_draw,
        neighbour_goes_out=neighbour_goes_out,
        followers=unseen.share(following),
        twos=held.count(2),
        black_jacks=sum(map(is_black_jack, hand)),
        aces=held.count(ACE),
    )


def _pending_skips(pending: int, cards: Sequence[int]) -> int:
    """Return the pending skips after these cards."""
    return pending + len(cards) if cards[0] & 63 == 7 else pending


def _pending_draws(pending: int, cards: Sequence[int]) -> int:
    """Return the pending draws after these cards."""
    for card in cards:
        rank = card & 63
        if rank == 2:
            pending += 2
        elif rank == JACK:
            pending = pending + 5 if card >> 6 >= CLUBS else max(0, pending - 5)
    return pending


def _who_draws(unseen: Unseen, others: Sequence[int], top: int, draws: int) -> tuple[float, float]:
    """Follow an attack round the table; return the cards the others and this seat will draw."""
    answering = unseen.answering(top)
    growth = 2.0 if top & 63 == 2 else unseen.jack_swing()
    reaches = 1.0
    amount = float(draws)
    others_draw = 0.0
    for count in others:
        answers = unseen.chance(answering, count)
        others_draw += reaches * (1.0 - answers) * amount
        reaches *= answers
        amount = max(0.0, amount + growth)
    return others_draw, reaches * amount


def _goes_out(unseen: Unseen, matching: int, count: int) -> float:
    """Return the chance that a seat with ``count`` cards goes out with one of ``matching``."""
    return _NEARNESS.get(count, 0.0) * unseen.share(matching)


def _breadth(hand: Sequence[int]) -> float:
    """Return the share of the deck that shares a suit or a rank with a card of ``hand``."""
    suits = len({card >> 6 for card in hand})
    ranks = len({card & 63 for card in hand})
    return (13 * suits + (4 - suits) * ranks) / 52


def _plays_next(hand: Sequence[int], play: Play, unchanged: float) -> float:
    """Return the chance that a card of ``hand`` can be played when it is this seat's turn again.

    ``unchanged`` is the chance that no other seat plays on ``play`` until then.
    """
    top = play.cards[-1]
    suit = top >> 6 if play.suit is None else play.suit
    keeps_suit = any(card >> 6 == suit for card in hand)
    later = _SUIT_STAYS * keeps_suit + (1.0 - _SUIT_STAYS) * _breadth(hand)
    now = any(
        is_playable(card, top=top, nominated=play.suit, pending_draws=0, pending_skips=0)
        for card in hand
    )
    return unchanged * now + (1.0 - unchanged) * later
