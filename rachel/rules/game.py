"""One game of Rachel: its whole state and every transition (docs/RULES.md).

`Game` is mutable with a cheap `Game.copy`, and holds plain ints: a search bot can play out tens of
thousands of actions a second. There are no clocks, names, connections or bots in here.
"""

from collections.abc import Sequence
from typing import Final, Self

from rachel.rules.actions import Action, IllegalAction, Play, Refusal
from rachel.rules.cards import ACE, CLUBS, DECK, JACK, QUEEN, card_code
from rachel.rules.events import (
    AttackApplied,
    AttackReduced,
    CardsAddedToDiscard,
    CardsDrawn,
    CardsRemovedFromHand,
    DirectionReversed,
    Event,
    GameFinished,
    PlayerFinished,
    SkipApplied,
    SuitNominated,
    TurnAdvanced,
)
from rachel.rules.legal import first_playable, is_playable, legal_actions, why_not
from rachel.rules.rng import shuffle
from rachel.rules.state_hash import state_hash

MIN_SEATS: Final = 2
MAX_SEATS: Final = 8
CLOCKWISE: Final = 1
COUNTER_CLOCKWISE: Final = -1

_HAND_SIZES: Final = {2: 7, 3: 7, 4: 7, 5: 7, 6: 6, 7: 5, 8: 5}


class Game:
    """The state of one game: begin with `deal`, go on with `legal_actions`, `play` and `draw`.

    Attributes:
        seats: how many seats there are, 2-8.
        hands: one list of card bytes per seat, in the order the cards came.
        deck: the cards to draw, the next one LAST (so that drawing is a pop).
        discard: the pile, the top card last; never empty.
        current: the seat to act.
        direction: 1 clockwise, -1 counter-clockwise.
        pending_draws: cards the seat to act must draw unless it answers.
        pending_skips: turns that will be skipped unless the seat to act answers with a 7.
        nominated_suit: the suit an ace asked for, 0-3, or None.
        out: one bool per seat, True once its hand is empty.
        finish_order: the seats that are out, the winner first.
        turn: turns ended so far.
        rng_state: the generator after its most recent shuffle.
        attacks: (attacker, target, severity, turn) of every 2, 7 and black jack played.
    """

    __slots__ = (
        "attacks",
        "current",
        "deck",
        "direction",
        "discard",
        "finish_order",
        "hands",
        "nominated_suit",
        "out",
        "pending_draws",
        "pending_skips",
        "rng_state",
        "seats",
        "turn",
    )

    def __init__(
        self,
        *,
        hands: list[list[int]],
        deck: list[int],
        discard: list[int],
        rng_state: int,
        current: int = 0,
        direction: int = CLOCKWISE,
        pending_draws: int = 0,
        pending_skips: int = 0,
        nominated_suit: int | None = None,
        finish_order: list[int] | None = None,
        turn: int = 0,
        attacks: list[tuple[int, int, int, int]] | None = None,
        out: list[bool] | None = None,
    ) -> None:
        """Take a state as it is, unchecked; the lists now belong to the game."""
        self.seats = len(hands)
        self.hands = hands
        self.deck = deck
        self.discard = discard
        self.rng_state = rng_state
        self.current = current
        self.direction = direction
        self.pending_draws = pending_draws
        self.pending_skips = pending_skips
        self.nominated_suit = nominated_suit
        self.finish_order = finish_order if finish_order is not None else []
        self.out = out if out is not None else [s in self.finish_order for s in range(self.seats)]
        self.turn = turn
        self.attacks = attacks if attacks is not None else []

    @classmethod
    def deal(cls, seats: int, seed: int) -> Self:
        """Shuffle with ``seed`` (unsigned 64-bit) and deal a new game (docs/RULES.md, The start).

        Raises:
            ValueError: the number of seats is not 2-8.
        """
        if not MIN_SEATS <= seats <= MAX_SEATS:
            raise ValueError(f"a game has {MIN_SEATS} to {MAX_SEATS} seats, not {seats}")
        cards = list(DECK)
        rng_state = shuffle(cards, seed)
        size = _HAND_SIZES[seats]
        dealt = seats * size
        return cls(
            hands=[cards[seat * size : (seat + 1) * size] for seat in range(seats)],
            discard=[cards[dealt]],
            deck=cards[:dealt:-1],
            rng_state=rng_state,
        )

    def copy(self) -> "Game":
        """Return an independent copy."""
        return Game(
            hands=[hand[:] for hand in self.hands],
            deck=self.deck[:],
            discard=self.discard[:],
            rng_state=self.rng_state,
            current=self.current,
            direction=self.direction,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
            nominated_suit=self.nominated_suit,
            finish_order=self.finish_order[:],
            turn=self.turn,
            attacks=self.attacks[:],
            out=self.out[:],
        )

    @property
    def is_over(self) -> bool:
        """Whether at most one seat still holds cards."""
        return len(self.finish_order) >= self.seats - 1

    @property
    def top(self) -> int:
        """The card on top of the discard pile."""
        return self.discard[-1]

    @property
    def survivor(self) -> int | None:
        """The seat that lost: the only one still in once the game is over, else None."""
        if not self.is_over:
            return None
        return next((seat for seat in range(self.seats) if not self.out[seat]), None)

    def state_hash(self) -> int:
        """Return the 64-bit hash of the state (docs/PROTOCOL.md, The state hash)."""
        return state_hash(self)

    def legal_actions(self) -> list[Action]:
        """Return what the seat to act may do, in canonical order; nothing once the game is over."""
        if self.is_over:
            return []
        return legal_actions(
            self.hands[self.current],
            top=self.discard[-1],
            nominated=self.nominated_suit,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
        )

    def is_playable(self, card: int) -> bool:
        """Tell whether ``card`` may lead a play now; it need not be in a hand."""
        return is_playable(
            card,
            top=self.discard[-1],
            nominated=self.nominated_suit,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
        )

    def apply(self, action: Action, events: list[Event] | None = None) -> None:
        """Play or draw as ``action`` says; see `play` and `draw`."""
        if action.__class__ is Play:
            self.play(action.cards, action.suit, events)
        else:
            self.draw(events)

    def play(
        self,
        cards: Sequence[int],
        nominated_suit: int | None = None,
        events: list[Event] | None = None,
    ) -> None:
        """Play ``cards`` of the seat to act in this order; append what happened to ``events``.

        Raises:
            IllegalAction: a rule forbids it; nothing has changed.
        """
        rank = self._check_play(cards, nominated_suit)
        seat = self.current
        hand = self.hands[seat]
        for card in cards:
            hand.remove(card)
        self.discard += cards
        self.nominated_suit = nominated_suit
        if events is not None:
            events.append(CardsRemovedFromHand(seat, tuple(cards)))
            events.append(CardsAddedToDiscard(tuple(cards)))
        if not hand:
            self.out[seat] = True
            self.finish_order.append(seat)
            if events is not None:
                events.append(PlayerFinished(seat, len(self.finish_order) - 1))
        if rank == QUEEN:
            if len(cards) & 1:
                self.direction = -self.direction
                if events is not None:
                    events.append(DirectionReversed(self.direction))
        elif rank == ACE:
            if events is not None and nominated_suit is not None:
                events.append(SuitNominated(seat, nominated_suit))
        elif rank == 7 or rank == 2 or rank == JACK:
            self._attack(seat, cards, rank, events)
        self._end_turn(events)

    def draw(self, events: list[Event] | None = None) -> tuple[int, ...]:
        """Draw one card, or all pending ones, for the seat to act; return the cards drawn.

        Fewer come when deck and discard pile have no more. Appends what happened to ``events``.

        Raises:
            IllegalAction: the seat holds a playable card, or the game is over.
        """
        if len(self.finish_order) >= self.seats - 1:
            raise IllegalAction(Refusal.GAME_ALREADY_OVER, "the game is over")
        hand = self.hands[self.current]
        card = first_playable(
            hand,
            top=self.discard[-1],
            nominated=self.nominated_suit,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
        )
        if card is not None:
            raise IllegalAction(
                Refusal.MUST_PLAY_IF_ABLE, f"you can play {card_code(card)}, so you must play"
            )
        wanted = self.pending_draws or 1
        self.pending_draws = 0
        before = len(hand)
        for _ in range(wanted):
            if not self.deck:
                self._recycle_discards()
                if not self.deck:
                    break
            hand.append(self.deck.pop())
        drawn = tuple(hand[before:])
        if events is not None:
            events.append(CardsDrawn(self.current, drawn))
        self._end_turn(events)
        return drawn

    def _check_play(self, cards: Sequence[int], nominated_suit: int | None) -> int:
        """Return the rank played; refusals are found in the order of docs/RULES.md.

        Raises:
            IllegalAction: a rule forbids the play.
        """
        if len(self.finish_order) >= self.seats - 1:
            raise IllegalAction(Refusal.GAME_ALREADY_OVER, "the game is over")
        if not cards:
            raise IllegalAction(Refusal.INVALID_PLAY, "a play needs at least one card")
        hand = self.hands[self.current]
        for card in cards:
            if card not in hand:
                raise IllegalAction(Refusal.CARD_NOT_IN_HAND, "that card is not in your hand")
        first = cards[0]
        rank = first & 63
        if len(cards) > 1:
            if len(set(cards)) != len(cards):
                raise IllegalAction(Refusal.CARD_NOT_IN_HAND, "a card can be played only once")
            if any(card & 63 != rank for card in cards):
                raise IllegalAction(Refusal.INVALID_PLAY, "cards played together share one rank")
        if not self.is_playable(first):
            raise IllegalAction(Refusal.INVALID_PLAY, self._why_not(first))
        if rank == ACE:
            if nominated_suit is None or not 0 <= nominated_suit <= 3:
                raise IllegalAction(Refusal.MUST_NOMINATE_SUIT, "an ace needs a suit: name one")
        elif nominated_suit is not None:
            raise IllegalAction(Refusal.CANNOT_NOMINATE_SUIT, "only an ace names a suit")
        return rank

    def _why_not(self, card: int) -> str:
        reason = why_not(
            card,
            top=self.discard[-1],
            nominated=self.nominated_suit,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
        )
        return f"{card_code(card)} cannot be played: {reason}"

    def _attack(
        self, seat: int, cards: Sequence[int], rank: int, events: list[Event] | None
    ) -> None:
        """Apply the 2s, 7s or jacks just played, card by card."""
        target = self._next_active(seat)
        for card in cards:
            if rank == 7:
                self.pending_skips += 1
                self.attacks.append((seat, target, 1, self.turn))
                if events is not None:
                    events.append(SkipApplied(seat, target))
            elif rank == 2 or card >> 6 >= CLUBS:
                severity = 2 if rank == 2 else 5
                self.pending_draws += severity
                self.attacks.append((seat, target, severity, self.turn))
                if events is not None:
                    events.append(AttackApplied(seat, target, severity))
            elif self.pending_draws:
                taken_back = min(5, self.pending_draws)
                self.pending_draws -= taken_back
                if events is not None:
                    events.append(AttackReduced(seat, taken_back))

    def _next_active(self, seat: int) -> int:
        """Return the next seat in the current direction that still holds cards."""
        seats, direction, out = self.seats, self.direction, self.out
        seat = (seat + direction) % seats
        while out[seat]:
            seat = (seat + direction) % seats
        return seat

    def _end_turn(self, events: list[Event] | None) -> None:
        """Pass the turn, or end the game."""
        seat = self.current
        self.turn += 1
        if len(self.finish_order) >= self.seats - 1:
            self.current = (seat + self.direction) % self.seats
            if events is not None:
                events.append(TurnAdvanced(seat, self.current, self.turn))
                events.append(GameFinished(self.survivor, tuple(self.finish_order)))
            return
        to = self._next_active(seat)
        while self.pending_skips and not any(card & 63 == 7 for card in self.hands[to]):
            self.pending_skips -= 1
            to = self._next_active(to)
        self.current = to
        if events is not None:
            events.append(TurnAdvanced(seat, to, self.turn))

    def _recycle_discards(self) -> None:
        """Shuffle every discard but the top one into a new deck, the oldest first."""
        cards = self.discard[:-1]
        del self.discard[:-1]
        self.rng_state = shuffle(cards, self.rng_state)
        cards.reverse()
        self.deck = cards
