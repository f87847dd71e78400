"""Choosing cards from a hand: the caret, the picked cards and their order, and advice on both.

The order matters: the first card of a play must fit, the last one ends up on top.
"""

from collections.abc import Callable, Sequence

from rachel.rules.cards import RANK_NAMES, card_code, cards_text, rank_of, suit_of
from rachel.rules.view import PublicView, SeatView
from rachel_tui.words.hints import draw_text, effect_text, must_draw, rank_plural


def sorted_hand(hand: Sequence[int], order: str = "rank") -> tuple[int, ...]:
    """Return a hand in the order shown: "rank", so that pairs stand together, "suit" or "dealt"."""
    if order == "dealt":
        return tuple(hand)
    if order == "suit":
        return tuple(sorted(hand))
    return tuple(sorted(hand, key=lambda card: (rank_of(card), suit_of(card))))


class Picking:
    """The caret and the picked cards of one hand.

    Attributes:
        order: how the hand is sorted (`sorted_hand`).
        hand: the cards in the order shown.
        caret: index of the card the caret is on, 0 for an empty hand.
        picked: the picked cards in the order they would be played; all of one rank, the first one
            playable.
        public: the table while it is for this hand to act; else None, and no card can be picked.
    """

    def __init__(self, order: str = "rank") -> None:
        self.order = order
        self.hand: tuple[int, ...] = ()
        self.caret = 0
        self.picked: tuple[int, ...] = ()
        self.public: PublicView | None = None

    @property
    def card(self) -> int | None:
        """The card under the caret, None in an empty hand."""
        return self.hand[self.caret] if self.hand else None

    @property
    def playable(self) -> frozenset[int]:
        """The cards that may lead a play now."""
        if self.public is None:
            return frozenset()
        return frozenset(filter(self.public.is_playable, self.hand))

    @property
    def addable(self) -> frozenset[int]:
        """The cards that may go along with the picked ones; none while nothing is picked."""
        if not self.picked:
            return frozenset()
        return frozenset(self.companions(self.picked[0])).difference(self.picked)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The cards that Enter would play: the picked ones, or else the one under the caret."""
        if self.picked or self.card is None:
            return self.picked
        return (self.card,)

    def companions(self, card: int) -> tuple[int, ...]:
        """Return the other cards of the same rank."""
        return tuple(
            other for other in self.hand if other != card and rank_of(other) == rank_of(card)
        )

    def show(self, hand: Sequence[int], public: PublicView | None) -> None:
        """Take a new hand and table. The caret stays on its card, except as follows.

        When the turn begins and the card under the caret does not fit, the caret goes to the next
        card that does. Picked cards stay picked only while hand and table stay the same.
        """
        held = self.card
        before = None if self.public is None else self.public.turn
        turn_begins = public is not None and public.turn != before  # a 7 may bring us two in a row
        changed = public != self.public or set(hand) != set(self.hand)
        self.hand = sorted_hand(hand, self.order)
        self.public = public
        if changed:
            self.picked = ()
        if held in self.hand:
            self.caret = self.hand.index(held)
        self.caret = max(0, min(self.caret, len(self.hand) - 1))
        playable = self.playable
        if turn_begins and playable and self.card not in playable:
            self.next_playable()

    def sort(self, order: str, hand: Sequence[int]) -> None:
        """Show ``hand``, the same cards as they were dealt, in another order."""
        held = self.card
        self.order = order
        self.hand = sorted_hand(hand, order)
        if held is not None:
            self.caret = self.hand.index(held)

    def move_to(self, index: int) -> None:
        """Put the caret on a card; an index outside the hand goes to its nearest end."""
        self.caret = max(0, min(index, len(self.hand) - 1))

    def next_playable(self, step: int = 1) -> None:
        """Put the caret on the next card that can be added, or that fits if none is picked."""
        wanted = self.addable or self.playable
        for distance in range(1, len(self.hand) + 1):
            index = (self.caret + step * distance) % len(self.hand)
            if self.hand[index] in wanted:
                self.caret = index
                return

    def clear(self) -> bool:
        """Put the picked cards back; return whether there were any."""
        had = bool(self.picked)
        self.picked = ()
        return had

    def take_back(self) -> bool:
        """Put the card picked last back; return whether there was one."""
        had = bool(self.picked)
        self.picked = self.picked[:-1]
        return had

    def toggle(self) -> str | None:
        """Pick the card under the caret or put it back; return why it failed, None if it worked.

        Picking a card of another rank starts anew with that card.
        """
        card = self.card
        if card is None:
            return "Your hand is empty."
        if self.public is None:
            return "Wait for your turn."
        if card in self.picked:
            rest = tuple(other for other in self.picked if other != card)
            self.picked = rest if rest and rest[0] in self.playable else ()
            return None
        if self.picked and rank_of(self.picked[0]) == rank_of(card):
            self.picked += (card,)
            return None
        if self.public.is_playable(card):
            self.picked = (card,)
            return None
        if self.picked:
            others = rank_plural(rank_of(self.picked[0]))
            return (
                f"{card_code(card)} does not go with {cards_text(self.picked)}: only {others} do."
            )
        return self.why_not()

    def why_not(self) -> str | None:
        """Return why the chosen cards cannot be played now, or None when they can."""
        chosen = self.chosen
        if not chosen:
            return "Your hand is empty."
        if self.public is None:
            return "Wait for your turn."
        reason = self.public.why_not(chosen[0])
        if reason is None:
            return None
        code = card_code(chosen[0])
        leaders = [card_code(it) for it in self.companions(chosen[0]) if it in self.playable]
        if leaders:
            return f"{code} goes with {leaders[0]}: pick {leaders[0]} first."
        return f"{code} does not fit: {reason}."

    def pick_advice(self, key: Callable[[str], str]) -> str:
        """Return how to play several cards of one rank, empty when there is only one.

        ``key`` says what the key of an action is called.
        """
        card = self.card
        if card is not None and card in self.addable:
            return f"{key('pick')} adds {card_code(card)}"
        if self.addable:
            return f"{key('next')}: to the next {RANK_NAMES[rank_of(self.picked[0])]}"
        if self.picked or card is None or card not in self.playable or not self.companions(card):
            return ""
        return f"{key('pick')}: more {rank_plural(rank_of(card))}"


def advice(view: SeatView | None, prompt: bool, picking: Picking, key: Callable[[str], str]) -> str:
    """Return the sentence under the hand.

    Args:
        view: the table as our seat sees it, None before the deal.
        prompt: whether it is for us to act.
        picking: caret and picked cards.
        key: says what the key of an action is called.
    """
    if view is None or not view.hand:
        return ""
    if not prompt:
        return "On its way…" if view.is_my_turn else "You can look through your cards meanwhile."
    if must_draw(view):
        return f"▶ {draw_text(view.public)} Press {key('draw')} or {key('play')}."
    chosen = picking.chosen
    problem = picking.why_not()
    if problem is not None:
        return problem
    effect = effect_text(chosen, view.public)
    because = f": {effect}" if effect else ""
    more = picking.pick_advice(key)
    return f"{key('play')} plays {cards_text(chosen)}{because}{f' · {more}' if more else ''}"
