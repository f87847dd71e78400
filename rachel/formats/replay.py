"""A game as its seed and its actions, each with the hash it leads to: ReplayTrace.

Whoever replays a trace must come to the same hashes; `ReplayTrace.verify` finds the first step at
which this engine does not.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, NamedTuple, Self, TypedDict

from rachel.formats.json_shapes import (
    U64,
    DrawStepJson,
    Fields,
    PlayStepJson,
    ReplayError,
    SeatNumber,
    action_from_json,
    action_to_json,
)
from rachel.rules.actions import Action, IllegalAction
from rachel.rules.events import Event
from rachel.rules.game import MAX_SEATS, MIN_SEATS, Game

__all__ = ["Mismatch", "MismatchKind", "Moment", "ReplayError", "ReplayTrace", "TraceStep"]

SPEC_VERSION: Final = 1

# What the state hash has room for (rules.md, State hash): a u32 and a u16.
_TURN_MAX: Final = 0xFFFF_FFFF
_ATTACKS_MAX: Final = 0xFFFF


class StepJson(TypedDict):
    """A turn, and the hash of the game's state after it."""

    action: PlayStepJson | DrawStepJson
    expectedStateHash: U64


class ReplayJson(TypedDict):
    """The game from its deal on."""

    specVersion: Literal[1]
    playerNames: Annotated[list[str], {"minItems": MIN_SEATS, "maxItems": MAX_SEATS}]
    aiPlayerIndices: list[SeatNumber]
    seed: U64
    initialStateHash: U64
    steps: list[StepJson]


class MismatchKind(StrEnum):
    """What differs between a document and its replay."""

    STATE_HASH = "state_hash"
    ACTING_PLAYER = "acting_player"
    REFUSED_ACTION = "refused_action"


class Mismatch(Exception):  # noqa: N818 - what the formats call it
    """The replay does not lead where the document says.

    Attributes:
        step: the number of the step, 1 for the first one; 0 for the initial state.
        kind: what differs.
        expected: what the document says: a hash, the acting seat, or the action.
        actual: what the replay says: a hash, the seat to act, or the refusal's identifier.
    """

    def __init__(
        self, step: int, kind: MismatchKind, expected: int | str, actual: int | str, text: str
    ) -> None:
        super().__init__(f"step {step}: {text}" if step else f"initial state: {text}")
        self.step = step
        self.kind = kind
        self.expected = expected
        self.actual = actual


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a replay, just after it.

    Attributes:
        step: its number, 1 for the first one.
        seat: who acted.
        action: what the seat did.
        events: what that led to, in order.
        game: the game after the step; it goes on with the replay, so copy it to keep it.
        recorded_hash: the state hash according to the document.
        state_hash: the state hash according to this engine.
    """

    step: int
    seat: int
    action: Action
    events: tuple[Event, ...]
    game: Game
    recorded_hash: int
    state_hash: int


class TraceStep(NamedTuple):
    """An action and the state hash after it."""

    action: Action
    state_hash: int

    def to_json(self) -> StepJson:
        """Return the step as a JSON object."""
        return {"action": action_to_json(self.action), "expectedStateHash": self.state_hash}


@dataclass(frozen=True, slots=True)
class ReplayTrace:
    """A game from its deal on, finished or not.

    Attributes:
        names: the players' names, seat 0 first, 2-8 of them; as strangers wrote them.
        bots: the seats whose players are bots.
        seed: what the game was dealt from, unsigned 64-bit.
        initial_hash: the state hash after the deal.
        steps: every action with the state hash after it.
    """

    names: tuple[str, ...]
    bots: tuple[int, ...]
    seed: int
    initial_hash: int
    steps: tuple[TraceStep, ...]

    @classmethod
    def record(
        cls, names: Sequence[str], bots: Collection[int], seed: int, actions: Iterable[Action]
    ) -> Self:
        """Deal a game from ``seed``, take ``actions`` and note every hash.

        Raises:
            ValueError: there are not 2-8 names.
            Mismatch: an action is refused.
        """
        game = Game.deal(len(names), seed)
        initial_hash = game.state_hash()
        steps = []
        for step, action in enumerate(actions, start=1):
            take(game, action, step)
            steps.append(TraceStep(action, game.state_hash()))
        return cls(tuple(names), tuple(sorted(bots)), seed, initial_hash, tuple(steps))

    @classmethod
    def from_json(cls, value: object, where: str = "") -> Self:
        """Return the trace that a JSON value, found at ``where`` in its document, describes.

        Raises:
            ReplayError: it describes none.
        """
        fields = Fields(value, where)
        fields.version(SPEC_VERSION)
        names = fields.texts("playerNames")
        if not MIN_SEATS <= len(names) <= MAX_SEATS:
            raise ReplayError(
                f"{fields.path('playerNames')} must hold {MIN_SEATS} to {MAX_SEATS} names, "
                f"not {len(names)}"
            )
        bots = fields.integers("aiPlayerIndices", 0, len(names) - 1)
        return cls(
            names=tuple(names),
            bots=tuple(bots),
            seed=fields.u64("seed"),
            initial_hash=fields.u64("initialStateHash"),
            steps=tuple(
                TraceStep(action_from_json(step.child("action")), step.u64("expectedStateHash"))
                for step in fields.objects("steps")
            ),
        )

    def to_json(self) -> ReplayJson:
        """Return the trace as a JSON object."""
        return {
            "specVersion": SPEC_VERSION,
            "playerNames": list(self.names),
            "aiPlayerIndices": list(self.bots),
            "seed": self.seed,
            "initialStateHash": self.initial_hash,
            "steps": [step.to_json() for step in self.steps],
        }

    def start(self) -> Game:
        """Return the game as it was dealt."""
        return Game.deal(len(self.names), self.seed)

    def moments(self) -> Iterator[Moment]:
        """Replay the game step by step, comparing no hashes.

        Raises:
            Mismatch: an action is refused.
            ReplayError: the game is longer than state hashes can tell.
        """
        game = self.start()
        for number, (action, recorded_hash) in enumerate(self.steps, start=1):
            yield replay_step(game, action, number, recorded_hash)

    def verify(self) -> Game:
        """Replay the game, compare every hash, and return the game at its end.

        Raises:
            Mismatch: a hash differs, or an action is refused.
            ReplayError: the game is longer than state hashes can tell.
        """
        return check_hashes(self.start(), self.initial_hash, self.moments())


def take(game: Game, action: Action, step: int) -> list[Event]:
    """Apply the ``action`` of a step and return its events.

    Raises:
        Mismatch: it is refused.
    """
    events: list[Event] = []
    try:
        game.apply(action, events)
    except IllegalAction as refusal:
        name = str(action) or "a play of no cards"
        raise Mismatch(
            step,
            MismatchKind.REFUSED_ACTION,
            name,
            refusal.reason,
            f"{name} is refused, {refusal.reason}: {refusal}",
        ) from None
    return events


def replay_step(game: Game, action: Action, step: int, recorded_hash: int) -> Moment:
    """Take the next action of a document and return the moment after it.

    Raises:
        Mismatch: the action is refused.
        ReplayError: the game is longer than state hashes can tell.
    """
    seat = game.current
    events = take(game, action, step)
    if game.turn > _TURN_MAX or len(game.attacks) > _ATTACKS_MAX:
        raise ReplayError(f"step {step}: the game is too long for a state hash")
    return Moment(step, seat, action, tuple(events), game, recorded_hash, game.state_hash())


def check_hashes(start: Game, initial_hash: int, moments: Iterable[Moment]) -> Game:
    """Compare all hashes of a replay that begins at ``start``; return the game at its end.

    Raises:
        Mismatch: one differs.
    """
    _check_hash(0, initial_hash, start.state_hash())
    game = start
    for moment in moments:
        _check_hash(moment.step, moment.recorded_hash, moment.state_hash)
        game = moment.game
    return game


def _check_hash(step: int, expected: int, actual: int) -> None:
    if actual != expected:
        raise Mismatch(
            step,
            MismatchKind.STATE_HASH,
            expected,
            actual,
            f"expected state hash {expected}, got {actual}",
        )
