"""From the host's GAME_STATE to a PublicView; a state that cannot be is refused."""

from collections.abc import Iterable, Sequence

from rachel.rubp import GameState, MessageError
from rachel.rules.cards import DECK, is_card
from rachel.rules.game import MIN_SEATS
from rachel.rules.view import PublicView


def checked_cards(cards: Sequence[int]) -> tuple[int, ...]:
    """Return ``cards`` if they are distinct cards of the deck.

    Raises:
        MessageError: bad_card, one is not a card or comes twice.
    """
    if len(set(cards)) != len(cards) or not all(map(is_card, cards)):
        raise MessageError("bad_card", "that is no set of cards")
    return tuple(cards)


def checked_seat(seat: int, seats: int) -> int:
    """Return ``seat`` if the table has it.

    Raises:
        MessageError: bad_seat, it does not.
    """
    if seat >= seats:
        raise MessageError("bad_seat", f"there is no seat {seat} of {seats}")
    return seat


def read_state(
    state: GameState, *, seats: int, before: PublicView | None, played: Iterable[int]
) -> PublicView:
    """Return what ``state`` shows.

    Args:
        state: the host's message.
        seats: seats of the table as far as known; used when the message does not tell.
        before: the state shown before, None for the first of a game.
        played: the cards seen being played since then, oldest first.

    Raises:
        MessageError: bad_seat, bad_card, bad_count or bad_value: the message contradicts itself,
            the deck or the rules.
    """
    counts = state.hand_counts
    # Every seat of a game holds cards or is out, so that an extended state tells how many it has.
    used = max(
        (seat + 1 for seat, count in enumerate(counts) if count or state.out_mask >> seat & 1),
        default=0,
    )
    seats = used if state.extended else max(used, seats)
    if seats < MIN_SEATS:
        raise MessageError("bad_count", f"{seats} seats are not a game")
    counts = counts[:seats]
    on_pile = len(DECK) - sum(counts) - state.deck_count
    if on_pile < 1:
        raise MessageError("bad_count", "there are not that many cards")
    finish_order = _finish_order(state, counts, before)
    for seat in (state.current_seat, state.survivor or 0, *finish_order):
        checked_seat(seat, seats)
    if len(set(finish_order)) != len(finish_order):
        raise MessageError("bad_seat", "a seat goes out once")
    if len(finish_order) >= seats - 1 and not state.game_over:
        raise MessageError("bad_value", "one seat alone does not play on")
    (top,) = checked_cards((state.top_card,))
    discard_count = state.discard_count if state.extended else on_pile
    return PublicView(
        seats=seats,
        current=state.current_seat,
        direction=-1 if state.direction else 1,
        top=top,
        nominated_suit=state.nominated_suit,
        pending_draws=state.pending_draws,
        pending_skips=state.pending_skips,
        deck_count=state.deck_count,
        discard_count=discard_count,
        hand_counts=counts,
        # From the finish order, not from the mask: a game that goes on needs the two to agree.
        out=tuple(seat in finish_order for seat in range(seats)),
        finish_order=finish_order,
        turn=state.turn,
        seen=_seen(before, played, top, discard_count, state.turn),
        is_over=state.game_over,
    )


def _finish_order(
    state: GameState, counts: tuple[int, ...], before: PublicView | None
) -> tuple[int, ...]:
    """Return the seats that are out; when the message does not tell, those with empty hands."""
    if state.extended:
        return state.finish_order
    known = before.finish_order if before is not None else ()
    empty = (seat for seat, count in enumerate(counts) if not count and seat not in known)
    return (*known, *empty)


def _seen(
    before: PublicView | None, played: Iterable[int], top: int, discard_count: int, turn: int
) -> tuple[int, ...]:
    """Return the cards known to lie on the discard pile, the top one last.

    That is the top card alone when the pile may have been shuffled into a new deck: after missed
    turns, or when it is smaller than what was seen on it.
    """
    if before is None or turn - before.turn not in (0, 1):
        return (top,)
    pile = dict.fromkeys((*before.seen, *played))
    pile.pop(top, None)
    return (*pile, top) if len(pile) < discard_count else (top,)
