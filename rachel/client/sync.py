"""The two halves of what a client knows of a running game: the table's state and its own hand.

The host sends them as GAME_STATE and HAND_SYNC, in either order. Halves of the same turn describe
one state, so that their rules version and hash must agree (docs/PROTOCOL.md, Asking for
everything); of halves of different turns only the size of the hand can be compared. A hash is
eight bytes to compare and to send back: what it is a hash of does not matter here.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rachel.client.state import checked_cards, checked_seat, read_state
from rachel.rubp import CARDS_MAX, SPEC_VERSION, GameState, HandSync, MessageError
from rachel.rules.view import PublicView


class _Mark(NamedTuple):
    """Which state a half belongs to; a hash of None agrees with every other."""

    turn: int
    spec: int
    state_hash: int | None


class SyncPair:
    """The state of the table and our hand, each with the mark of the state it belongs to.

    Attributes:
        public: the state of the table, None before the first.
        hand: our cards in the order they came, None before the first.
        played: cards seen being played since ``public``.
    """

    def __init__(self) -> None:
        self.public: PublicView | None = None
        self.hand: tuple[int, ...] | None = None
        self.played: list[int] = []
        self._state_mark: _Mark | None = None
        self._hand_mark: _Mark | None = None
        self._overflowing = False

    @property
    def turn(self) -> int:
        """The turn of the state held, 0 before the first."""
        return 0 if self._state_mark is None else self._state_mark.turn

    @property
    def state_hash(self) -> int | None:
        """The hash of the state held, None when the host did not say."""
        return None if self._state_mark is None else self._state_mark.state_hash

    def deal(self, cards: Sequence[int]) -> None:
        """Begin a game with this hand.

        Raises:
            MessageError: bad_card; nothing has changed.
        """
        self.hand = checked_cards(cards)
        self.public = self._state_mark = None
        self.played = []
        self._hand_mark = _Mark(0, SPEC_VERSION, None)
        self._overflowing = False

    def take_state(self, state: GameState, *, seat: int | None, seats: int) -> PublicView:
        """Hold a new state of the table, at which we have ``seat``; return what it shows.

        ``seat`` is None if we watch. ``seats`` is how many seats the table has as far as known.

        Raises:
            MessageError: the message contradicts itself; nothing has changed.
        """
        public = read_state(state, seats=seats, before=self.public, played=self.played)
        if seat is not None:
            checked_seat(seat, public.seats)
        self.public = public
        self.played = []
        self._state_mark = _Mark(state.turn, state.spec, state.state_hash)
        return public

    def take_hand(self, sync: HandSync) -> bool:
        """Hold the hand of a HAND_SYNC; return whether it differs from the one held.

        Raises:
            MessageError: bad_card, or old_hand when it belongs to a turn that is over; nothing has
                changed.
        """
        cards = checked_cards(sync.cards)
        if sync.turn < self.turn:
            raise MessageError("old_hand", f"a hand of turn {sync.turn} in turn {self.turn}")
        changed = cards != self.hand
        self.hand = cards
        self._hand_mark = _Mark(sync.turn, sync.spec, sync.state_hash)
        self._overflowing = len(cards) == CARDS_MAX
        return changed

    def take_drawn(self, cards: Sequence[int]) -> tuple[tuple[int, ...], bool]:
        """Add cards to the hand; return those that are new to it and whether they were drawn.

        What follows a HAND_SYNC of 32 cards is the rest of that hand and was not drawn just now.

        Raises:
            MessageError: bad_card; nothing has changed.
        """
        held = self.hand or ()
        fresh = tuple(card for card in checked_cards(cards) if card not in held)
        self.hand = held + fresh
        if not self._overflowing:
            self._hand_mark = None  # its HAND_SYNC follows, perhaps behind the new state
        return fresh, not self._overflowing

    def end_of_hand(self) -> None:
        """Know that no further part of a long hand follows."""
        self._overflowing = False

    def doubt_hand(self) -> None:
        """Know that the hand may be out of date: it is compared only after it has come again."""
        self._hand_mark = None

    def agrees_with(self, state_hash: int | None) -> bool:
        """Tell whether the state held may have this hash: unless both are known and differ."""
        return self.state_hash is None or state_hash is None or self.state_hash == state_hash

    def disagreement(self, seat: int | None) -> str | None:
        """Return what does not fit together, in a few words, or None: never without a seat.

        Call it when no further part of the hand can follow.
        """
        if seat is None or self.public is None or self.hand is None or self._hand_mark is None:
            return None
        if self._hand_mark.turn > self.turn:
            return None  # the state that belongs to this hand is still to come
        if self._hand_mark.turn == self.turn and not self._marks_agree():
            return "the hand belongs to another state of the table"
        if len(self.hand) != self.public.hand_counts[seat]:
            return "the hand has another size than the table says"
        return None

    def is_complete(self, seat: int | None) -> bool:
        """Tell whether both halves of one state are here and agree; without a seat there is one."""
        if seat is None:
            return self._state_mark is not None
        return (
            self._hand_mark is not None
            and self._state_mark is not None
            and self._hand_mark.turn == self._state_mark.turn
            and self.disagreement(seat) is None
        )

    def _marks_agree(self) -> bool:
        state, hand = self._state_mark, self._hand_mark
        if state is None or hand is None:
            return True
        return state.spec == hand.spec and self.agrees_with(hand.state_hash)
