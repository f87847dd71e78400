"""A game as a snapshot and everything that happened since: ActionLog (docs/FORMATS.md).

Beside each action and its state hash a log tells who acted, the events, and what the host told the
table about the turn (docs/PROTOCOL.md: TURN_END, TURN_START, PLAYER_WON). Other implementations may
use other fields for that last part: it is kept as it is, and `ActionLog.verify` does not judge it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from rachel.formats import snapshot
from rachel.formats.json_shapes import (
    Fields,
    JsonObject,
    ReplayError,
    action_from_json,
    action_to_json,
    card_to_json,
    event_to_json,
)
from rachel.formats.replay import (
    Mismatch,
    MismatchKind,
    Moment,
    Verified,
    check_hashes,
    replay_step,
)
from rachel.rules.actions import Action, Play
from rachel.rules.cards import SUIT_NAMES
from rachel.rules.events import EVENT_KINDS, CardsDrawn, Event, PlayerFinished
from rachel.rules.game import MAX_SEATS, Game

SPEC_VERSION: Final = 1

_TOTAL_MAX: Final = 0xFF


@dataclass(frozen=True, slots=True)
class LogStep:
    """One action and what it led to.

    Attributes:
        seat: who acted.
        action: what the seat did.
        state_hash: the state hash after it.
        events: the events as JSON objects, each with its ``kind``.
        turn_end: JSON, what the host told about the end of the turn.
        turn_start: JSON, what it told about the next turn, None when there is none.
        player_won: JSON, what it told about the end of the game, None before that.
    """

    seat: int
    action: Action
    state_hash: int
    events: tuple[JsonObject, ...]
    turn_end: object
    turn_start: object
    player_won: object


@dataclass(frozen=True, slots=True)
class ActionLog:
    """A game from a snapshot on.

    Attributes:
        initial: the snapshot, as bytes.
        initial_hash: the state hash of the snapshot.
        steps: what happened since.
    """

    initial: bytes
    initial_hash: int
    steps: tuple[LogStep, ...]

    @classmethod
    def record(cls, game: Game, actions: Iterable[Action], bots: Collection[int] = ()) -> Self:
        """Take ``actions`` in a copy of ``game`` and note everything they lead to.

        Raises:
            ValueError: ``bots`` names a seat that the game does not have.
            Mismatch: an action is refused.
        """
        initial = snapshot.encode(game, bots)
        now = game.copy()
        steps = []
        for step, action in enumerate(actions, start=1):
            steps.append(_log_step(replay_step(now, action, step, 0)))
        return cls(initial, game.state_hash(), tuple(steps))

    @classmethod
    def from_json(cls, value: object, where: str = "") -> Self:
        """Return the log that a JSON value, found at ``where`` in its document, describes.

        Raises:
            ReplayError: it describes none.
        """
        fields = Fields(value, where)
        fields.version(SPEC_VERSION)
        initial = fields.hexadecimal("initialSnapshotHex")
        try:
            snapshot.decode(initial)
        except snapshot.SnapshotError as error:
            raise ReplayError(f"{fields.path('initialSnapshotHex')}: {error}") from None
        return cls(
            initial=initial,
            initial_hash=fields.u64("initialStateHash"),
            steps=tuple(_step_from_json(step) for step in fields.objects("steps")),
        )

    def to_json(self) -> JsonObject:
        """Return the log as a JSON object."""
        return {
            "specVersion": SPEC_VERSION,
            "initialSnapshotHex": self.initial.hex(),
            "initialStateHash": self.initial_hash,
            "steps": [
                {
                    "actingPlayerIndex": step.seat,
                    "action": action_to_json(step.action),
                    "stateHash": step.state_hash,
                    "events": list(step.events),
                    "turnEnd": step.turn_end,
                    "turnStart": step.turn_start,
                    "playerWon": step.player_won,
                }
                for step in self.steps
            ],
        }

    @property
    def bots(self) -> tuple[int, ...]:
        """The seats whose players are bots, according to the snapshot."""
        return tuple(sorted(snapshot.decode(self.initial).bots))

    def start(self) -> Game:
        """Return the game the snapshot holds."""
        return snapshot.decode(self.initial).game

    def moments(self) -> Iterator[Moment]:
        """Replay the log step by step, comparing no hashes.

        Raises:
            Mismatch: it is another seat's turn, or an action is refused.
            ReplayError: the game is longer than state hashes can tell.
        """
        game = self.start()
        for number, step in enumerate(self.steps, start=1):
            if step.seat != game.current and not game.is_over:
                raise Mismatch(
                    number,
                    MismatchKind.ACTING_PLAYER,
                    step.seat,
                    game.current,
                    f"expected seat {step.seat} to act, got seat {game.current}'s turn",
                )
            yield replay_step(game, step.action, number, step.state_hash)

    def verify(self) -> Verified:
        """Replay the log and compare who acts and every hash.

        Raises:
            Mismatch: a hash differs, it is another seat's turn, or an action is refused.
            ReplayError: the game is longer than state hashes can tell.
        """
        return check_hashes(self.start(), self.initial_hash, self.moments())


def _step_from_json(step: Fields) -> LogStep:
    events = step.objects("events")
    for event in events:
        event.known("kind", EVENT_KINDS)
    return LogStep(
        seat=step.integer("actingPlayerIndex", 0, MAX_SEATS - 1),
        action=action_from_json(step.child("action")),
        state_hash=step.u64("stateHash"),
        events=tuple(dict(event.values) for event in events),
        turn_end=step.value("turnEnd"),
        turn_start=step.values.get("turnStart"),
        player_won=step.values.get("playerWon"),
    )


def _log_step(moment: Moment) -> LogStep:
    game = moment.game
    return LogStep(
        seat=moment.seat,
        action=moment.action,
        state_hash=moment.state_hash,
        events=tuple(event_to_json(event) for event in moment.events),
        turn_end=_turn_end(moment),
        turn_start=None if game.is_over else _turn_start(moment),
        player_won=_player_won(moment) if game.is_over else None,
    )


def _turn_end(moment: Moment) -> JsonObject:
    """Return what TURN_END says."""
    action, game = moment.action, moment.game
    cards, suit = (action.cards, action.suit) if isinstance(action, Play) else ((), None)
    return {
        "playerIndex": moment.seat,
        "kind": "play" if isinstance(action, Play) else "draw",
        "cards": [card_to_json(card) for card in cards],
        "nominatedSuit": None if suit is None else SUIT_NAMES[suit],
        "cardsDrawn": _drawn(moment.events),
        "nextPlayerIndex": game.current,
        "turnNumber": game.turn,
        "finishPosition": _finish_position(moment.events),
        "survivorPlayerIndex": game.survivor,
        "specVersion": SPEC_VERSION,
        "stateHash": moment.state_hash,
    }


def _turn_start(moment: Moment) -> JsonObject:
    """Return what TURN_START says."""
    game = moment.game
    return {
        "playerIndex": game.current,
        "turnNumber": game.turn,
        "pendingDraws": game.pending_draws,
        "pendingSkips": game.pending_skips,
        "specVersion": SPEC_VERSION,
        "stateHash": moment.state_hash,
    }


def _player_won(moment: Moment) -> JsonObject:
    """Return what PLAYER_WON says, attack totals cut to a byte like there."""
    game = moment.game
    dealt, taken = [0] * game.seats, [0] * game.seats
    for attacker, target, severity, _ in game.attacks:
        dealt[attacker] = min(dealt[attacker] + severity, _TOTAL_MAX)
        taken[target] = min(taken[target] + severity, _TOTAL_MAX)
    return {
        "survivorPlayerIndex": game.survivor,
        "turnNumber": game.turn,
        "specVersion": SPEC_VERSION,
        "stateHash": moment.state_hash,
        "attackDealt": dealt,
        "attackTaken": taken,
    }


def _drawn(events: Iterable[Event]) -> int:
    return sum(len(event.cards) for event in events if isinstance(event, CardsDrawn))


def _finish_position(events: Iterable[Event]) -> int | None:
    return next((event.position for event in events if isinstance(event, PlayerFinished)), None)
