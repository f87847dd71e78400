"""The game at a table: dealt or restored, then action by action, with the entries to journal."""

from collections.abc import Callable, Sequence
from typing import Final

from rachel import telling
from rachel.rubp import SPEC_VERSION, PlayerWon
from rachel.rules.actions import Action, IllegalAction, Play, Refusal
from rachel.rules.deal_proof import StateTags, commitment
from rachel.rules.game import Game
from rachel.rules.view import PublicView, SeatView, public_view, view_for
from rachel_server.core.entries import ActionTaken, GameEnded, GameStarted, GameStatus, StoredGame
from rachel_server.core.seating import Seat
from rachel_server.core.table_settings import TableSettings

Entropy = Callable[[int], bytes]
"""Returns that many unpredictable bytes: os.urandom, or a seeded source in tests."""

NONCE_SIZE: Final = 16
_NAME_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"


class ReplayFailed(Exception):  # noqa: N818 - says what happened, like IllegalAction
    """A stored game does not replay to the hashes stored with it."""


class RunningGame:
    """A game in play, and the journal entry it started with.

    Attributes:
        start: the entry of its start.
        tag: the name of the state on the wire, which gives nothing away.
    """

    def __init__(self, start: GameStarted) -> None:
        self.start = start
        self._game = Game.deal(len(start.seats), start.seed)
        self._tags = StateTags(start.nonce)
        self._observe()

    @classmethod
    def deal(
        cls,
        seats: Sequence[Seat],
        *,
        game_id: int,
        room: str,
        public: bool,
        settings: TableSettings,
        entropy: Entropy,
        at: float,
    ) -> "RunningGame":
        """Deal to ``seats`` from a fresh secret seed; ``at`` is Unix time."""
        return cls(
            GameStarted(
                game=_new_name(entropy),
                game_id=game_id,
                room=room,
                public=public,
                seed=int.from_bytes(entropy(8), "big"),
                nonce=entropy(NONCE_SIZE),
                turn_time_s=settings.turn_time_s,
                bot_level=settings.bot_level,
                seats=tuple(seat.to_entry() for seat in seats),
                at=at,
                watch=settings.watch,
            )
        )

    @classmethod
    def restore(cls, stored: StoredGame) -> "RunningGame":
        """Return a stored game, replayed.

        Raises:
            ReplayFailed: a row is missing, is refused or leads to another hash than the stored one.
        """
        running = cls(stored.start)
        game = running._game
        for turn, taken in enumerate(stored.actions):
            if taken.turn != turn or taken.seat != game.current:
                raise ReplayFailed(f"turn {turn}: its row is missing or out of place")
            try:
                game.apply(taken.action)
            except IllegalAction as error:
                raise ReplayFailed(f"turn {turn}: {error.reason}") from error
            if game.state_hash() != taken.state_hash:
                raise ReplayFailed(f"turn {turn}: the state hash differs")
        running._observe()
        return running

    @property
    def current(self) -> int:
        """The seat to act."""
        return self._game.current

    @property
    def turn(self) -> int:
        """Turns ended so far."""
        return self._game.turn

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return self._game.is_over

    @property
    def public(self) -> PublicView:
        """What everybody sees now."""
        return public_view(self._game)

    def proof_lines(self) -> list[str]:
        """Return what proves the deal as far as it may be told now: all of it after the game."""
        proof = commitment(self.start.seed, self.start.nonce).upper()
        lines = [f"Deal proof 1/2 {proof[:32]}", f"Deal proof 2/2 {proof[32:]}"]
        return lines + (self.revelation_lines() if self.is_over else [])

    def revelation_lines(self) -> list[str]:
        """Return the secrets that the proof is about; the game is over."""
        assert self.is_over
        return [f"Seed {self.start.seed:016X}", f"Nonce {self.start.nonce.hex().upper()}"]

    def is_at(self, turn: int, spec: int, tag: int | None) -> bool:
        """Tell whether somebody who names this turn, rules and tag, if any, means the state now."""
        return turn == self.turn and spec == SPEC_VERSION and tag in (None, self.tag)

    def view(self, seat: int) -> SeatView:
        """Return what ``seat`` may see."""
        return view_for(self._game, seat)

    def act(self, seat: int, action: Action) -> tuple[ActionTaken, tuple[int, ...]]:
        """Carry out an action; return its journal entry and the cards it drew.

        Raises:
            IllegalAction: a rule forbids it; nothing has changed.
        """
        game = self._game
        if game.current != seat:
            raise IllegalAction(Refusal.NOT_YOUR_TURN, "it is not your turn")
        action = self._led(action)
        drawn: tuple[int, ...] = ()
        if isinstance(action, Play):
            game.play(action.cards, action.suit)
        else:
            drawn = game.draw()
        self._observe()
        return ActionTaken(self.start.game, game.turn - 1, seat, action, self._state_hash), drawn

    def finished(self, at: float) -> GameEnded:
        """Return the journal entry of the end; ``at`` is Unix time."""
        public = self.public
        survivor = public.survivor
        dealt, taken = self._attack_totals()
        return GameEnded(
            game=self.start.game,
            status=GameStatus.FINISHED,
            places=public.finish_order + (() if survivor is None else (survivor,)),
            at=at,
            cards_left=public.hand_counts,
            attack_dealt=dealt,
            attack_taken=taken,
        )

    def abandoned(self, at: float) -> GameEnded:
        """Return the journal entry of a game given up; ``at`` is Unix time."""
        return GameEnded(self.start.game, GameStatus.ABANDONED, (), at)

    def game_state(self) -> bytes:
        """Return the payload of GAME_STATE."""
        return telling.game_state(self._game, self.tag)

    def turn_start(self) -> bytes:
        """Return the payload of TURN_START for the seat to act."""
        return telling.turn_start(self._game, self.tag)

    def turn_end(self, taken: ActionTaken, drawn: int) -> bytes:
        """Return the payload of TURN_END for the action just taken."""
        return telling.turn_end(self._game, taken.seat, taken.action, drawn, self.tag)

    def hand(self, seat: int) -> list[tuple[int, bytes]]:
        """Return a seat's hand as types and payloads, for that seat alone."""
        return telling.hand(self._game, seat, self.tag)

    def player_won(self) -> PlayerWon:
        """Return PLAYER_WON with each seat's attack totals; the game is over."""
        survivor = self._game.survivor
        assert survivor is not None
        return PlayerWon(survivor, self.turn, self.tag, *self._attack_totals())

    def _attack_totals(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the sums of the severities that each seat dealt, and that each seat took."""
        dealt, taken = [0] * self._game.seats, [0] * self._game.seats
        for attacker, target, severity, _ in self._game.attacks:
            dealt[attacker] += severity
            taken[target] += severity
        return tuple(dealt), tuple(taken)

    def _observe(self) -> None:
        """Name the state that the game has come to."""
        self._state_hash: int = self._game.state_hash()
        self.tag = self._tags.tag(self._state_hash)

    def _led(self, action: Action) -> Action:
        """Let a card that can lead do so: old clients send cards in the order of the hand."""
        if isinstance(action, Play) and len(action.cards) > 1:
            for place, card in enumerate(action.cards):
                if self._game.is_playable(card):
                    if place == 0:
                        break
                    rest = action.cards[:place] + action.cards[place + 1 :]
                    return Play((card, *rest), action.suit)
        return action


def _new_name(entropy: Entropy) -> str:
    """Return twelve letters and digits that no other game has."""
    value = int.from_bytes(entropy(8), "big")
    return "".join(_NAME_ALPHABET[value >> 5 * place & 31] for place in range(12))
