"""What a seat may see: views are the one door through which a running game is shown.

Frames, logs, API answers and bots are built from views, so that hidden cards (other hands, the
deck) cannot leak: a view does not hold them.
"""

from dataclasses import dataclass

from rachel.rules.actions import Action
from rachel.rules.game import Game
from rachel.rules.legal import is_playable, legal_actions, why_not


@dataclass(slots=True)
class PublicView:
    """What every seat sees. Treat it as immutable.

    Attributes:
        seats: how many seats there are, 2-8.
        current: the seat to act (meaningless once the game is over).
        direction: 1 clockwise, -1 counter-clockwise.
        top: the top card of the discard pile.
        nominated_suit: the suit an ace asked for, 0-3, or None.
        pending_draws: cards the seat to act must draw unless it answers.
        pending_skips: turns that will be skipped unless the seat to act answers with a 7.
        deck_count: cards left to draw before the discards are shuffled.
        discard_count: cards on the discard pile.
        hand_counts: how many cards each seat holds.
        out: one bool per seat, True once its hand is empty.
        finish_order: the seats that are out, the winner first.
        turn: turns ended so far.
        seen: the discards that this viewer saw being played, the top card last; the order of the
            others means nothing.
        is_over: whether at most one seat still holds cards.
    """

    seats: int
    current: int
    direction: int
    top: int
    nominated_suit: int | None
    pending_draws: int
    pending_skips: int
    deck_count: int
    discard_count: int
    hand_counts: tuple[int, ...]
    out: tuple[bool, ...]
    finish_order: tuple[int, ...]
    turn: int
    seen: tuple[int, ...]
    is_over: bool

    @property
    def survivor(self) -> int | None:
        """The seat that lost: the only one still in once the game is over, else None."""
        if not self.is_over:
            return None
        return next((seat for seat in range(self.seats) if not self.out[seat]), None)

    def is_playable(self, card: int) -> bool:
        """Tell whether ``card`` may lead a play now."""
        return is_playable(
            card,
            top=self.top,
            nominated=self.nominated_suit,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
        )

    def why_not(self, card: int) -> str | None:
        """Return in a few words why ``card`` may not lead a play now, or None when it may."""
        return why_not(
            card,
            top=self.top,
            nominated=self.nominated_suit,
            pending_draws=self.pending_draws,
            pending_skips=self.pending_skips,
        )


@dataclass(slots=True)
class SeatView:
    """What one seat sees: the public state and its own ``hand``, in the order the cards came."""

    seat: int
    hand: tuple[int, ...]
    public: PublicView

    @property
    def is_my_turn(self) -> bool:
        """Whether this seat is to act."""
        return self.public.current == self.seat and not self.public.is_over

    def legal_actions(self) -> list[Action]:
        """Return what this seat may do now, in canonical order; nothing when it is not to act."""
        if not self.is_my_turn:
            return []
        public = self.public
        return legal_actions(
            self.hand,
            top=public.top,
            nominated=public.nominated_suit,
            pending_draws=public.pending_draws,
            pending_skips=public.pending_skips,
        )


def public_view(game: Game) -> PublicView:
    """Return what every seat may see of ``game`` now."""
    return PublicView(
        seats=game.seats,
        current=game.current,
        direction=game.direction,
        top=game.discard[-1],
        nominated_suit=game.nominated_suit,
        pending_draws=game.pending_draws,
        pending_skips=game.pending_skips,
        deck_count=len(game.deck),
        discard_count=len(game.discard),
        hand_counts=tuple(map(len, game.hands)),
        out=tuple(game.out),
        finish_order=tuple(game.finish_order),
        turn=game.turn,
        seen=tuple(game.discard),
        is_over=game.is_over,
    )


def view_for(game: Game, seat: int, public: PublicView | None = None) -> SeatView:
    """Return what ``seat`` may see of ``game`` now: its own hand and the public state.

    ``public`` is the `public_view` of this very state, for a caller who has it already.
    """
    return SeatView(seat, tuple(game.hands[seat]), public or public_view(game))
